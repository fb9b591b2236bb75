package io.penstock.dataplane.hot.pipeline;

/**
 * A hook function of the pipeline's own that looks at a batch before its packets are judged: it computes what it will need, and loads what it will read, so
 * that the loads of all packets overlap.
 *
 * <p>It is asked once a batch, for all lists that it is in, when parsing is done; never for packets that a function has written, nor for those that come
 * back from elsewhere. So what it prepares is a hint: it may be wrong when the packet comes.
 *
 * <p>Threads: workers.
 */
public interface PreparedHook extends PipelineHook {

    /** Prepares for the packets of a batch, of whatever family they are. It neither throws nor writes packets. */
    void prepare(Lane lane, Batch batch);
}
