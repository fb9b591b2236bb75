package io.penstock.dataplane.replay;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.ring.FrameStack;

/**
 * A port between captures: packets that are offered are received, packets that are sent are written, with the clock's time.
 * The host's own end is one too: it receives what sockets send, and what it sends is what they get.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A packet without an Ethernet header is given one that the parser accepts, so that whatever else is wrong with it is
 *       told as for any other.</li>
 *   <li>A packet that the capture cut is as short as the capture has it.</li>
 * </ol>
 */
final class CapturePort implements PortIo {

    /** Who sent a packet that had no Ethernet header: nobody's address, and no group's. */
    static final long UNKNOWN_MAC = 0x0200_0000_0000L;

    private static final int IPV6_VERSION = 6;

    private final FrameStack frames;
    private final VirtualClock clock;
    private final PcapWriter writer;
    private final long mac;
    private final long[] offered = new long[Batch.CAPACITY];
    private final int[] offeredBytes = new int[Batch.CAPACITY];
    private final PortTally tally = new PortTally();
    private int offeredCount;

    CapturePort(final FrameStack frames, final VirtualClock clock, final PcapWriter writer, final long mac) {
        this.frames = frames;
        this.clock = clock;
        this.writer = writer;
        this.mac = mac;
    }

    /** Copies the reader's packet; it is received with the next batch, of which at most {@link Batch#CAPACITY} are. */
    void offer(final PcapReader packet) {
        final boolean framed = packet.linkType() == LinkType.ETHERNET;
        final int bytes = packet.capturedBytes() + (framed ? 0 : EthernetLayout.HEADER_BYTES);
        final long frame = frames.pop() + MemoryPortIo.HEADROOM;
        Regions.window(frame, bytes);
        if (!framed) {
            EthernetLayout.setAddresses(frame, mac, UNKNOWN_MAC);
            EthernetLayout.setEtherType(frame, etherType(packet));
        }
        Memory.copy(packet.address(), frame + bytes - packet.capturedBytes(), packet.capturedBytes());
        offered[offeredCount] = frame;
        offeredBytes[offeredCount] = bytes;
        offeredCount++;
    }

    @Override
    public int receive(final Batch b, final int max) {
        final int n = offeredCount;
        for (int i = 0; i < n; i++) {
            b.frame[i] = offered[i];
            b.length[i] = offeredBytes[i];
            tally.rxBytes += offeredBytes[i];
        }
        tally.rxPackets += n;
        offeredCount = 0;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        for (int i = 0; i < queue.count; i++) {
            writer.write(clock.nowNs(), queue.frame[i], queue.length[i], queue.length[i]);
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

    /** What the version says where nothing else does; a packet with none is malformed IPv4. */
    private static int etherType(final PcapReader packet) {
        final boolean ipv6 = switch (packet.linkType()) {
            case IPV6 -> true;
            case IPV4, ETHERNET -> false;
            case RAW -> packet.capturedBytes() > 0 && Memory.getUnsignedByte(packet.address()) >>> 4 == IPV6_VERSION;
        };
        return ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4;
    }
}
