package io.penstock.dataplane.run;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Messages to the operator. The same message again is counted, not printed again; {@link #close} says how often.
 *
 * <p>Threads: any.
 */
final class Reporter implements AutoCloseable {

    /** Different messages that are remembered. Unit: messages; beyond it the oldest may be printed again. */
    private static final int REMEMBERED = 256;

    private final PrintStream out;
    private final String head;
    private final Map<String, Long> counts = new LinkedHashMap<>();

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
            out.println(head + message);
            if (counts.size() > REMEMBERED) {
                counts.remove(counts.keySet().iterator().next());
            }
        }
    }

    @Override
    public synchronized void close() {
        counts.forEach((message, count) -> {
            if (count > 1) {
                out.println(head + count + " times: " + message);
            }
        });
        counts.clear();
    }
}
