package io.penstock.dataplane.worker;

/** Something that another thread wants done on a worker's thread, between two batches. */
@FunctionalInterface
interface WorkerCommand {

    void run(Worker worker, long nowNs);
}
