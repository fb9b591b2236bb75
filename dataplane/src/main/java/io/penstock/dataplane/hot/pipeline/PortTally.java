package io.penstock.dataplane.hot.pipeline;

/** What one worker's end of a port has counted. Plain fields of one writer, the worker. */
public final class PortTally {

    public long rxPackets;
    public long rxBytes;
    public long txPackets;
    public long txBytes;
    /** Packets that were copied to the worker which has a queue of the port; it counts their transmission. */
    public long handedOff;
    /** Frames that found no room to be sent. */
    public long txFull;

    /** Goes on where another end of the same port has ended. Before this one is used. */
    public void follow(final PortTally before) {
        rxPackets = before.rxPackets;
        rxBytes = before.rxBytes;
        txPackets = before.txPackets;
        txBytes = before.txBytes;
        handedOff = before.handedOff;
        txFull = before.txFull;
    }
}
