package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The type of a mobility header. Workers' threads; no state.
 *
 * <p>Source: RFC 6275, 6.1.1; the kernel's {@code xt_mh}. A fragment that is not the first one never matches; a packet without a whole
 * header is dropped, and so is one in which something follows it.
 */
public final class HotMh implements HotMatch {

    private static final int HEADER_BYTES = 6;
    private static final int TYPE = 2;

    private final int low;
    private final int high;
    private final boolean inverted;

    /**
     * A match.
     *
     * @param low      the least type
     * @param high     the largest type
     * @param inverted whether it must lie outside
     */
    public HotMh(final int low, final int high, final boolean inverted) {
        this.low = low;
        this.high = high;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        final long mobility = packet.transport;
        if (packet.transportLength < HEADER_BYTES || Memory.getUnsignedByte(mobility) != IpProtocol.NO_NEXT_HEADER) {
            packet.hotdrop = true;
            return false;
        }
        return Ranges.holds(Memory.getUnsignedByte(mobility + TYPE), low, high) != inverted;
    }
}
