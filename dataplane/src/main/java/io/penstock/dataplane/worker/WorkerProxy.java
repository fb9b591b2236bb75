package io.penstock.dataplane.worker;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.os.sys.PollSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Other threads' side of a worker: what they send is done at the worker's next batch boundary.
 *
 * <p>Threads: any sends; the worker drains. A full queue refuses, it never spins.
 */
public final class WorkerProxy {

    /**
     * Commands that may wait. Unit: commands. Every place of a worker's parking lot may be named once; more would only
     * hide a worker that hangs.
     */
    private static final int CAPACITY = 2048;

    /** Between two looks whether the worker is still there. Unit: ms; it answers within a batch or a sleep's end. */
    private static final long LOOK_MS = 50;

    private final MpscVarHandleArrayQueue<WorkerCommand> queue = new MpscVarHandleArrayQueue<>(CAPACITY);
    private final PollSet bell;
    private volatile boolean ended;

    WorkerProxy(final PollSet bell) {
        this.bell = bell;
    }

    /** Lets a stolen or queued packet go on by a verdict; false when the worker does not keep up. */
    public boolean resume(final Lane lane, final long token, final int verdict) {
        return send((worker, nowNs) -> lane.resume(token, verdict, nowNs));
    }

    /**
     * Ends the waiting of packets for a neighbour that does not answer; what a worker that does not keep up misses ends when
     * its time is over.
     */
    public void failNeighbour(final Lane lane, final int port, final long high, final long low) {
        send((worker, nowNs) -> lane.failNeighbour(port, high, low, nowNs));
    }

    /** Runs something on the worker and waits until it has run; what it throws is the caller's. */
    public void call(final Runnable action) {
        final CountDownLatch done = new CountDownLatch(1);
        final AtomicReference<RuntimeException> failure = new AtomicReference<>();
        final WorkerCommand command = (worker, nowNs) -> {
            try {
                action.run();
            } catch (final RuntimeException e) {
                failure.set(e);
            } finally {
                done.countDown();
            }
        };
        if (!send(command)) {
            throw new IllegalStateException("the worker does not take commands: waiting=" + queue.size());
        }
        try {
            while (!done.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (ended) {
                    throw new IllegalStateException("the worker has ended");
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a worker was to act", e);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Wakes the worker if it sleeps. */
    public void wake() {
        bell.wake();
    }

    /** The worker takes no more commands. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    int drain(final Worker worker, final long nowNs) {
        // Not more than was there: a hook function may steal its packet and give it back again and again.
        final int waiting = queue.size();
        int count = 0;
        // Polled even when nothing waits: a place that is taken and not filled yet is as empty, and must not be the first that is.
        WorkerCommand command = queue.relaxedPoll();
        while (command != null) {
            command.run(worker, nowNs);
            command = ++count < waiting ? queue.relaxedPoll() : null;
        }
        return count;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    private boolean send(final WorkerCommand command) {
        final boolean sent = !ended && queue.offer(command);
        if (sent) {
            bell.wake();
        }
        return sent;
    }
}
