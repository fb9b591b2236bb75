package io.penstock.dataplane.testkit;

import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;

/** IP packets without a link header, of both families alike, with right checksums unless a test spoils them. */
public final class IpPackets {

    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    private static final int TTL = 61;
    private static final int HEADER4_BYTES = 20;
    private static final int HEADER6_BYTES = 40;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    private static final int ICMP_CHECKSUM = 2;
    private static final byte[] NO_BYTES = {};

    private IpPackets() {
    }

    /** A packet with a payload as it is. */
    public static byte[] of(final String source, final String destination, final int protocol, final byte[] payload) {
        return of(source, destination, protocol, 0, NO_BYTES, payload);
    }

    /** An IPv4 packet with a word of flags and offset, and options. */
    public static byte[] of(final String source, final String destination, final int protocol, final int fragmentWord,
            final byte[] options, final byte[] payload) {
        final IpAddress from = IpAddress.parse(source);
        final IpAddress to = IpAddress.parse(destination);
        if (source.indexOf(':') < 0) {
            return RandomPacket4.packet(0x5C, 0x1234, fragmentWord, TTL, protocol, (int) from.low(), (int) to.low(), options, payload);
        }
        return ByteBuffer.allocate(HEADER6_BYTES + payload.length)
                .putInt(0x6000_0000).putShort((short) payload.length).put((byte) protocol).put((byte) TTL)
                .putLong(from.high()).putLong(from.low()).putLong(to.high()).putLong(to.low()).put(payload).array();
    }

    /** UDP from port 1000 to 2000 with so many bytes of data. */
    public static byte[] udp(final String source, final String destination, final int bytes) {
        return of(source, destination, UDP, udpBytes(source, destination, bytes));
    }

    /** The UDP header and data alone. */
    public static byte[] udpBytes(final String source, final String destination, final int bytes) {
        final ByteBuffer udp = ByteBuffer.allocate(8 + bytes).putShort((short) 1000).putShort((short) 2000)
                .putShort((short) (8 + bytes));
        fill(udp, 8);
        return summed(source, destination, UDP, udp.array(), UDP_CHECKSUM);
    }

    /** A TCP segment from port 1000 to 2000, with options and so many bytes of data. */
    public static byte[] tcp(final String source, final String destination, final int flags, final byte[] options, final int bytes) {
        return of(source, destination, TCP, tcpBytes(source, destination, flags, options, bytes));
    }

    /** The TCP header and data alone. */
    public static byte[] tcpBytes(
            final String source, final String destination, final int flags, final byte[] options, final int bytes) {
        final ByteBuffer tcp = ByteBuffer.allocate(20 + options.length + bytes).putShort((short) 1000).putShort((short) 2000)
                .putInt(0xFFFF_FFF0).putInt(0x1234_5678).put((byte) (20 + options.length << 2)).put((byte) flags)
                .putShort((short) 0x4321).putInt(0).put(options);
        fill(tcp, 20 + options.length);
        return summed(source, destination, TCP, tcp.array(), TCP_CHECKSUM);
    }

    /** ICMP or ICMPv6 of a type and code, with 16 bytes of data. */
    public static byte[] icmp(final String source, final String destination, final int type, final int code) {
        final ByteBuffer icmp = ByteBuffer.allocate(24).put((byte) type).put((byte) code);
        fill(icmp, 4);
        final int protocol = source.indexOf(':') < 0 ? ICMP : ICMPV6;
        return of(source, destination, protocol, summed(source, destination, protocol, icmp.array(), ICMP_CHECKSUM));
    }

    /** A payload whose checksum is right. */
    public static byte[] summed(
            final String source, final String destination, final int protocol, final byte[] payload, final int checksumAt) {
        long sum = protocol == ICMP || protocol != TCP && protocol != UDP && source.indexOf(':') < 0 ? 0
                : pseudo(IpAddress.parse(source)) + pseudo(IpAddress.parse(destination)) + protocol + payload.length;
        for (int i = 0; i < payload.length; i++) {
            sum += (payload[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        ByteBuffer.wrap(payload).putShort(checksumAt, (short) ~sum);
        return payload;
    }

    /** The packet with one bit of its last byte changed, or of its checksum where it has no data. */
    public static byte[] spoiled(final byte[] packet) {
        final byte[] copy = packet.clone();
        copy[copy.length - 1] ^= 1;
        return copy;
    }

    /** The protocol's data behind an IPv6 extension header of 8 bytes of a kind; the checksum is over the data. */
    public static byte[] behind(final int extension, final byte[] packet) {
        final byte[] extended = Packets.insert(packet, HEADER6_BYTES, packet[6], 0, 1, 4, 0, 0, 0, 0);
        extended[6] = (byte) extension;
        ByteBuffer.wrap(extended).putShort(4, (short) (extended.length - HEADER6_BYTES));
        return extended;
    }

    /** The same with a fragment header of an offset and flags. */
    public static byte[] fragment6(final int word, final byte[] packet) {
        final byte[] extended = Packets.insert(packet, HEADER6_BYTES, packet[6], 0, word >>> 8, word & 0xFF, 0, 0, 0, 7);
        extended[6] = 44;
        ByteBuffer.wrap(extended).putShort(4, (short) (extended.length - HEADER6_BYTES));
        return extended;
    }

    /** Bytes of an IP header without options. */
    public static int headerBytes(final String source) {
        return source.indexOf(':') < 0 ? HEADER4_BYTES : HEADER6_BYTES;
    }

    private static long pseudo(final IpAddress address) {
        return words(address.high()) + words(address.low());
    }

    private static long words(final long eight) {
        return (eight >>> 48) + (eight >>> 32 & 0xFFFF) + (eight >>> 16 & 0xFFFF) + (eight & 0xFFFF);
    }

    private static void fill(final ByteBuffer buffer, final int from) {
        for (int i = from; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 7));
        }
    }
}
