package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.ring.FrameStack;
import java.util.ArrayDeque;
import java.util.Queue;

/** A port of the engine's fuzz target: frames are as long as their bytes, and what is sent must be a packet. */
final class FuzzPort implements PortIo {

    private final FrameStack frames;
    private final boolean host;
    private final Queue<byte[]> offered = new ArrayDeque<>();
    private final PortTally tally = new PortTally();

    /** A port, or the host's end: what the host gets has the checksum that it came with, whatever its options became. */
    FuzzPort(final FrameStack frames, final boolean host) {
        this.frames = frames;
        this.host = host;
    }

    /** A frame to receive. */
    void offer(final byte... frame) {
        offered.add(frame);
    }

    @Override
    public int receive(final Batch b, final int max) {
        int n = 0;
        while (n < max && !offered.isEmpty()) {
            final byte[] bytes = offered.remove();
            final long at = frames.pop() + MemoryPortIo.HEADROOM;
            Memory.copyFromArray(bytes, 0, at, bytes.length);
            Regions.window(at, bytes.length);
            b.frame[n] = at;
            b.length[n] = bytes.length;
            n++;
        }
        tally.rxPackets += n;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        for (int i = 0; i < queue.count; i++) {
            judge(queue.frame[i], queue.length[i]);
            frames.push(queue.frame[i]);
        }
        tally.txPackets += queue.count;
        return queue.count;
    }

    @Override
    public PortTally tally() {
        return tally;
    }

    private void judge(final long eth, final int bytes) {
        assertTrue(bytes >= EthernetLayout.HEADER_BYTES, "shorter than an Ethernet header");
        Memory.copyToArray(eth, new byte[bytes], 0, bytes);
        final long ip = eth + EthernetLayout.HEADER_BYTES;
        final int ipBytes = bytes - EthernetLayout.HEADER_BYTES;
        switch (EthernetLayout.etherType(eth)) {
            case EthernetLayout.TYPE_IPV4 -> {
                final int headerBytes = Ipv4Layout.headerBytes(ip);
                assertEquals(4, Ipv4Layout.version(ip));
                assertTrue(headerBytes >= Ipv4Layout.HEADER_BYTES && headerBytes <= ipBytes, "header length");
                assertEquals(ipBytes, Ipv4Layout.totalLength(ip), "total length");
                assertTrue(host && headerBytes > Ipv4Layout.HEADER_BYTES || Checksum.verifyIpv4(ip, headerBytes), "checksum");
            }
            case EthernetLayout.TYPE_IPV6 -> {
                assertEquals(6, Ipv6Layout.version(ip));
                // What claims to be a jumbogram has no length here.
                assertTrue(Ipv6Layout.payloadLength(ip) == 0 && Ipv6Layout.nextHeader(ip) == IpProtocol.HOP_BY_HOP
                        || ipBytes == Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip), "payload length");
            }
            default -> { }
        }
    }
}
