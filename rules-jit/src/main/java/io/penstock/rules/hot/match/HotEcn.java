package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Looks at explicit congestion notification. As the kernel's {@code xt_ecn} does, it takes what a later fragment has where a TCP header
 * would be for one: rules that care ask for the first fragment too.
 */
public final class HotEcn implements HotMatch {

    /** The bit must be 0. */
    public static final int CLEAR = 0;
    /** The bit must be 1. */
    public static final int SET = 1;
    /** Does not matter. */
    public static final int ANY = -1;

    private static final int IPV4 = 4;

    private final int mask;
    private final int flags;
    private final int codepoint;
    private final boolean inverted;

    /**
     * What must be.
     *
     * @param cwr       TCP's CWR flag
     * @param ece       TCP's ECE flag
     * @param codepoint of the network header, 0 to 3 or {@link #ANY}
     * @param inverted  whether it must be another one
     */
    public HotEcn(final int cwr, final int ece, final int codepoint, final boolean inverted) {
        this.mask = (cwr == ANY ? 0 : TcpLayout.CWR) | (ece == ANY ? 0 : TcpLayout.ECE);
        this.flags = (cwr == SET ? TcpLayout.CWR : 0) | (ece == SET ? TcpLayout.ECE : 0);
        this.codepoint = codepoint;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ip = packet.network;
        if (codepoint != ANY
                && ((packet.version == IPV4 ? Ipv4Layout.ecn(ip) : Ipv6Layout.ecn(ip)) == codepoint) == inverted) {
            return false;
        }
        return mask == 0
                || packet.transportLength >= TcpLayout.HEADER_BYTES
                && (Memory.getUnsignedByte(packet.transport + TcpLayout.FLAGS) & mask) == flags;
    }
}
