package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Looks at TCP's maximum segment size option; drops what has no whole TCP header, as the kernel's {@code xt_tcpmss} does. */
public final class HotTcpmss implements HotMatch {

    /** Bytes of the option. */
    private static final int OPTION_BYTES = 4;

    private final int low;
    private final int high;
    private final boolean inverted;

    /** Sizes, both inclusive. */
    public HotTcpmss(final int low, final int high, final boolean inverted) {
        this.low = low;
        this.high = high;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long tcp = packet.transport;
        final int length = packet.transportLength;
        if (length < TcpLayout.HEADER_BYTES) {
            packet.hotdrop = true;
            return false;
        }
        final int header = (Memory.getUnsignedByte(tcp + TcpLayout.DATA_OFFSET) >>> 4) * Integer.BYTES;
        if (header < TcpLayout.HEADER_BYTES || header > length) {
            packet.hotdrop = true;
            return false;
        }
        int at = TcpLayout.HEADER_BYTES;
        while (at + 1 < header) {
            final int kind = Memory.getUnsignedByte(tcp + at);
            final int bytes = Memory.getUnsignedByte(tcp + at + 1);
            if (kind == TcpLayout.OPTION_MSS && bytes == OPTION_BYTES && header - at >= OPTION_BYTES) {
                final int size = Memory.getUnsignedShortBE(tcp + at + 2);
                return (size >= low && size <= high) != inverted;
            }
            // Neither the end of the options nor a length of 0 ends the search.
            at += kind < 2 || bytes == 0 ? 1 : bytes;
        }
        return inverted;
    }
}
