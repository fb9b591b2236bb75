package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The index in the header of ESP, of IPv4's AH, or of IPComp. Workers' threads; no state.
 *
 * <pre>
 *  ESP     | index (32 bits) | sequence number |                                       RFC 4303, 2
 *  AH      | next header | length | reserved (16 bits) | index (32 bits) | sequence |  RFC 4302, 2
 *  IPComp  | next header | flags  | index (16 bits)    |                               RFC 3173, 3.3
 * </pre>
 *
 * <p>Source: the kernel's {@code xt_esp}, {@code ipt_ah}, {@code xt_ipcomp}. A fragment that is not the first one never matches; a packet
 * without a whole header is dropped.
 */
public final class HotSpi implements HotMatch {

    private static final int ESP_BYTES = 8;
    private static final int AH_BYTES = 12;
    private static final int AH_SPI = 4;
    private static final int IPCOMP_BYTES = 4;
    private static final int IPCOMP_CPI = 2;

    private final int headerBytes;
    private final int offset;
    private final boolean isShort;
    private final long low;
    private final long high;
    private final boolean inverted;

    private HotSpi(
            final int headerBytes, final int offset, final boolean isShort, final long low, final long high, final boolean inverted) {
        this.headerBytes = headerBytes;
        this.offset = offset;
        this.isShort = isShort;
        this.low = low;
        this.high = high;
        this.inverted = inverted;
    }

    /** Of ESP. */
    public static HotSpi ofEsp(final long low, final long high, final boolean inverted) {
        return new HotSpi(ESP_BYTES, 0, false, low, high, inverted);
    }

    /** Of IPv4's AH. */
    public static HotSpi ofAh(final long low, final long high, final boolean inverted) {
        return new HotSpi(AH_BYTES, AH_SPI, false, low, high, inverted);
    }

    /** Of IPComp. */
    public static HotSpi ofIpcomp(final long low, final long high, final boolean inverted) {
        return new HotSpi(IPCOMP_BYTES, IPCOMP_CPI, true, low, high, inverted);
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return false;
        }
        if (packet.transportLength < headerBytes) {
            packet.hotdrop = true;
            return false;
        }
        final long at = packet.transport + offset;
        final long index = isShort ? Memory.getUnsignedShortBE(at) : Integer.toUnsignedLong(Memory.getIntBE(at));
        return Ranges.holds(index, low, high) != inverted;
    }
}
