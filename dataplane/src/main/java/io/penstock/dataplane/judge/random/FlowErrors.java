package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.FlowKeys;
import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;
import java.util.Arrays;

/**
 * ICMP errors about packets of flows, as who got them would send them: what was rewritten on the way is so in what they quote.
 *
 * <p>Source: RFC 792, 4443. Threads: one.
 */
final class FlowErrors {

    private static final int HEADER_BYTES = 8;

    private final Dice dice;

    FlowErrors(final Dice dice) {
        this.dice = dice;
    }

    /** The ICMP message about the last packet that came to an end. */
    byte[] about(final FlowEnd end) {
        final boolean isIpv4 = Wire.isIpv4(end.last);
        final int header = FlowKeys.transport(end.last);
        final int least = header + (dice.oneIn(20) ? dice.below(HEADER_BYTES) : HEADER_BYTES);
        final int quoted = dice.oneIn(2) ? Math.min(end.last.length, least) : dice.oneIn(30) ? dice.below(end.last.length + 1)
                : end.last.length;
        final byte[] quote = Arrays.copyOf(end.last, quoted);
        if (dice.oneIn(8)) {
            forge(quote, header);
        }
        final byte[] all = new byte[HEADER_BYTES + quote.length];
        System.arraycopy(quote, 0, all, HEADER_BYTES, quote.length);
        all[0] = (byte) (isIpv4 ? dice.of(3, 3, 3, 11, 12, 4, 5) : dice.of(1, 1, 2, 3, 4, dice.oneIn(8) ? 127 : 1));
        all[1] = (byte) (all[0] == 3 && isIpv4 ? dice.of(0, 1, 3, 4, 13) : all[0] == 1 && !isIpv4 ? dice.below(5) : dice.oneIn(6) ? 1 : 0);
        if (dice.oneIn(3)) {
            Wire.put16(all, 6, 1280);
        }
        return all;
    }

    /** Something that is not of the flow. */
    private void forge(final byte[] quote, final int header) {
        if (quote.length == 0) {
            return;
        }
        final boolean isIpv4 = Wire.version(quote) == 4;
        final int at = dice.oneIn(2) ? Math.min(quote.length - 1, header + dice.below(8))
                : Math.min(quote.length - 1, isIpv4 ? dice.of(9, 15, 19, 0, 6) : dice.of(6, 23, 39));
        Wire.put8(quote, at, Wire.u8(quote, at) ^ 1 << dice.below(8));
        if (Wire.isIpv4(quote) && dice.oneIn(2)) {
            Wire.checksum4(quote);
        }
    }

    /** Who tells it: the end, or a router on its way. */
    IpAddress source(final FlowEnd end) {
        if (!dice.oneIn(3)) {
            return end.local;
        }
        return end.local.family() == IpAddress.V4 ? IpAddress.v4(Prefix4.address(10, end.port, 0, 2))
                : IpAddress.v6(0x2001_0DB8_0000_0000L + ((long) end.port << 16), 2);
    }
}
