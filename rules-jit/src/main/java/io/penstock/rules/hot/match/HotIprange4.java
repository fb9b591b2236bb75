package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Ranges of IPv4 addresses ({@code iprange_mt4}). Any worker. */
public final class HotIprange4 implements HotMatch {

    /** A range; one that is reversed holds nothing. */
    public record Bounds(int low, int high, boolean inverted) {

        boolean holds(final int address) {
            return (Integer.compareUnsigned(address, low) >= 0 && Integer.compareUnsigned(address, high) <= 0) != inverted;
        }
    }

    private final Bounds source;
    private final Bounds destination;

    /** A match of ranges, null for any address. */
    public HotIprange4(final Bounds source, final Bounds destination) {
        this.source = source;
        this.destination = destination;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return (source == null || source.holds(Memory.getIntBE(packet.network + Ipv4Layout.SOURCE)))
                && (destination == null || destination.holds(Memory.getIntBE(packet.network + Ipv4Layout.DESTINATION)));
    }
}
