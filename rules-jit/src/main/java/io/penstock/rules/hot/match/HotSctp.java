package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Ports and chunks of an SCTP packet. Workers' threads; no state.
 *
 * <p>Source: the kernel's {@code xt_sctp}. A fragment that is not the first one never matches; a packet is dropped that has no whole
 * common header, no chunk, a piece of a chunk's header at its end, or a chunk of length 0. Every step over a chunk goes forward by at
 * least 4 bytes.
 */
public final class HotSctp implements HotMatch {

    /** It looks at the source port. */
    public static final int SOURCE = 1;
    /** It looks at the destination port. */
    public static final int DESTINATION = 2;
    /** It looks at chunks. */
    public static final int CHUNKS = 4;

    /** One of the chunks must be there. */
    public static final int ANY = 1;
    /** All of them must be there. */
    public static final int ALL = 2;
    /** No others may be there. */
    public static final int ONLY = 4;

    private static final int ALIGNMENT = 3;
    private static final int CHUNK_SHIFT = 16;
    private static final int BYTE_MASK = 0xFF;

    private final int tests;
    private final int inversions;
    private final int sourceLow;
    private final int sourceHigh;
    private final int destinationLow;
    private final int destinationHigh;
    private final int how;
    private final long types0;
    private final long types1;
    private final long types2;
    private final long types3;
    private final int[] flags;

    /**
     * A match.
     *
     * @param tests           what it looks at, a mask of {@link #SOURCE} to {@link #CHUNKS}
     * @param inversions      which of them are inverted
     * @param sourceLow       the least source port
     * @param sourceHigh      the largest source port
     * @param destinationLow  the least destination port
     * @param destinationHigh the largest destination port
     * @param how             {@link #ANY}, {@link #ALL} or {@link #ONLY}
     * @param types           the chunks' types, a bit each, four words
     * @param flags           what {@link #flags(int, int, int)} makes of those with flags
     */
    public HotSctp(
            final int tests,
            final int inversions,
            final int sourceLow,
            final int sourceHigh,
            final int destinationLow,
            final int destinationHigh,
            final int how,
            final long[] types,
            final int[] flags) {
        this.tests = tests;
        this.inversions = inversions;
        this.sourceLow = sourceLow;
        this.sourceHigh = sourceHigh;
        this.destinationLow = destinationLow;
        this.destinationHigh = destinationHigh;
        this.how = how;
        this.types0 = types[0];
        this.types1 = types[1];
        this.types2 = types[2];
        this.types3 = types[3];
        this.flags = flags.clone();
    }

    /** A chunk type with the flags that must be set among those that are looked at, in one word. */
    public static int flags(final int type, final int set, final int mask) {
        return type << CHUNK_SHIFT | set << Byte.SIZE | mask;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < SctpLayout.HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long sctp = packet.transport;
        return holds(SOURCE, Ranges.holds(SctpLayout.sourcePort(sctp), sourceLow, sourceHigh))
                && holds(DESTINATION, Ranges.holds(SctpLayout.destinationPort(sctp), destinationLow, destinationHigh))
                && ((tests & CHUNKS) == 0 || hasChunksSlow(packet) != ((inversions & CHUNKS) != 0));
    }

    private boolean holds(final int test, final boolean result) {
        return (tests & test) == 0 || result != ((inversions & test) != 0);
    }

    /** The rare rule that asks for chunks. */
    private boolean hasChunksSlow(final RulePacket packet) {
        final long sctp = packet.transport;
        final int end = packet.transportLength;
        long missing0 = types0;
        long missing1 = types1;
        long missing2 = types2;
        long missing3 = types3;
        int at = SctpLayout.HEADER_BYTES;
        do {
            final int length = end - at < SctpLayout.CHUNK_HEADER_BYTES ? 0 : SctpLayout.chunkLength(sctp, at);
            if (length == 0) {
                packet.hotdrop = true;
                return false;
            }
            final int type = SctpLayout.chunkType(sctp, at);
            final boolean isOne = (word(type) >>> type & 1) != 0
                    && hasFlags(type, Memory.getUnsignedByte(sctp + at + SctpLayout.CHUNK_FLAGS));
            if (how == ONLY && !isOne) {
                return false;
            }
            if (how == ANY && isOne) {
                return true;
            }
            if (isOne) {
                final long bit = ~(1L << type);
                switch (type / Long.SIZE) {
                    case 0 -> missing0 &= bit;
                    case 1 -> missing1 &= bit;
                    case 2 -> missing2 &= bit;
                    default -> missing3 &= bit;
                }
            }
            at += length + ALIGNMENT & ~ALIGNMENT;
        } while (at < end);
        return how == ONLY || how == ALL && (missing0 | missing1 | missing2 | missing3) == 0;
    }

    private long word(final int type) {
        return switch (type / Long.SIZE) {
            case 0 -> types0;
            case 1 -> types1;
            case 2 -> types2;
            default -> types3;
        };
    }

    private boolean hasFlags(final int type, final int chunkFlags) {
        for (final int some : flags) {
            if (some >>> CHUNK_SHIFT == type) {
                return (chunkFlags & some & BYTE_MASK) == (some >>> Byte.SIZE & BYTE_MASK);
            }
        }
        return true;
    }
}
