package io.penstock.dataplane.control;

import io.penstock.rules.text.TablesLock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A lock for the commands of one data plane, who get it in the order in which they ask. Threads: any; one may let go for another. */
final class CommandLock implements TablesLock {

    private final Semaphore free = new Semaphore(1, true);

    @Override
    public boolean acquire(final int seconds) {
        if (seconds <= 0) {
            free.acquireUninterruptibly();
            return true;
        }
        try {
            return free.tryAcquire(seconds, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void release() {
        free.release();
    }
}
