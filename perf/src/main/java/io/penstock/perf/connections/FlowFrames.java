package io.penstock.perf.connections;

/**
 * Packets of flows, one of each, all of them in one direction and at the same point of their flow's life.
 *
 * <p>Threads: one.
 */
public interface FlowFrames extends AutoCloseable {

    /** Whether they are the servers'. */
    boolean isReply();

    /** The bytes of each. */
    int frameBytes();

    /** Writes a flow's packet, and up to 63 bytes behind it. */
    void write(long flow, long to);

    /** Takes down what a flow's packet was translated to; false when that is not the flow's packet. */
    boolean departed(long flow, long frame);

    @Override
    void close();
}
