package io.penstock.dataplane.worker;

import io.penstock.os.sys.CpuAffinity;

/** A worker's thread: pinned to one CPU before the first round. */
public final class WorkerThread extends Thread {

    private final Worker worker;
    private final int cpu;
    private volatile Throwable failure;

    /**
     * A thread, not started yet.
     *
     * @param cpu the CPU to run on, or -1 for any
     */
    public WorkerThread(final Worker worker, final int index, final int cpu) {
        super(worker, "worker-" + index);
        this.worker = worker;
        this.cpu = cpu;
    }

    /** True on a worker's thread, where waiting for workers would wait for ever. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof WorkerThread;
    }

    /** What ended it, or null. */
    public Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            if (cpu >= 0) {
                CpuAffinity.pin(cpu);
            }
            super.run();
        } catch (final Throwable e) {
            // Kept for the control thread, which ends the data plane: the kernel then forwards.
            failure = e;
        } finally {
            worker.proxy().end();
        }
    }
}
