package io.penstock.dataplane.judge;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.ring.FrameStack;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * A port's end: receives the packets that it is given, and hands on what is sent, both without Ethernet headers.
 *
 * <p>Threads: one.
 */
final class MemoryEnd implements PortIo {

    /** Who sent it: nobody's address, and no group's. */
    private static final long UNKNOWN_MAC = 0x0200_0000_0000L;
    private static final int IPV6_VERSION = 6;

    private final FrameStack frames;
    private final long mac;
    private final Consumer<byte[]> sent;
    private final PortTally tally = new PortTally();
    private final Deque<Arrival> offered = new ArrayDeque<>();

    MemoryEnd(final FrameStack frames, final long mac, final Consumer<byte[]> sent) {
        this.frames = frames;
        this.mac = mac;
        this.sent = sent;
    }

    /** A packet to be received, after those that were offered before. */
    void offer(final Arrival arrival) {
        offered.add(arrival);
    }

    @Override
    public int receive(final Batch b, final int max) {
        int count = 0;
        while (count < max && !offered.isEmpty()) {
            receive(b, count, offered.remove());
            count++;
        }
        return count;
    }

    private void receive(final Batch b, final int slot, final Arrival arrival) {
        final int length = EthernetLayout.HEADER_BYTES + arrival.bytes().length;
        final long frame = frames.pop() + MemoryPortIo.HEADROOM;
        Regions.window(frame, length);
        final Arrival.Link link = arrival.link();
        EthernetLayout.setAddresses(frame, link == null ? mac : link.to().address(mac), link == null ? UNKNOWN_MAC : link.source());
        EthernetLayout.setEtherType(frame,
                arrival.version() == IPV6_VERSION ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
        Memory.copyFromArray(arrival.bytes(), 0, frame + EthernetLayout.HEADER_BYTES, arrival.bytes().length);
        b.frame[slot] = frame;
        b.length[slot] = length;
        tally.rxPackets++;
        tally.rxBytes += length;
    }

    @Override
    public int send(final TxQueue queue) {
        for (int i = 0; i < queue.count; i++) {
            final byte[] packet = new byte[queue.length[i] - EthernetLayout.HEADER_BYTES];
            Memory.copyToArray(queue.frame[i] + EthernetLayout.HEADER_BYTES, packet, 0, packet.length);
            sent.accept(packet);
            frames.push(queue.frame[i]);
            tally.txBytes += queue.length[i];
        }
        tally.txPackets += queue.count;
        return queue.count;
    }

    @Override
    public PortTally tally() {
        return tally;
    }
}
