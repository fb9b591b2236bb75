package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.tap.VirtioNetLayout;

/**
 * Joins TCP segments for the host that follow each other in its queue and in their connection, so that the kernel takes
 * dozens by one system call and one walk through its stack, as it does with what a card or its own driver has joined.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is joined can be cut again into the same segments: all have the first one's headers, but for sequence number,
 *       IPv4 identification (which counts up by one), checksums and PSH, which only the last may have; all but the last
 *       have as much payload. No options in the Internet header, no extension headers, no fragments, no SYN, FIN, RST,
 *       URG, ECE or CWR.</li>
 *   <li>A segment whose checksum is neither begun nor right is not joined: the kernel will find it.</li>
 *   <li>Payload is not copied here: the pieces are told by struct iovec.</li>
 * </ol>
 *
 * <p>Source: RFC 9293; the conditions are those of generic receive offload, kernel
 * Documentation/networking/segmentation-offloads.rst. Threads: the worker.
 */
final class TcpJoiner {

    private static final int VECTOR_BYTES = 16;
    private static final int VECTOR_LENGTH = 8;

    /** A piece for every frame that a queue can hold. */
    static final int SCRATCH_BYTES = 2 * Batch.CAPACITY * VECTOR_BYTES;

    /** The most that an Internet header can say. Unit: bytes. */
    private static final int MAX_PACKET_BYTES = 65_535;

    private static final int IPV4_BYTES = EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES;
    private static final int IPV6_BYTES = EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES;
    private static final int NOT_PLAIN = 0;

    private final long vectors;

    /** A joiner with scratch memory of {@link #SCRATCH_BYTES}. */
    TcpJoiner(final long scratch) {
        this.vectors = scratch;
    }

    /** Where the structs iovec of the last join lie: one for each segment, the first with {@link VirtioNetLayout} in front. */
    long vectors() {
        return vectors;
    }

    /**
     * Joins what can be joined to a frame.
     *
     * @return how many frames: 1 when it stays alone and nothing was written
     */
    int join(final TxQueue queue, final int at) {
        return at + 1 < queue.count && queue.protocol[at] == IpProtocol.TCP && queue.protocol[at + 1] == IpProtocol.TCP
                ? joinTcp(queue, at) : 1;
    }

    private int joinTcp(final TxQueue queue, final int at) {
        final long first = queue.frame[at];
        final int l4 = plainHeaders(first);
        if (l4 == NOT_PLAIN) {
            return 1;
        }
        final long tcp = first + l4;
        final int headers = l4 + TcpLayout.headerBytes(tcp);
        final int segment = queue.length[at] - headers;
        if (segment <= 0 || headers < l4 + TcpLayout.HEADER_BYTES || TcpLayout.flags(tcp) != TcpLayout.ACK
                || TcpLayout.reserved(tcp) != 0) {
            return 1;
        }
        int joined = 1;
        int payload = segment;
        int flags = TcpLayout.ACK;
        int end = segment;
        while (at + joined < queue.count && end == segment && flags == TcpLayout.ACK) {
            final int next = at + joined;
            final long frame = queue.frame[next];
            end = queue.length[next] - headers;
            if (end <= 0 || end > segment || headers + payload + end - EthernetLayout.HEADER_BYTES > MAX_PACKET_BYTES
                    || queue.inPort[next] != queue.inPort[at] || queue.mark[next] != queue.mark[at]
                    || !follows(first, frame, l4, headers, joined, payload)
                    || joined == 1 && !isSound(queue, at, l4) || !isSound(queue, next, l4)) {
                break;
            }
            flags = TcpLayout.flags(frame + l4);
            piece(joined, frame + headers, end);
            payload += end;
            joined++;
        }
        if (joined > 1) {
            piece(0, first - VirtioNetLayout.BYTES, VirtioNetLayout.BYTES + headers + segment);
            writeHeaders(first, l4, headers, segment, payload, flags);
        }
        return joined;
    }

    /** Bytes before the transport header where nothing is out of the ordinary, or {@link #NOT_PLAIN}. */
    private static int plainHeaders(final long frame) {
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final int type = EthernetLayout.etherType(frame);
        if (type == EthernetLayout.TYPE_IPV4) {
            return Memory.getUnsignedByte(ip + Ipv4Layout.VERSION_IHL) == Ipv4Layout.VERSION_4_IHL_5
                    && (Ipv4Layout.fragmentWord(ip) & ~Ipv4Layout.DONT_FRAGMENT) == 0 ? IPV4_BYTES : NOT_PLAIN;
        }
        return type == EthernetLayout.TYPE_IPV6 && Ipv6Layout.nextHeader(ip) == IpProtocol.TCP ? IPV6_BYTES : NOT_PLAIN;
    }

    /** Whether the checksum is begun by a local sender, or complete and right. */
    private static boolean isSound(final TxQueue queue, final int at, final int l4) {
        final long ip = queue.frame[at] + EthernetLayout.HEADER_BYTES;
        final long tcp = queue.frame[at] + l4;
        final int bytes = queue.length[at] - l4;
        return queue.transport[at] != 0
                || (l4 == IPV4_BYTES ? Checksum.verifyTcp4(ip, tcp, bytes) : Checksum.verifyTcp6(ip, tcp, bytes));
    }

    /** Whether a frame is what comes {@code payload} bytes and {@code distance} segments after the first. */
    private static boolean follows(
            final long first, final long frame, final int l4, final int headers, final int distance, final int payload) {
        final long tcp = first + l4;
        final long other = frame + l4;
        return sameEthernet(first, frame)
                && (l4 == IPV4_BYTES ? sameIpv4(first, frame, distance) : sameIpv6(first, frame))
                && Memory.getInt(tcp) == Memory.getInt(other)
                && TcpLayout.sequence(tcp) + payload == TcpLayout.sequence(other)
                && TcpLayout.acknowledgment(tcp) == TcpLayout.acknowledgment(other)
                && Memory.getByte(tcp + TcpLayout.DATA_OFFSET) == Memory.getByte(other + TcpLayout.DATA_OFFSET)
                && (TcpLayout.flags(other) & ~TcpLayout.PSH) == TcpLayout.ACK
                && TcpLayout.window(tcp) == TcpLayout.window(other)
                && sameWords(tcp + TcpLayout.HEADER_BYTES, other + TcpLayout.HEADER_BYTES, headers - l4 - TcpLayout.HEADER_BYTES);
    }

    private static boolean sameEthernet(final long first, final long frame) {
        return Memory.getLong(first) == Memory.getLong(frame)
                && Memory.getLong(first + EthernetLayout.SOURCE) == Memory.getLong(frame + EthernetLayout.SOURCE);
    }

    private static boolean sameIpv4(final long first, final long frame, final int distance) {
        final long ip = first + EthernetLayout.HEADER_BYTES;
        final long other = frame + EthernetLayout.HEADER_BYTES;
        return Memory.getUnsignedShort(ip) == Memory.getUnsignedShort(other)
                && (Ipv4Layout.id(ip) + distance & 0xFFFF) == Ipv4Layout.id(other)
                && Memory.getInt(ip + Ipv4Layout.FRAGMENT) == Memory.getInt(other + Ipv4Layout.FRAGMENT)
                && Memory.getLong(ip + Ipv4Layout.SOURCE) == Memory.getLong(other + Ipv4Layout.SOURCE);
    }

    private static boolean sameIpv6(final long first, final long frame) {
        final long ip = first + EthernetLayout.HEADER_BYTES;
        final long other = frame + EthernetLayout.HEADER_BYTES;
        return Memory.getInt(ip) == Memory.getInt(other)
                && Memory.getUnsignedShort(ip + Ipv6Layout.NEXT_HEADER) == Memory.getUnsignedShort(other + Ipv6Layout.NEXT_HEADER)
                && sameWords(ip + Ipv6Layout.SOURCE, other + Ipv6Layout.SOURCE, Ipv6Layout.HEADER_BYTES - Ipv6Layout.SOURCE);
    }

    private static boolean sameWords(final long a, final long b, final int bytes) {
        for (int i = 0; i < bytes; i += Integer.BYTES) {
            if (Memory.getInt(a + i) != Memory.getInt(b + i)) {
                return false;
            }
        }
        return true;
    }

    private static void writeHeaders(
            final long frame, final int l4, final int headers, final int segment, final int payload, final int flags) {
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final long tcp = frame + l4;
        final int bytes = headers - l4 + payload;
        final long pseudo;
        if (l4 == IPV4_BYTES) {
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + bytes);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            pseudo = Checksum.pseudo4(ip, IpProtocol.TCP, bytes);
        } else {
            Ipv6Layout.setPayloadLength(ip, bytes);
            pseudo = Checksum.pseudo6(ip, IpProtocol.TCP, bytes);
        }
        TcpLayout.setFlags(tcp, flags);
        Memory.putShort(tcp + TcpLayout.CHECKSUM, Checksum.fold(pseudo));
        VirtioNetLayout.writeSegments(
                frame - VirtioNetLayout.BYTES, l4 != IPV4_BYTES, headers, segment, l4, TcpLayout.CHECKSUM);
    }

    private void piece(final int index, final long address, final int bytes) {
        Memory.putLong(vectors + (long) index * VECTOR_BYTES, address);
        Memory.putLong(vectors + (long) index * VECTOR_BYTES + VECTOR_LENGTH, bytes);
    }
}
