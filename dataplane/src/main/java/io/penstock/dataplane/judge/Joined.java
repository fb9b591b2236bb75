package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fragments as the packet that they are of: for packets that came in fragments and were put together. How they are cut again depends in the kernel on what
 * of them somebody has looked at, and IPv6's have a new identification; here they leave as they came.
 *
 * <p>Source: RFC 791, 8200. Threads: any.
 */
final class Joined {

    private static final int OFFSET4 = 0x1FFF;
    private static final int FRAGMENT_BITS4 = 0x3FFF;
    private static final int FRAGMENT = 44;
    private static final int PROTOCOL4 = 9;
    private static final int FRAGMENT_BYTES = 8;
    private static final int UNIT = 8;

    private Joined() {
    }

    /** Whether a packet is a fragment. */
    static boolean isFragment(final byte... packet) {
        return Wire.isIpv4(packet) ? (Wire.u16(packet, 6) & FRAGMENT_BITS4) != 0 : Wire.isIpv6(packet) && header6(packet) >= 0;
    }

    /** Whether it is a fragment of an ICMP packet, which may be an error once it is whole. */
    static boolean isIcmpFragment(final byte... packet) {
        return isFragment(packet) && (Wire.isIpv4(packet) ? Wire.u8(packet, PROTOCOL4) == Wire.ICMP
                : Wire.u8(packet, header6(packet)) == Wire.ICMPV6);
    }

    /** The same packets, with the whole one in the place of fragments of one packet if they are all there. */
    static List<byte[]> of(final List<byte[]> packets) {
        final List<byte[]> parts = packets.stream().filter(Joined::isFragment).toList();
        final byte[] whole = parts.isEmpty() ? null : whole(parts);
        if (whole == null) {
            return packets;
        }
        final List<byte[]> joined = new ArrayList<>(packets);
        joined.removeIf(Joined::isFragment);
        joined.add(whole);
        return joined;
    }

    private static byte[] whole(final List<byte[]> parts) {
        final byte[] first = parts.stream().filter(part -> offset(part) == 0).findFirst().orElse(null);
        if (first == null) {
            return null;
        }
        final int length = parts.stream().mapToInt(part -> offset(part) + part.length - data(part)).max().orElse(0);
        final int covered = parts.stream().mapToInt(part -> part.length - data(part)).sum();
        if (length != covered) {
            return null;
        }
        final int header = data(first) - (Wire.isIpv4(first) ? 0 : FRAGMENT_BYTES);
        final byte[] whole = Arrays.copyOf(first, header + length);
        for (final byte[] part : parts) {
            System.arraycopy(part, data(part), whole, header + offset(part), part.length - data(part));
        }
        if (Wire.isIpv4(whole)) {
            Wire.put16(whole, 2, whole.length);
            Wire.put16(whole, 6, 0);
            Wire.checksum4(whole);
        } else {
            Wire.put16(whole, 4, whole.length - Wire.IPV6_BYTES);
            Wire.put8(whole, FlowKeys.typeAt(first), Wire.u8(first, header6(first)));
        }
        return whole;
    }

    private static int offset(final byte... part) {
        return Wire.isIpv4(part) ? (Wire.u16(part, 6) & OFFSET4) * UNIT : Wire.u16(part, header6(part) + 2) & -UNIT;
    }

    private static int data(final byte... part) {
        return Wire.isIpv4(part) ? Wire.ipv4HeaderBytes(part) : header6(part) + FRAGMENT_BYTES;
    }

    /** Where the fragment header is; negative if there is none. */
    private static int header6(final byte... packet) {
        final int at = FlowKeys.transport(packet);
        return FlowKeys.protocol(packet) == FRAGMENT && at + FRAGMENT_BYTES <= packet.length ? at : -1;
    }
}
