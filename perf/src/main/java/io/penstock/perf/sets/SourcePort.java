package io.penstock.perf.sets;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port that receives packets of which each has a source of its own, in 16.0.0.0/4 and no order, and frees what it is given to send. After
 * 2<sup>28</sup> packets the sources begin anew.
 *
 * <p>Threads: the worker.
 */
public final class SourcePort implements PortIo {

    private static final int FIRST = 0x1000_0000;
    private static final int MASK = 0x0FFF_FFFF;
    /** Odd, so that multiplying by it permutes the sources. */
    private static final int SPREAD = 0x9E37_79B1;

    private final FrameStack stack;
    private final int batch;
    private final long template;
    private final int bytes;
    private final int checksum;
    private final PortTally tally = new PortTally();
    private int next;

    /**
     * Packets like one.
     *
     * @param template the packet, IPv4 over Ethernet
     * @param bytes    its length
     * @param batch    packets given at a time, 1 to {@link Batch#CAPACITY}
     */
    public SourcePort(final FrameStack stack, final long template, final int bytes, final int batch) {
        this.stack = stack;
        this.template = template;
        this.bytes = bytes;
        this.batch = batch;
        final long ip = template + EthernetLayout.HEADER_BYTES;
        Ipv4Layout.setSource(ip, 0);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        checksum = Ipv4Layout.checksum(ip);
    }

    @Override
    public int receive(final Batch b, final int max) {
        final int n = Math.min(Math.min(batch, max), stack.count());
        for (int i = 0; i < n; i++) {
            final long to = stack.pop() + MemoryPortIo.HEADROOM;
            Regions.window(to, bytes);
            Memory.copy(template, to, bytes);
            final int source = FIRST | next++ * SPREAD & MASK;
            final long ip = to + EthernetLayout.HEADER_BYTES;
            Ipv4Layout.setSource(ip, source);
            Ipv4Layout.setChecksum(ip, Checksum.update32(checksum, 0, source));
            b.frame[i] = to;
            b.length[i] = bytes;
        }
        tally.rxPackets += n;
        tally.rxBytes += (long) n * bytes;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        long sent = 0;
        for (int i = 0; i < queue.count; i++) {
            stack.push(queue.frame[i]);
            sent += queue.length[i];
        }
        tally.txPackets += queue.count;
        tally.txBytes += sent;
        return queue.count;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
