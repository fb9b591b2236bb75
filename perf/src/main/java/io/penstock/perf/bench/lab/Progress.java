package io.penstock.perf.bench.lab;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells how a run gets on: a line for each step that has ended, and on a terminal one for the step that is under way, which is written
 * again and again.
 *
 * <p>Threads: the caller's, and one that writes the live line.
 */
final class Progress implements AutoCloseable {

    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final String ERASE = "\r\u001b[K";
    /** Narrow enough for any terminal: a line that wraps is not erased. */
    private static final int LIVE_COLUMNS = 78;
    private static final double NS_PER_S = 1e9;

    private final PrintWriter out;
    private final boolean live;
    private final TimeLeft left;
    private final long startNs = System.nanoTime();
    private final int steps;
    private final Thread thread;
    private int number;
    private String under = "";
    private String said = "";
    private long sinceNs;
    private volatile boolean closed;

    /**
     * Of so many steps.
     *
     * @param live whether out is a terminal
     */
    Progress(final PrintWriter out, final boolean live, final int steps, final TimeLeft left) {
        this.out = out;
        this.live = live;
        this.steps = steps;
        this.left = left;
        this.thread = live ? Thread.ofPlatform().daemon().name("progress").start(this::refresh) : null;
    }

    /** Another line, between steps. */
    synchronized void line(final String text) {
        out.println((live ? ERASE : "") + text);
        out.flush();
    }

    /** A step begins. */
    synchronized void begin(final String title) {
        number++;
        under = title;
        said = "";
        sinceNs = System.nanoTime();
        show();
    }

    /** The child of the step has said something. */
    synchronized void said(final String words) {
        said = words;
    }

    /** The step has ended. */
    synchronized void end(final String what, final double expectedSeconds) {
        final double seconds = (System.nanoTime() - sinceNs) / NS_PER_S;
        left.done(expectedSeconds, seconds);
        under = "";
        line(String.format(Locale.ROOT, "%s; %s. Elapsed %s, left about %s", prefix() + what, seconds(seconds), TimeLeft.clock(elapsed()),
                TimeLeft.clock(left.seconds(0))));
    }

    /** A step needs no time: it is done already, or cannot be. */
    synchronized void skip(final String what, final double expectedSeconds) {
        number++;
        left.skipped(expectedSeconds);
        line(prefix() + what);
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            LockSupport.unpark(thread);
            synchronized (this) {
                out.print(ERASE);
                out.flush();
            }
        }
    }

    private void refresh() {
        while (!closed) {
            synchronized (this) {
                show();
            }
            LockSupport.parkNanos(EVERY_NS);
        }
    }

    private void show() {
        if (live && !closed && !under.isEmpty()) {
            final double seconds = (System.nanoTime() - sinceNs) / NS_PER_S;
            final String line = prefix() + under + " " + TimeLeft.clock(seconds) + ", left about " + TimeLeft.clock(left.seconds(seconds))
                    + (said.isEmpty() ? "" : " | " + said);
            out.print(ERASE + line.substring(0, Math.min(LIVE_COLUMNS, line.length())));
            out.flush();
        }
    }

    private String prefix() {
        final int width = Integer.toString(steps).length();
        return String.format(Locale.ROOT, "[%" + width + "d/%d] ", number, steps);
    }

    private static String seconds(final double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private double elapsed() {
        return (System.nanoTime() - startNs) / NS_PER_S;
    }
}
