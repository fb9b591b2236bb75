package io.penstock.dataplane.control;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Looks after something of a namespace while the data plane serves, in rounds.
 *
 * <p>Threads: one of its own, since what is looked after is told of under its lock, and the control thread has the kernel to follow.
 */
final class Upkeep implements AutoCloseable {

    /** When the next round begins. */
    enum Pace {
        /** So long after the end of the one before: what is much to do leaves others their turn. */
        PAUSE,
        /** So long after the beginning of the one before: what counts per time is right. What was slept through is not made up for. */
        BEAT
    }

    private final Runnable round;
    private final long intervalNs;
    private final Pace pace;
    private final String failure;
    private final Consumer<String> reporter;
    private final Thread thread;
    private volatile boolean ended;

    /**
     * Upkeep that begins with {@link #start}.
     *
     * @param name     the thread's
     * @param failure  what is not done where a round fails
     * @param reporter is told of the first one that does, of others as {@link FailureNews} says; all are tried all the same
     */
    Upkeep(final String name, final Pace pace, final long intervalNs, final Runnable round, final String failure, final Consumer<String> reporter) {
        this.round = round;
        this.intervalNs = intervalNs;
        this.pace = pace;
        this.failure = failure;
        this.reporter = reporter;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        final FailureNews news = new FailureNews();
        while (!ended) {
            final long beganNs = System.nanoTime();
            try {
                round.run();
            } catch (final RuntimeException | Error e) {
                if (news.isNews(e.toString(), System.nanoTime())) {
                    reporter.accept(failure + ": " + e + "; it is tried again, and told again in an hour, or when something else fails");
                }
            }
            final long fromNs = pace == Pace.BEAT ? beganNs : System.nanoTime();
            long leftNs = intervalNs - (System.nanoTime() - fromNs);
            while (leftNs > 0 && !ended) {
                LockSupport.parkNanos(leftNs);
                leftNs = intervalNs - (System.nanoTime() - fromNs);
            }
        }
    }

    /** Returns when no round is under way. */
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
