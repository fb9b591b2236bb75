package io.penstock.dataplane.fib;

/**
 * Frees what readers may still be looking at, once they cannot be any more.
 *
 * <p>An implementation runs each action on the control thread after every worker has passed a batch boundary that lies
 * after the call. Until then nothing of what was retired may change.
 */
@FunctionalInterface
public interface Reclaimer {

    /** Runs {@code free} when all workers have passed a batch boundary. */
    void retire(Runnable free);
}
