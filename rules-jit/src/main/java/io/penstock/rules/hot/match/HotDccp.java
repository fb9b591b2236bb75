package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Ports, packet type and an option of a DCCP header. Workers' threads; no state.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +---------------+-------+-------+-------------------------------+
 *  |  data offset  | CCVal | CsCov |           checksum            |
 *  +-----+-------+-+-------+-------+-------------------------------+
 *  | res | type  |X|               |       sequence number         |  X: 4 more bytes of it follow
 *  +-----+-------+-+---------------+-------------------------------+
 * </pre>
 *
 * <p>Source: RFC 4340, 5.1 and 5.2; the kernel's {@code xt_dccp}. A fragment that is not the first one never matches; a packet without a
 * whole header is dropped, and by a rule that asks for an option also one whose data offset is wrong.
 */
public final class HotDccp implements HotMatch {

    private static final int SOURCE = 1;
    private static final int DESTINATION = 2;
    private static final int TYPE = 4;
    private static final int OPTION = 8;

    private static final int HEADER_BYTES = 12;
    private static final int EXTENDED_BYTES = 4;
    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int DATA_OFFSET = 4;
    private static final int TYPE_X = 8;
    private static final int TYPE_MASK = 0xF;

    private static final int TYPE_REQUEST = 0;
    private static final int TYPE_RESPONSE = 1;
    private static final int TYPE_DATA = 2;
    private static final int TYPE_RESET = 7;
    private static final int TYPE_SYNCACK = 9;
    private static final int REQUEST_BYTES = 4;
    private static final int ACKNOWLEDGMENT_BYTES = 8;
    private static final int LONGEST_BYTES = 12;
    /** Kinds below have no length, for the kernel. */
    private static final int FIRST_WITH_LENGTH = 2;

    private final int tests;
    private final int inversions;
    private final int sourceLow;
    private final int sourceHigh;
    private final int destinationLow;
    private final int destinationHigh;
    private final int types;
    private final int option;

    /** See {@code DccpMatch} for what each says. */
    public HotDccp(
            final int tests,
            final int inversions,
            final int sourceLow,
            final int sourceHigh,
            final int destinationLow,
            final int destinationHigh,
            final int types,
            final int option) {
        this.tests = tests;
        this.inversions = inversions;
        this.sourceLow = sourceLow;
        this.sourceHigh = sourceHigh;
        this.destinationLow = destinationLow;
        this.destinationHigh = destinationHigh;
        this.types = types;
        this.option = option;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final long dccp = packet.transport;
        return holds(SOURCE, Ranges.holds(Memory.getUnsignedShortBE(dccp + SOURCE_PORT), sourceLow, sourceHigh))
                && holds(DESTINATION, Ranges.holds(Memory.getUnsignedShortBE(dccp + DESTINATION_PORT), destinationLow, destinationHigh))
                && holds(TYPE, (types >>> type(dccp) & 1) != 0)
                && ((tests & OPTION) == 0 || hasOptionSlow(packet) != ((inversions & OPTION) != 0));
    }

    private boolean holds(final int test, final boolean result) {
        return (tests & test) == 0 || result != ((inversions & test) != 0);
    }

    /** The rare rule that asks for an option. */
    private boolean hasOptionSlow(final RulePacket packet) {
        final long dccp = packet.transport;
        final int end = Memory.getUnsignedByte(dccp + DATA_OFFSET) << 2;
        int at = optionsAt(dccp);
        // The kernel does not look for the header's end where there are no options.
        if (end < at || end > at && end > packet.transportLength) {
            packet.hotdrop = true;
            return false;
        }
        while (at < end) {
            final int kind = Memory.getUnsignedByte(dccp + at);
            if (kind == option) {
                return true;
            }
            final boolean hasLength = kind >= FIRST_WITH_LENGTH && at + 1 < end;
            at += hasLength ? Math.max(1, Memory.getUnsignedByte(dccp + at + 1)) : 1;
        }
        return false;
    }

    private static int optionsAt(final long dccp) {
        final int generic = HEADER_BYTES + ((Memory.getByte(dccp + TYPE_X) & 1) != 0 ? EXTENDED_BYTES : 0);
        final int type = type(dccp);
        return generic + switch (type) {
            case TYPE_DATA -> 0;
            case TYPE_REQUEST -> REQUEST_BYTES;
            default -> type == TYPE_RESPONSE || type == TYPE_RESET || type > TYPE_SYNCACK ? LONGEST_BYTES : ACKNOWLEDGMENT_BYTES;
        };
    }

    private static int type(final long dccp) {
        return Memory.getUnsignedByte(dccp + TYPE_X) >>> 1 & TYPE_MASK;
    }
}
