package io.penstock.dataplane.hot.pipeline;

/** What one worker's end of a port has counted. Plain fields of one writer, the worker. */
public final class PortTally {

    public long rxPackets;
    public long rxBytes;
    public long txPackets;
    public long txBytes;
    /** Frames that found no room to be sent. */
    public long txFull;
}
