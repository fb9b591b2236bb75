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
    private final Map<String, Long> counts = new LinkedHashMap<>();

    Reporter(final PrintStream out) {
        this.out = out;
    }

    /** Prints a message the first time and counts it after that. */
    synchronized void report(final String message) {
        if (counts.merge(message, 1L, Long::sum) == 1) {
            out.println("penstock: " + message);
            if (counts.size() > REMEMBERED) {
                counts.remove(counts.keySet().iterator().next());
            }
        }
    }

    @Override
    public synchronized void close() {
        counts.forEach((message, count) -> {
            if (count > 1) {
                out.println("penstock: " + count + " times: " + message);
            }
        });
        counts.clear();
    }
}
