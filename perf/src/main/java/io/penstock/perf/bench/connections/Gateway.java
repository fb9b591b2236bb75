package io.penstock.perf.bench.connections;

/**
 * What forwards between the two ports of a {@link GatewayNetwork}, and tracks connections.
 *
 * <p>Threads: one, and {@link #close} from any.
 */
interface Gateway extends AutoCloseable {

    /** Its name in results. */
    String name();

    /** What it is, for people. */
    String what();

    /** Starts it; it forwards when this returns. */
    void start();

    /** Connections that it has. */
    long connections();

    /** What it has dropped or lost track of, for messages; empty when nothing can be said. */
    String complaint();

    /** Stops it for a while: only one gateway can have the worker's CPU. */
    default void pause() {
        // Who has no thread of its own takes no CPU.
    }

    /** Lets it go on. */
    default void resume() {
        // It has never stopped.
    }

    @Override
    void close();
}
