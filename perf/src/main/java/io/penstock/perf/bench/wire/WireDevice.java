package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.metrics.CounterSnapshot;
import java.util.List;

/**
 * What forwards between the two ports of a {@link WireNetwork} and is measured.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Between {@link #start} and {@link #close} it forwards whenever it is not paused; paused, it takes no CPU.</li>
 *   <li>{@link #close} ends it in whatever state, and more than once.</li>
 * </ol>
 *
 * <p>Threads: one, and {@link #close} from any.
 */
interface WireDevice extends AutoCloseable {

    /** Its name in results. */
    String name();

    /** Starts it; it forwards when this returns, or soon after. */
    void start();

    /** Its process, or -1 when the kernel does the work. */
    default long pid() {
        return -1;
    }

    /** Its own counters now, or null when it has none that cost it nothing to read. */
    default CounterSnapshot counters() {
        return null;
    }

    /** Connections that it has now, or -1 when it cannot tell. */
    default long connections() {
        return -1;
    }

    /** By how much it lowers a packet's TTL. */
    default int routers() {
        return 1;
    }

    /** Stops it for a while: only one device can have the worker's CPU. */
    default void pause() {
        signal("-STOP");
    }

    /** Lets it go on. */
    default void resume() {
        signal("-CONT");
    }

    /** What it was configured by, once it was started: commands and texts, line by line. */
    List<String> configuration();

    /** What it printed last, for messages. */
    default String printed() {
        return "";
    }

    @Override
    void close();

    private void signal(final String signal) {
        if (pid() >= 0) {
            Programs.attempt(List.of("kill", signal, Long.toString(pid())));
        }
    }
}
