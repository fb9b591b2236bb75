package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import java.util.function.Consumer;

/** What only a worker may do, done by the first one. Threads: control, one at a time. */
@FunctionalInterface
public interface WorkerTasks {

    /**
     * Has worker 0 do something with its hand on a table: on its thread, between two batches, after {@link TableWorker#boundary} with the present
     * time; where the worker was away, it is afterwards again. The task takes some microseconds.
     *
     * @return whether it is done, when this returns; false if there is no worker any more
     */
    boolean run(ConnTable table, Consumer<TableWorker> task);
}
