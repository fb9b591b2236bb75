package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The routing header of an IPv6 packet, and the addresses in one of type 0. Workers' threads; no state.
 *
 * <pre>
 *  | next header | 8-byte units - 1 | type | segments left |  type 0: | reserved (32 bits) | addresses, 16 bytes each |
 * </pre>
 *
 * <p>Source: RFC 8200, 4.4; RFC 2460, 4.4 (type 0); the kernel's {@code ip6t_rt}. A packet without a whole header is dropped.
 */
public final class HotRt implements HotMatch {

    private static final int TYPE = 1;
    private static final int LENGTH = 4;
    private static final int SEGMENTS = 2;
    private static final int RESERVED = 8;
    private static final int ADDRESSES = 0x10;
    private static final int NOT_STRICT = 0x20;

    private static final int HEADER_BYTES = 4;
    private static final int TYPE_AT = 2;
    private static final int SEGMENTS_AT = 3;
    private static final int RESERVED_AT = 4;
    private static final int ADDRESSES_AT = 8;
    private static final int ADDRESS_SHIFT = 4;

    private final int tests;
    private final int inversions;
    private final long type;
    private final long segmentsLow;
    private final long segmentsHigh;
    private final long length;
    private final long[] halves;

    /**
     * A match; see {@code RtMatch} for what the others say.
     *
     * @param halves the addresses, two words each, in network order
     */
    public HotRt(
            final int tests, final int inversions, final long type, final long segmentsLow, final long segmentsHigh, final long length,
            final long[] halves) {
        this.tests = tests;
        this.inversions = inversions;
        this.type = type;
        this.segmentsLow = segmentsLow;
        this.segmentsHigh = segmentsHigh;
        this.length = length;
        this.halves = halves.clone();
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int at = Ipv6HeaderSearch.find(packet, IpProtocol.ROUTING, HEADER_BYTES);
        if (at < 0) {
            return false;
        }
        final long header = packet.network + at;
        final int bytes = Ipv6HeaderSearch.bytes(header, IpProtocol.ROUTING);
        final int segments = Memory.getUnsignedByte(header + SEGMENTS_AT);
        return Ranges.holds((long) segments, segmentsLow, segmentsHigh) != ((inversions & SEGMENTS) != 0)
                && holds(LENGTH, bytes == length)
                && holds(TYPE, Memory.getUnsignedByte(header + TYPE_AT) == type)
                && ((tests & RESERVED) == 0 || Memory.getInt(header + RESERVED_AT) == 0)
                && ((tests & ADDRESSES) == 0 || hasAddressesSlow(header + ADDRESSES_AT, bytes - ADDRESSES_AT >> ADDRESS_SHIFT));
    }

    private boolean holds(final int test, final boolean result) {
        return (tests & test) == 0 || result != ((inversions & test) != 0);
    }

    /** The rare rule that asks for addresses: one after the other, and, unless that is said, no others between them or behind. */
    private boolean hasAddressesSlow(final long first, final int count) {
        final boolean isStrict = (tests & NOT_STRICT) == 0;
        final int wanted = halves.length >> 1;
        int found = 0;
        for (int i = 0; i < count && found < wanted; i++) {
            final long address = first + ((long) i << ADDRESS_SHIFT);
            final boolean isNext = Memory.getLongBE(address) == halves[2 * found]
                    && Memory.getLongBE(address + Long.BYTES) == halves[2 * found + 1];
            if (isNext) {
                found++;
            } else if (isStrict) {
                return false;
            }
        }
        return found == wanted && (!isStrict || wanted == count);
    }
}
