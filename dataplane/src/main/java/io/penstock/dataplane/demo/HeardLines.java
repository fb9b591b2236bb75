package io.penstock.dataplane.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a process prints, with the time, for somebody who waits for a line. Threads: any. */
final class HeardLines implements Consumer<String> {

    /** Far more than a data plane prints in a demonstration; what it says over and over has an end so. */
    private static final int KEPT = 1_000;

    /** A line and when it came. */
    record Heard(long ns, String line) {
    }

    private final Deque<Heard> lines = new ArrayDeque<>();

    @Override
    public synchronized void accept(final String line) {
        lines.addLast(new Heard(System.nanoTime(), line));
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
        notifyAll();
    }

    /** The first line like that since then, waited for at most so long; null without one. */
    synchronized Heard await(final Predicate<String> wanted, final long sinceNs, final long seconds) {
        final long untilNs = System.nanoTime() + seconds * 1_000_000_000;
        try {
            for (;;) {
                for (final Heard heard : lines) {
                    if (heard.ns - sinceNs >= 0 && wanted.test(heard.line)) {
                        return heard;
                    }
                }
                final long leftMs = (untilNs - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return null;
                }
                wait(leftMs);
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }
}
