package io.penstock.dataplane.judge;

import java.util.Arrays;
import java.util.List;

/**
 * Where two right answers may differ, and nothing more:
 * <ol>
 *   <li>The IP identification of an ICMP error that the router made, and with it the header checksum: the kernel takes a random
 *       number (RFC 6864).</li>
 *   <li>The flow label of an ICMPv6 error that the router made: the kernel hashes with a secret.</li>
 *   <li>The time that the router wrote into a timestamp option, by {@value #CLOCK_MS} ms, and with it checksums.</li>
 *   <li>A fragment to this host: the kernel's INPUT sees what was put together; Penstock hands each fragment to the kernel as it
 *       came, which does so.</li>
 *   <li>IPv4 options of a packet to this host, with them the header checksum, and where there is a source route, the
 *       destination: the kernel fills route and time in on the way to INPUT. Penstock hands over the packet exactly as it came,
 *       for the kernel to do that.</li>
 *   <li>ICMP errors of the router to itself, because the packet claimed to come from there, or by a broadcast that it hears too:
 *       they pass its loopback, where Penstock has no part.</li>
 * </ol>
 *
 * <p>What is limited by rate is {@link Spent}'s to tell. Threads: any.
 */
final class Tolerance {

    /** How far two readings of the clock for one packet may lie apart: scheduling, and the end of a millisecond. */
    static final int CLOCK_MS = 500;

    private static final int FLOW_LABEL = 0x000F_FFFF;
    private static final int FRAGMENT_BITS = 0x3FFF;
    private static final int TIMESTAMP = 68;
    private static final int NO_OPERATION = 1;
    /** A timestamp option's pointer while nothing is written: the fifth byte (RFC 791). */
    private static final int FIRST_POINTER = 5;
    private static final int LOOSE_ROUTE = 131;
    private static final int STRICT_ROUTE = 137;
    private static final int TOTAL_LENGTH = 2;
    private static final int CHECKSUM = 10;
    private static final int DESTINATION = 16;
    private static final int IDENTIFICATION = 4;

    private Tolerance() {
    }

    /** True when the two are the same packet but for what is random in it. */
    static boolean isSamePacket(final Arrival arrival, final byte[] kernel, final byte[] penstock) {
        if (kernel.length != penstock.length || Wire.version(kernel) != Wire.version(penstock)) {
            return false;
        }
        final byte[] a = kernel.clone();
        final byte[] b = penstock.clone();
        final boolean isError = Words.isOwnError(arrival.bytes(), a) && Words.isOwnError(arrival.bytes(), b);
        if (Wire.isIpv4(a)) {
            return ipv4(a, b, isError) && Arrays.equals(a, b);
        }
        if (isError) {
            Wire.put32(a, 0, Wire.u32(a, 0) & ~FLOW_LABEL);
            Wire.put32(b, 0, Wire.u32(b, 0) & ~FLOW_LABEL);
        }
        return Arrays.equals(a, b);
    }

    /** The packet without what is always random in it: for telling what else differs. */
    static byte[] plain(final Arrival arrival, final byte... packet) {
        final byte[] plain = packet.clone();
        if (Words.isOwnError(arrival.bytes(), plain)) {
            if (Wire.isIpv4(plain)) {
                Wire.put16(plain, CHECKSUM, Wire.hasValidChecksum4(plain) ? 0 : 0xFFFF);
                Wire.put16(plain, IDENTIFICATION, 0);
            } else {
                Wire.put32(plain, 0, Wire.u32(plain, 0) & ~FLOW_LABEL);
            }
        }
        return plain;
    }

    /** Takes out what may differ; false when a checksum does not fit, which must not be overlooked then. */
    private static boolean ipv4(final byte[] a, final byte[] b, final boolean isError) {
        if (!Wire.hasValidChecksum4(a) || !Wire.hasValidChecksum4(b)) {
            return false;
        }
        boolean changed = times(a, b, 0);
        if (isError) {
            final int icmp = Words.icmpOffset(a);
            if (Wire.sum(a, icmp, a.length, 0) != 0xFFFF || Wire.sum(b, icmp, b.length, 0) != 0xFFFF) {
                return false;
            }
            if (times(a, b, icmp + 8)) {
                Wire.put16(a, icmp + 2, 0);
                Wire.put16(b, icmp + 2, 0);
            }
            Wire.put16(a, IDENTIFICATION, 0);
            Wire.put16(b, IDENTIFICATION, 0);
            changed = true;
        }
        if (changed) {
            Wire.put16(a, CHECKSUM, 0);
            Wire.put16(b, CHECKSUM, 0);
        }
        return true;
    }

    /** Takes times out that differ by little, in the options of the IPv4 header at an offset; true when there were any. */
    private static boolean times(final byte[] a, final byte[] b, final int ip) {
        if (ip >= a.length || a[ip] != b[ip]) {
            return false;
        }
        boolean changed = false;
        final int end = Math.min(a.length, ip + (a[ip] & 0xF) * 4);
        int at = ip + Wire.IPV4_BYTES;
        while (at + 1 < end && a[at] != 0) {
            final int length = a[at] == NO_OPERATION ? 1 : Math.max(2, Wire.u8(a, at + 1));
            if (a[at] == TIMESTAMP && at + 2 < end) {
                // Whoever sent it may have the pointer at any byte.
                final int first = at + 4 + (Wire.u8(a, at + 2) - FIRST_POINTER & 3);
                for (int slot = first; slot + 4 <= Math.min(end, at + length); slot += 4) {
                    final int apart = Math.abs(Wire.u32(a, slot) - Wire.u32(b, slot));
                    if (apart != 0 && apart <= CLOCK_MS) {
                        Wire.put32(a, slot, 0);
                        Wire.put32(b, slot, 0);
                        changed = true;
                    }
                }
            }
            at += length;
        }
        return changed;
    }

    /** True for a fragment that Penstock gave the host as it came, whatever the kernel has put together by now. */
    static boolean isHeldForReassembly(final Arrival arrival, final List<byte[]> kernel, final List<byte[]> penstock) {
        return Wire.isIpv4(arrival.bytes()) && (Wire.u16(arrival.bytes(), 6) & FRAGMENT_BITS) != 0
                && penstock.size() == 1 && kernel.size() <= 1 && isAsItCame(arrival, penstock.getFirst());
    }

    /** True when the host got the packet as it came but for its options, or for what a report had no room for. */
    static boolean isSameDelivery(final Arrival arrival, final byte[] kernel, final byte[] penstock) {
        if (kernel.length == HostLog.MAX_BYTES && penstock.length > kernel.length) {
            return Arrays.equals(kernel, 0, kernel.length, penstock, 0, kernel.length);
        }
        return Wire.isIpv4(kernel) && Wire.isIpv4(penstock) && kernel.length == penstock.length
                && hasOptionsAsTheyCame(arrival, penstock) && isSameButForOptions(kernel, penstock);
    }

    /** True for the packet that came, without what is behind its end. */
    private static boolean isAsItCame(final Arrival arrival, final byte... penstock) {
        final byte[] came = arrival.bytes();
        return penstock.length == Math.min(came.length, Wire.u16(came, TOTAL_LENGTH))
                && Arrays.equals(penstock, 0, penstock.length, came, 0, penstock.length);
    }

    /** True for a packet of the length that came, whose options nobody has written to; rules may have changed the rest. */
    private static boolean hasOptionsAsTheyCame(final Arrival arrival, final byte... penstock) {
        final byte[] came = arrival.bytes();
        final int header = Wire.ipv4HeaderBytes(penstock);
        return penstock.length == Math.min(came.length, Wire.u16(came, TOTAL_LENGTH)) && header <= penstock.length
                && Arrays.equals(penstock, Wire.IPV4_BYTES, header, came, Wire.IPV4_BYTES, header);
    }

    /** The options, the checksum that covers them, and the destination where a source route rewrites it. */
    private static boolean isSameButForOptions(final byte[] kernel, final byte... penstock) {
        final int header = Wire.ipv4HeaderBytes(penstock);
        final int fixed = hasSourceRoute(penstock) ? DESTINATION : Wire.IPV4_BYTES;
        return header > Wire.IPV4_BYTES && header <= penstock.length
                && Arrays.equals(kernel, 0, CHECKSUM, penstock, 0, CHECKSUM)
                && Arrays.equals(kernel, CHECKSUM + 2, fixed, penstock, CHECKSUM + 2, fixed)
                && Arrays.equals(kernel, header, kernel.length, penstock, header, penstock.length);
    }

    private static boolean hasSourceRoute(final byte... packet) {
        final int end = Math.min(packet.length, Wire.ipv4HeaderBytes(packet));
        int at = Wire.IPV4_BYTES;
        while (at + 1 < end && packet[at] != 0) {
            if (Wire.u8(packet, at) == LOOSE_ROUTE || Wire.u8(packet, at) == STRICT_ROUTE) {
                return true;
            }
            at += packet[at] == NO_OPERATION ? 1 : Math.max(2, Wire.u8(packet, at + 1));
        }
        return false;
    }
}
