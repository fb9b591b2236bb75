package io.penstock.dataplane.ipvs;

import io.penstock.os.hot.packet.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Takes packets out of tunnels as the kernel's ipip, ip_gre and fou do, by code of its own; says what is wrong with one that they would drop.
 *
 * <p>Source: net/ipv4/fou_core.c, net/ipv4/gre_demux.c, RFC 791, RFC 8200.
 */
public final class TunnelPackets {

    private static final int HEADER4_BYTES = 20;
    private static final int HEADER6_BYTES = 40;
    private static final int UDP_BYTES = 8;
    private static final int GUE_BYTES = 4;
    private static final int GUE_OPTION_BYTES = 8;
    private static final int WORD_MASK = 0xFFFF;

    private TunnelPackets() {
    }

    /** The packet inside of an IP packet. */
    public static byte[] strip(final byte[] outer) {
        final boolean isIpv4 = outer[0] >>> 4 == 4;
        final int headerBytes = isIpv4 ? (outer[0] & 0xF) * 4 : HEADER6_BYTES;
        final ByteBuffer ip = ByteBuffer.wrap(outer);
        if (isIpv4) {
            require(sum(outer, 0, headerBytes, 0) == WORD_MASK, "outer IPv4 checksum", ip.getShort(10) & WORD_MASK);
            require((ip.getShort(2) & WORD_MASK) == outer.length, "outer total length", ip.getShort(2) & WORD_MASK);
            require((ip.getShort(6) & 0x3FFF) == 0, "outer fragment word", ip.getShort(6) & WORD_MASK);
        } else {
            require((ip.getShort(4) & WORD_MASK) == outer.length - HEADER6_BYTES, "outer payload length", ip.getShort(4) & WORD_MASK);
        }
        final int protocol = outer[isIpv4 ? 9 : 6] & 0xFF;
        final byte[] payload = Arrays.copyOfRange(outer, headerBytes, outer.length);
        if (protocol != IpProtocol.UDP) {
            return strip(protocol, payload);
        }
        require((ip.getShort(headerBytes + 4) & WORD_MASK) == payload.length, "UDP length", ip.getShort(headerBytes + 4) & WORD_MASK);
        if (ip.getShort(headerBytes + 6) != 0) {
            final int addresses = isIpv4 ? 12 : 8;
            final int pseudo = sum(outer, addresses, headerBytes - addresses, IpProtocol.UDP + payload.length);
            require(sum(payload, 0, payload.length, pseudo) == WORD_MASK, "UDP checksum", ip.getShort(headerBytes + 6) & WORD_MASK);
        }
        return strip(protocol, Arrays.copyOfRange(payload, UDP_BYTES, payload.length));
    }

    /** The packet inside of an IP packet's payload; of UDP's, without its header, by generic UDP encapsulation. */
    public static byte[] strip(final int protocol, final byte[] payload) {
        return switch (protocol) {
            case IpProtocol.IPIP -> version(payload, 4);
            case IpProtocol.IPV6 -> version(payload, 6);
            case IpProtocol.GRE -> gre(payload);
            case IpProtocol.UDP -> gue(payload);
            default -> throw new IllegalArgumentException("no tunnel's: protocol=" + protocol);
        };
    }

    private static byte[] gre(final byte[] payload) {
        final ByteBuffer gre = ByteBuffer.wrap(payload);
        final int flags = gre.getShort(0) & WORD_MASK;
        require((flags & 0x7FFF) == 0, "GRE flags", flags);
        final int headerBytes = flags == 0 ? 4 : 8;
        if (flags != 0) {
            require(sum(payload, 0, payload.length, 0) == WORD_MASK, "GRE checksum", gre.getShort(4) & WORD_MASK);
            require(gre.getShort(6) == 0, "GRE reserved", gre.getShort(6));
        }
        final int type = gre.getShort(2) & WORD_MASK;
        require(type == 0x0800 || type == 0x86DD, "GRE protocol type", type);
        return version(Arrays.copyOfRange(payload, headerBytes, payload.length), type == 0x0800 ? 4 : 6);
    }

    private static byte[] gue(final byte[] payload) {
        final ByteBuffer gue = ByteBuffer.wrap(payload);
        final int first = payload[0] & 0xFF;
        final int options = first * 4;
        final int flags = gue.getShort(2) & WORD_MASK;
        require(first < 32, "GUE version and control bit", first);
        require((flags & ~1) == 0, "GUE flags", flags);
        require(options == flags * GUE_OPTION_BYTES, "GUE bytes of options", options);
        final byte[] inner = Arrays.copyOfRange(payload, GUE_BYTES + options, payload.length);
        if (options != 0) {
            require(gue.getInt(4) == 1 << 31, "GUE private flags", gue.getInt(4));
            final int start = gue.getShort(8) & WORD_MASK;
            final int field = gue.getShort(10) & WORD_MASK;
            // The receiver's part: the field holds the pseudo-header's sum.
            ByteBuffer.wrap(inner).putShort(field, (short) ~sum(inner, start, inner.length - start, 0));
        }
        final int protocol = payload[1] & 0xFF;
        require(protocol == IpProtocol.IPIP || protocol == IpProtocol.IPV6, "GUE protocol", protocol);
        return strip(protocol, inner);
    }

    private static byte[] version(final byte[] inner, final int version) {
        require(inner.length >= HEADER4_BYTES && inner[0] >>> 4 == version, "inner version", inner.length == 0 ? -1 : inner[0] >>> 4);
        return inner;
    }

    /** A UDP packet as a sender leaves it that has begun its checksum only: with the pseudo-header's sum in its place. */
    public static byte[] begun(final byte[] packet) {
        final boolean isIpv4 = packet[0] >>> 4 == 4;
        final int headerBytes = isIpv4 ? HEADER4_BYTES : HEADER6_BYTES;
        final int from = isIpv4 ? 12 : 8;
        final byte[] copy = packet.clone();
        ByteBuffer.wrap(copy).putShort(headerBytes + 6,
                (short) sum(copy, from, headerBytes - from, IpProtocol.UDP + copy.length - headerBytes));
        return copy;
    }

    /** The one's complement sum of words, with one to begin with. */
    public static int sum(final byte[] of, final int from, final int bytes, final int before) {
        long sum = before;
        for (int i = 0; i < bytes; i++) {
            sum += (of[from + i] & 0xFF) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum > WORD_MASK) {
            sum = (sum & WORD_MASK) + (sum >>> 16);
        }
        return (int) sum;
    }

    private static void require(final boolean isRight, final String what, final int value) {
        if (!isRight) {
            throw new IllegalArgumentException("wrong " + what + "=0x" + Integer.toHexString(value));
        }
    }
}
