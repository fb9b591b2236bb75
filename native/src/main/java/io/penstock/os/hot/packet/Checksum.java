package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;
import java.nio.ByteOrder;

/**
 * The Internet checksum: sums, verification, computation, incremental update.
 *
 * <p>Two kinds of numbers are passed around:
 * <ol>
 *   <li>A <em>sum</em> is a non-negative long, congruent modulo 0xFFFF to the one's complement sum of 16-bit words in the
 *       machine's order; it is 0 only if every byte is. Sums of at most 65,535 bytes each are below 2^47 and may be added
 *       with {@code +}, if each range but the last has an even number of bytes. The byte order does not matter until the end
 *       (RFC 1071, 2.B).</li>
 *   <li>A <em>checksum</em>, and a field's value in the update methods, is an int in network order, as the layouts' accessors
 *       return it.</li>
 * </ol>
 *
 * <p>The addresses may be odd: the first byte of a range is the first of a word wherever it lies. Lengths are the
 * caller's to check; L4's is that of the IP payload, and for UDP the length field if that is shorter.
 *
 * <p>One's complement has two zeros. A sum over data that is not all 0 folds to 0xFFFF where it could fold to 0, so a
 * checksum is 0 where it could be 0xFFFF; UDP writes 0xFFFF for it, as its 0 means none.
 *
 * <p>Source: RFC 1071; RFC 1624 (update, equation 3); RFC 768 and RFC 8200, 8.1 (pseudo-headers).
 */
public final class Checksum {

    /**
     * From this many bytes on the vectorized loop is used. Below, its set-up of about 9 ns costs more than the bytes
     * (64 bytes: 7 against 10 ns); above, it wins quickly (1,480 bytes: 33 against 92 ns).
     */
    private static final int LONG_BYTES = 64;

    private static final long LOW = 0xFFFF_FFFFL;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    /** Multiplying by 256 swaps a word's bytes modulo 0xFFFF: it brings a number of ours into the machine's order. */
    private static final int NETWORK_SHIFT = LITTLE ? 8 : 0;
    /** Where the last byte of an odd range belongs: it is a word's first byte. */
    private static final int ODD_SHIFT = LITTLE ? 0 : 8;

    private Checksum() {
    }

    /** The sum of a range of 0 to 65,535 bytes. */
    public static long sum(final long address, final int bytes) {
        return bytes < LONG_BYTES ? sumShort(address, bytes) : sumLong(address, bytes);
    }

    /** The 16-bit one's complement sum in the machine's order: 0 only for a sum of 0. */
    public static int fold(final long sum) {
        // A number plus itself with halves exchanged has the halves' sum, with end-around carry, in its upper half.
        final int word = (int) (sum + Long.rotateLeft(sum, 32) >>> 32);
        return word + Integer.rotateLeft(word, 16) >>> 16;
    }

    /** The checksum that brings a sum to zero: the complement in network order. */
    public static int checksum(final long sum) {
        final int complement = ~fold(sum) & 0xFFFF;
        return LITTLE ? Short.toUnsignedInt(Short.reverseBytes((short) complement)) : complement;
    }

    /** True for a sum over a range, pseudo-header included, whose checksum field is right. */
    public static boolean isValid(final long sum) {
        return fold(sum) == 0xFFFF;
    }

    /** The sum of the pseudo-header: addresses, protocol, and length of the L4 header and payload. */
    public static long pseudo4(final long ip, final int protocol, final int l4Bytes) {
        return word8(ip + Ipv4Layout.SOURCE) + ((long) (protocol + l4Bytes) << NETWORK_SHIFT);
    }

    /**
     * The sum of the pseudo-header. Like the kernel's, it takes the destination from the header even where a routing
     * header names another.
     *
     * @param nextHeader L4's number, not that of an extension header
     */
    public static long pseudo6(final long ip, final int nextHeader, final int l4Bytes) {
        final long source = ip + Ipv6Layout.SOURCE;
        return word8(source) + word8(source + 8) + word8(source + 16) + word8(source + 24)
                + ((long) (nextHeader + l4Bytes) << NETWORK_SHIFT);
    }

    /** Verifies an IPv4 header's checksum. */
    public static boolean verifyIpv4(final long ip, final int headerBytes) {
        return isValid(headerBytes == Ipv4Layout.HEADER_BYTES ? sum20(ip) : sumShort(ip, headerBytes));
    }

    /** Verifies the checksum of an IPv4 header without options. */
    public static boolean verifyIpv4(final long ip) {
        return isValid(sum20(ip));
    }

    /** Computes an IPv4 header's checksum and stores it. */
    public static void writeIpv4(final long ip, final int headerBytes) {
        final long sum = headerBytes == Ipv4Layout.HEADER_BYTES ? sum20(ip) : sumShort(ip, headerBytes);
        store(ip + Ipv4Layout.CHECKSUM, sum);
    }

    public static boolean verifyTcp4(final long ip, final long tcp, final int tcpBytes) {
        return isValid(pseudo4(ip, IpProtocol.TCP, tcpBytes) + sum(tcp, tcpBytes));
    }

    public static boolean verifyTcp6(final long ip, final long tcp, final int tcpBytes) {
        return isValid(pseudo6(ip, IpProtocol.TCP, tcpBytes) + sum(tcp, tcpBytes));
    }

    /** Verifies a UDP checksum; none (0) is valid. */
    public static boolean verifyUdp4(final long ip, final long udp, final int udpBytes) {
        return UdpLayout.checksum(udp) == 0
                || isValid(pseudo4(ip, IpProtocol.UDP, udpBytes) + sum(udp, udpBytes));
    }

    /**
     * Verifies a UDP checksum; none (0) is invalid. Tunnels may send it nevertheless (RFC 6935), and Linux's connection
     * tracking lets it pass: a caller that wants to, asks for 0 first.
     */
    public static boolean verifyUdp6(final long ip, final long udp, final int udpBytes) {
        return UdpLayout.checksum(udp) != 0
                && isValid(pseudo6(ip, IpProtocol.UDP, udpBytes) + sum(udp, udpBytes));
    }

    public static boolean verifyIcmp(final long icmp, final int icmpBytes) {
        return isValid(sum(icmp, icmpBytes));
    }

    public static boolean verifyIcmpv6(final long ip, final long icmp, final int icmpBytes) {
        return isValid(pseudo6(ip, IpProtocol.ICMPV6, icmpBytes) + sum(icmp, icmpBytes));
    }

    public static void writeTcp4(final long ip, final long tcp, final int tcpBytes) {
        store(tcp + TcpLayout.CHECKSUM, pseudo4(ip, IpProtocol.TCP, tcpBytes) + sum(tcp, tcpBytes));
    }

    public static void writeTcp6(final long ip, final long tcp, final int tcpBytes) {
        store(tcp + TcpLayout.CHECKSUM, pseudo6(ip, IpProtocol.TCP, tcpBytes) + sum(tcp, tcpBytes));
    }

    /** Computes a UDP checksum and stores it, 0 as 0xFFFF. */
    public static void writeUdp4(final long ip, final long udp, final int udpBytes) {
        storeUdp(udp + UdpLayout.CHECKSUM, pseudo4(ip, IpProtocol.UDP, udpBytes) + sum(udp, udpBytes));
    }

    /** Computes a UDP checksum and stores it, 0 as 0xFFFF. */
    public static void writeUdp6(final long ip, final long udp, final int udpBytes) {
        storeUdp(udp + UdpLayout.CHECKSUM, pseudo6(ip, IpProtocol.UDP, udpBytes) + sum(udp, udpBytes));
    }

    /** Computes the checksum of at least 4 bytes of ICMP and stores it. */
    public static void writeIcmp(final long icmp, final int icmpBytes) {
        // Goes around the field, as a message may be all 0 without it, and then the sum must be 0.
        final long sum = Memory.getUnsignedShort(icmp) + sum(icmp + 4, icmpBytes - 4);
        Memory.putShort(icmp + IcmpLayout.CHECKSUM, ~fold(sum));
    }

    public static void writeIcmpv6(final long ip, final long icmp, final int icmpBytes) {
        store(icmp + Icmpv6Layout.CHECKSUM, pseudo6(ip, IpProtocol.ICMPV6, icmpBytes) + sum(icmp, icmpBytes));
    }

    /**
     * What a change of 16 bits means for a checksum. Changes may be added with {@code +} and applied to every checksum
     * that covers them, such as IPv4's and TCP's. The words lie at an even offset in what is summed.
     */
    public static long change16(final int from, final int to) {
        return (~from & 0xFFFF) + (to & 0xFFFF);
    }

    /** As {@link #change16}, for 32 bits. */
    public static long change32(final int from, final int to) {
        return (~from & LOW) + (to & LOW);
    }

    /** As {@link #change16}, for an IPv6 address. */
    public static long change128(final long fromHigh, final long fromLow, final long toHigh, final long toLow) {
        return halves(~fromHigh) + halves(~fromLow) + halves(toHigh) + halves(toLow);
    }

    /** The checksum after changes: equation 3 of RFC 1624. A wrong one stays as wrong as it was. */
    public static int apply(final int checksum, final long changes) {
        return ~fold((~checksum & 0xFFFF) + changes) & 0xFFFF;
    }

    /** As {@link #apply}, for UDP: none (0) stays none, and a 0 that comes out is 0xFFFF. */
    public static int applyUdp(final int checksum, final long changes) {
        if (checksum == 0) {
            return 0;
        }
        final int applied = apply(checksum, changes);
        return applied == 0 ? 0xFFFF : applied;
    }

    /** The checksum after a change of 16 bits. */
    public static int update16(final int checksum, final int from, final int to) {
        return apply(checksum, change16(from, to));
    }

    /** The checksum after a change of 32 bits. */
    public static int update32(final int checksum, final int from, final int to) {
        return apply(checksum, change32(from, to));
    }

    /** The checksum after a change of an IPv6 address. */
    public static int update128(
            final int checksum, final long fromHigh, final long fromLow, final long toHigh, final long toLow) {
        return apply(checksum, change128(fromHigh, fromLow, toHigh, toLow));
    }

    private static long sum20(final long ip) {
        return word8(ip) + word8(ip + 8) + (Memory.getInt(ip + 16) & LOW);
    }

    private static long sumShort(final long address, final int bytes) {
        long at = address;
        long sum = 0;
        if ((bytes & 32) != 0) {
            sum = word8(at) + word8(at + 8) + word8(at + 16) + word8(at + 24);
            at += 32;
        }
        if ((bytes & 16) != 0) {
            sum += word8(at) + word8(at + 8);
            at += 16;
        }
        if ((bytes & 8) != 0) {
            sum += word8(at);
            at += 8;
        }
        if ((bytes & 4) != 0) {
            sum += Memory.getInt(at) & LOW;
            at += 4;
        }
        if ((bytes & 2) != 0) {
            sum += Memory.getUnsignedShort(at);
            at += 2;
        }
        if ((bytes & 1) != 0) {
            sum += (long) Memory.getUnsignedByte(at) << ODD_SHIFT;
        }
        return sum;
    }

    private static long sumLong(final long address, final int bytes) {
        final long end = address + (bytes & -8);
        long low = 0;
        long high = 0;
        // C2 vectorizes this with a long counter whatever it has seen before; with an int counter only for some profiles.
        for (long at = address; at < end; at += 8) {
            final long eight = Memory.getLong(at);
            low += eight & LOW;
            high += eight >>> 32;
        }
        return low + high + sumShort(end, bytes & 7);
    }

    private static long word8(final long address) {
        return halves(Memory.getLong(address));
    }

    private static long halves(final long eight) {
        return (eight & LOW) + (eight >>> 32);
    }

    /** Stores the checksum for a sum that the field's present value is part of and that is not 0 without it. */
    private static void store(final long field, final long sum) {
        Memory.putShort(field, ~fold(without(field, sum)));
    }

    private static void storeUdp(final long field, final long sum) {
        final int complement = ~fold(without(field, sum)) & 0xFFFF;
        Memory.putShort(field, complement == 0 ? 0xFFFF : complement);
    }

    /** Takes the field out by adding its complement: storing a 0 first would stall the wide loads that follow. */
    private static long without(final long field, final long sum) {
        return sum + (~Memory.getUnsignedShort(field) & 0xFFFF);
    }
}
