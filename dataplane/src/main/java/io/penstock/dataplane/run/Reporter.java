package io.penstock.dataplane.run;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Messages to the operator. The same message again is counted, not printed again; {@link #close} says how often. What happens again, such as a
 * server that goes down a second time, is told again.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nobody who has something to say waits for who reads it: messages are printed, in their order, by a thread that is there as long as
 *       there are some. What comes while too many wait is dropped, and how many were is said.</li>
 *   <li>What was said before {@link #close} is printed when it returns, if somebody reads it.</li>
 * </ol>
 *
 * <p>Threads: any.
 */
final class Reporter implements AutoCloseable {

    /** The name of the thread that prints. */
    static final String THREAD = "penstock-messages";

    /** Different messages that are remembered. Unit: messages; beyond it the oldest may be printed again. */
    private static final int REMEMBERED = 256;

    /** Messages that wait at the most. A reload of 1,000 services whose servers are all down fits; more is memory for who does not read. */
    private static final int WAITING = 4096;

    /** How long the end waits for who reads. */
    private static final long CLOSE_NS = TimeUnit.SECONDS.toNanos(1);

    private final PrintStream out;
    private final String head;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final Deque<String> waiting = new ArrayDeque<>();
    private long dropped;
    private boolean isPrinting;

    /**
     * @param about what the messages are about, or empty
     */
    Reporter(final PrintStream out, final String about) {
        this.out = out;
        this.head = about.isEmpty() ? "penstock: " : "penstock: " + about + ": ";
    }

    /** Prints a message the first time and counts it after that. */
    synchronized void report(final String message) {
        if (counts.merge(message, 1L, Long::sum) == 1) {
            put(message);
            if (counts.size() > REMEMBERED) {
                counts.remove(counts.keySet().iterator().next());
            }
        }
    }

    /** Prints a message each time it comes. */
    synchronized void tell(final String message) {
        put(message);
    }

    private void put(final String message) {
        if (waiting.size() >= WAITING) {
            dropped++;
            return;
        }
        tellDropped();
        waiting.add(message);
        if (!isPrinting) {
            isPrinting = true;
            Thread.ofPlatform().name(THREAD).daemon().start(this::print);
        }
    }

    private void tellDropped() {
        if (dropped > 0) {
            waiting.add("messages were dropped, for nobody read them: " + dropped);
            dropped = 0;
        }
    }

    private void print() {
        for (String message = next(); message != null; message = next()) {
            out.println(head + message);
        }
    }

    private synchronized String next() {
        if (waiting.isEmpty()) {
            tellDropped();
        }
        isPrinting = !waiting.isEmpty();
        if (!isPrinting) {
            notifyAll();
        }
        return waiting.poll();
    }

    @Override
    public synchronized void close() {
        counts.forEach((message, count) -> {
            if (count > 1) {
                put(count + " times: " + message);
            }
        });
        counts.clear();
        final long deadline = System.nanoTime() + CLOSE_NS;
        try {
            for (long left = CLOSE_NS; isPrinting && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
