package io.penstock.dataplane.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Another program that serves until it is told to end.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #close} ends the process, whatever state it is in; a second close does nothing, and nothing starts after it.</li>
 *   <li>What it prints is read until it ends, so that it never waits for a reader.</li>
 * </ol>
 *
 * <p>Threads: one, and {@link #close} from any.
 */
public final class WatchedProcess implements AutoCloseable {

    /** A JVM, two ports and the compilation of the hook programs take about a second; a loaded machine several. */
    private static final long READY_SECONDS = 30;

    /** Detaching takes milliseconds; past this the process hangs, and its attachments end with it all the same. */
    private static final long END_SECONDS = 5;

    /** Enough to show what went wrong, bounded whatever the process prints. */
    private static final int KEPT_LINES = 40;

    private final String what;
    private final Predicate<String> readyLine;
    private final Consumer<String> listener;
    private final Deque<String> printed = new ArrayDeque<>();
    private final CountDownLatch readyOrOver = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile Process process;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param what      for messages, such as {@code the data plane}
     * @param readyLine recognises the line that it prints when it serves
     */
    public WatchedProcess(final String what, final Predicate<String> readyLine) {
        this(what, readyLine, _ -> { });
    }

    /**
     * The same with somebody who hears at once what it prints, but for the line that says that it serves.
     *
     * @param listener called by the thread that reads
     */
    public WatchedProcess(final String what, final Predicate<String> readyLine, final Consumer<String> listener) {
        this.what = what;
        this.readyLine = readyLine;
        this.listener = listener;
    }

    /** Starts it and returns when it serves. Once. */
    public void start(final List<String> command) {
        synchronized (this) {
            if (closed) {
                throw new DemoException("interrupted");
            }
            try {
                process = Programs.start(command);
            } catch (final IOException e) {
                throw new DemoException("cannot start " + what + ": " + e.getMessage(), e);
            }
        }
        Thread.ofPlatform().name("output-of-" + process.pid()).daemon().start(this::read);
        try {
            final boolean told = readyOrOver.await(READY_SECONDS, TimeUnit.SECONDS);
            if (!ready) {
                throw new DemoException(what + " did not become ready: "
                        + (told ? "exit=" + process.waitFor() : "waited=" + READY_SECONDS + "s") + "; it printed:\n" + printed());
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }

    /** True while it runs. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its number; it must have been started. */
    public long pid() {
        return process.pid();
    }

    /** The last lines that it printed. */
    public String printed() {
        synchronized (printed) {
            return String.join("\n", printed);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            Programs.end(process, END_SECONDS);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (readyLine.test(line)) {
                    ready = true;
                    readyOrOver.countDown();
                    continue;
                }
                listener.accept(line);
                synchronized (printed) {
                    printed.addLast(line);
                    if (printed.size() > KEPT_LINES) {
                        printed.removeFirst();
                    }
                }
            }
        } catch (final IOException e) {
            synchronized (printed) {
                printed.addLast("(its output ended: " + e.getMessage() + ')');
            }
        } finally {
            readyOrOver.countDown();
        }
    }
}
