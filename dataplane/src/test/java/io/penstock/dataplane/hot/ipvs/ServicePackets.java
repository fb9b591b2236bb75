package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.os.hot.packet.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Packets of virtual services' clients and servers, and what is right about those that were sent on. */
final class ServicePackets {

    static final int INIT = 1;
    static final int INIT_ACK = 2;
    static final int ABORT = 6;
    static final int COOKIE_ECHO = 10;

    private static final int IP = Packets.IP;
    private static final int HEADER4 = 20;
    private static final int HEADER6 = 40;
    private static final int ICMP_CHECKSUM = 2;

    private ServicePackets() {
    }

    /** A SYN. */
    static byte[] syn(final String client, final int port, final String to, final int service) {
        return FlowPackets.tcp(client, port, to, service, FlowPackets.SYN, 1, 0);
    }

    /** A segment that acknowledges. */
    static byte[] ack(final String from, final int port, final String to, final int service) {
        return FlowPackets.tcp(from, port, to, service, FlowPackets.ACK, 2, 8);
    }

    /** A SYN that is answered. */
    static byte[] synAck(final String from, final int port, final String to, final int service) {
        return FlowPackets.tcp(from, port, to, service, FlowPackets.SYN | FlowPackets.ACK, 7, 2);
    }

    /** The last segment of its sender. */
    static byte[] fin(final String from, final int port, final String to, final int service) {
        return FlowPackets.tcp(from, port, to, service, FlowPackets.FIN | FlowPackets.ACK, 3, 8);
    }

    /** A datagram. */
    static byte[] udp(final String from, final int port, final String to, final int service) {
        return FlowPackets.udp(from, port, to, service, 9);
    }

    /** A packet of SCTP with one chunk of a kind. */
    static byte[] sctp(final String from, final int port, final String to, final int service, final int chunk) {
        final byte[] packet = ByteBuffer.allocate(32).putShort((short) port).putShort((short) service).putInt(5).putInt(0)
                .put((byte) chunk).put((byte) 0).putShort((short) 20).array();
        ByteBuffer.wrap(packet).putInt(8, crc(packet, 0));
        return FlowPackets.frame(IpPackets.of(from, to, IpProtocol.SCTP, packet));
    }

    /** An ICMP error about a frame's packet. */
    static byte[] error(final String from, final String to, final int type, final int code, final int rest, final byte[] about) {
        return errorOf(from, to, type, code, rest, Arrays.copyOfRange(about, IP, about.length));
    }

    private static byte[] errorOf(final String from, final String to, final int type, final int code, final int rest, final byte[] quoted) {
        final int protocol = from.indexOf(':') < 0 ? IpPackets.ICMP : IpPackets.ICMPV6;
        final byte[] icmp = ByteBuffer.allocate(8 + quoted.length).put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(quoted)
                .array();
        return FlowPackets.frame(IpPackets.of(from, to, protocol, IpPackets.summed(from, to, protocol, icmp, ICMP_CHECKSUM)));
    }

    /** The frame whose packet an ICMP error quotes. */
    static byte[] quoted(final byte[] error) {
        final byte[] packet = Arrays.copyOfRange(error, IP + header(error) + 8, error.length);
        return FlowPackets.frame(packet);
    }

    /** The ICMP type and code, and the four bytes that follow the checksum. */
    static String icmp(final byte[] frame) {
        final ByteBuffer icmp = ByteBuffer.wrap(frame);
        final int at = IP + header(frame);
        return icmp.get(at) + "/" + icmp.get(at + 1) + " " + icmp.getInt(at + 4);
    }

    /** The addresses of a frame. */
    static String addresses(final byte[] frame) {
        return FlowPackets.ends(frame).replaceAll(":\\d+( |$)", "$1");
    }

    /** The time to live. */
    static int ttl(final byte[] frame) {
        return frame[IP + (isIpv4(frame) ? 8 : 7)] & 0xFF;
    }

    /** The protocol, of a packet without extension headers. */
    static int protocol(final byte[] frame) {
        return frame[IP + (isIpv4(frame) ? 9 : 6)] & 0xFF;
    }

    /** A frame with another time to live. */
    static byte[] withTtl(final byte[] frame, final int ttl) {
        final byte[] changed = frame.clone();
        changed[IP + (isIpv4(frame) ? 8 : 7)] = (byte) ttl;
        return summed4(changed);
    }

    /** A frame of IPv4 that is not to be fragmented, or may be. */
    static byte[] withDontFragment(final byte[] frame, final boolean is) {
        final byte[] changed = frame.clone();
        changed[IP + 6] = (byte) (is ? 0x40 : 0);
        return summed4(changed);
    }

    private static byte[] summed4(final byte[] frame) {
        if (isIpv4(frame)) {
            final ByteBuffer ip = ByteBuffer.wrap(frame);
            ip.putShort(IP + 10, (short) 0);
            ip.putShort(IP + 10, (short) ~sum(frame, IP, IP + HEADER4, 0));
        }
        return frame;
    }

    /** Fails unless every checksum of a frame is right. */
    static void assertRight(final byte[] frame) {
        final int header = header(frame);
        final int end = IP + (isIpv4(frame) ? ByteBuffer.wrap(frame).getShort(IP + 2) & 0xFFFF : HEADER6 + (ByteBuffer.wrap(frame).getShort(IP + 4) & 0xFFFF));
        assertEquals(frame.length, end, "length");
        if (isIpv4(frame)) {
            assertEquals(0xFFFF, sum(frame, IP, IP + header, 0), "header's checksum");
        }
        final int l4 = IP + header;
        switch (protocol(frame)) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMPV6 -> {
                final int addresses = isIpv4(frame) ? 8 : 32;
                final long pseudo = sum(frame, l4 - addresses, l4, 0) + (long) protocol(frame) + frame.length - l4;
                assertEquals(0xFFFF, sum(frame, l4, frame.length, pseudo), "checksum");
            }
            case IpProtocol.ICMP -> assertEquals(0xFFFF, sum(frame, l4, frame.length, 0), "checksum");
            case IpProtocol.SCTP -> {
                final byte[] packet = Arrays.copyOfRange(frame, l4, frame.length);
                final int said = ByteBuffer.wrap(packet).getInt(8);
                ByteBuffer.wrap(packet).putInt(8, 0);
                assertEquals(crc(packet, 0), said, "checksum");
            }
            default -> { }
        }
    }

    /** Fails unless an IPv4 header's checksum is right, of a packet that may be cut off. */
    static void assertHeaderRight(final byte[] frame) {
        assertEquals(0xFFFF, sum(frame, IP, IP + header(frame), 0), "header's checksum");
    }

    private static boolean isIpv4(final byte[] frame) {
        return (frame[IP] & 0xF0) == 0x40;
    }

    private static int header(final byte[] frame) {
        return isIpv4(frame) ? (frame[IP] & 15) * 4 : HEADER6;
    }

    private static int crc(final byte[] packet, final int from) {
        final CRC32C crc = new CRC32C();
        crc.update(packet, from, packet.length - from);
        return Integer.reverseBytes((int) crc.getValue());
    }

    private static int sum(final byte[] bytes, final int from, final int to, final long with) {
        long sum = with;
        for (int at = from; at < to; at++) {
            sum += (bytes[at] & 0xFF) << ((at - from) % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }
}
