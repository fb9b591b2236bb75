package io.penstock.dataplane.replay;

import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Packets byte by byte, as the RFCs draw them. */
final class Packets {

    /** Where frames come from and go to when nobody cares. */
    static final long SOME_MAC = 0x02AA_0000_0001L;
    static final long OTHER_MAC = 0x02AA_0000_0002L;
    static final long BROADCAST_MAC = 0xFFFF_FFFF_FFFFL;

    static final int IPV4 = 0x0800;
    static final int ARP = 0x0806;
    static final int IPV6 = 0x86DD;

    private static final int UDP = 17;

    private Packets() {
    }

    /** UDP of some bytes, IPv4 or IPv6 by its addresses, without an Ethernet header. */
    static byte[] ip(final String from, final String to, final int ttl, final int payloadBytes) {
        final IpAddress source = IpAddress.parse(from);
        final IpAddress destination = IpAddress.parse(to);
        final boolean v4 = source.family() == IpAddress.V4;
        final int udpBytes = 8 + payloadBytes;
        final ByteBuffer b = ByteBuffer.allocate((v4 ? 20 : 40) + udpBytes);
        if (v4) {
            b.put((byte) 0x45).put((byte) 0).putShort((short) (20 + udpBytes)).putInt(0);
            b.put((byte) ttl).put((byte) UDP).putShort((short) 0);
        } else {
            b.putInt(0x6000_0000).putShort((short) udpBytes).put((byte) UDP).put((byte) ttl);
        }
        b.put(source.toBytes()).put(destination.toBytes());
        final int udp = b.position();
        b.putShort((short) 1111).putShort((short) 2222).putShort((short) udpBytes).putShort((short) 0);
        for (int i = 0; i < payloadBytes; i++) {
            b.put((byte) i);
        }
        if (v4) {
            b.putShort(10, (short) ~fold(sum(b, 0, 20)));
        }
        final long pseudo = sum(ByteBuffer.wrap(source.toBytes()), 0, source.bits() / 8)
                + sum(ByteBuffer.wrap(destination.toBytes()), 0, source.bits() / 8) + UDP + udpBytes;
        final int checksum = ~fold(pseudo + sum(b, udp, udpBytes)) & 0xFFFF;
        b.putShort(udp + 6, (short) (checksum == 0 ? 0xFFFF : checksum));
        return b.array();
    }

    /** A packet in an Ethernet frame. */
    static byte[] frame(final long destination, final long source, final int etherType, final byte... packet) {
        final ByteBuffer b = ByteBuffer.allocate(14 + packet.length);
        b.putShort((short) (destination >>> 32)).putInt((int) destination);
        b.putShort((short) (source >>> 32)).putInt((int) source);
        return b.putShort((short) etherType).put(packet).array();
    }

    /** UDP in an Ethernet frame to somebody. */
    static byte[] udp(final String from, final String to, final int ttl) {
        return frame(SOME_MAC, OTHER_MAC, from.indexOf(':') < 0 ? IPV4 : IPV6, ip(from, to, ttl, 10));
    }

    /** The same packet one hop later: the header as it leaves, the time to live decremented. */
    static byte[] forwarded(final byte[] frame, final long destination, final long source) {
        final ByteBuffer b = ByteBuffer.wrap(frame(destination, source, ByteBuffer.wrap(frame).getShort(12),
                Arrays.copyOfRange(frame, 14, frame.length)));
        if (b.get(14) >>> 4 == 6) {
            b.put(14 + 7, (byte) (b.get(14 + 7) - 1));
        } else {
            b.put(14 + 8, (byte) (b.get(14 + 8) - 1)).putShort(14 + 10, (short) 0);
            b.putShort(14 + 10, (short) ~fold(sum(b, 14, 20)));
        }
        return b.array();
    }

    /** Makes the checksum of an IPv4 header right again, as long as its length says where it is. */
    static void repairIpv4(final byte[] frame) {
        final int bytes = (frame[14] & 0xF) * 4;
        if (bytes >= 20 && 14 + bytes <= frame.length) {
            final ByteBuffer b = ByteBuffer.wrap(frame).putShort(14 + 10, (short) 0);
            b.putShort(14 + 10, (short) ~fold(sum(b, 14, bytes)));
        }
    }

    private static long sum(final ByteBuffer b, final int from, final int bytes) {
        long sum = 0;
        for (int i = 0; i < bytes; i++) {
            final int octet = b.get(from + i) & 0xFF;
            sum += (i & 1) == 0 ? octet << 8 : octet;
        }
        return sum;
    }

    private static int fold(final long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }
}
