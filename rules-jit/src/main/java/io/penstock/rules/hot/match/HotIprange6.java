package io.penstock.rules.hot.match;

import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Ranges of IPv6 addresses ({@code iprange_mt6}). Any worker. */
public final class HotIprange6 implements HotMatch {

    /** A range; one that is reversed holds nothing. */
    public record Bounds(long firstHigh, long firstLow, long lastHigh, long lastLow, boolean inverted) {

        boolean holds(final long high, final long low) {
            return (isUpTo(firstHigh, firstLow, high, low) && isUpTo(high, low, lastHigh, lastLow)) != inverted;
        }

        private static boolean isUpTo(final long high, final long low, final long otherHigh, final long otherLow) {
            final int order = Long.compareUnsigned(high, otherHigh);
            return order < 0 || order == 0 && Long.compareUnsigned(low, otherLow) <= 0;
        }
    }

    private final Bounds source;
    private final Bounds destination;

    /** A match of ranges, null for any address. */
    public HotIprange6(final Bounds source, final Bounds destination) {
        this.source = source;
        this.destination = destination;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long ip = packet.network;
        return (source == null || source.holds(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip)))
                && (destination == null || destination.holds(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip)));
    }
}
