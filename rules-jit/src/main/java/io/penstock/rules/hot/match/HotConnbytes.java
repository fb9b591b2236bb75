package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;

/**
 * How much the packet's connection has carried, this packet included; one that is not counted is not taken, inverted or not
 * ({@code connbytes_mt}). Any worker.
 */
public final class HotConnbytes implements HotMatch {

    /** {@code what}: packets. */
    public static final int PACKETS = 0;
    /** {@code what}: bytes. */
    public static final int BYTES = 1;
    /** {@code what}: bytes of the average packet, cut to a whole number; 0 without packets. */
    public static final int AVERAGE = 2;

    private final long from;
    private final long to;
    private final boolean original;
    private final boolean reply;
    private final int what;

    /**
     * A match.
     *
     * @param from     the least, unsigned; above {@code to} when all other numbers are meant
     * @param to       the most, unsigned
     * @param original whether the original direction counts
     * @param reply    whether the reply direction counts
     * @param what     {@link #PACKETS}, {@link #BYTES} or {@link #AVERAGE}
     */
    public HotConnbytes(final long from, final long to, final boolean original, final boolean reply, final int what) {
        this.from = from;
        this.to = to;
        this.original = original;
        this.reply = reply;
        this.what = what;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long entry = PacketConnection.entry(packet);
        if (entry == 0 || (ConnLayout.flags(entry) & ConnLayout.FLAG_ACCOUNTING) == 0) {
            return false;
        }
        final long carried = carried(entry);
        if (Long.compareUnsigned(to, from) >= 0) {
            return Long.compareUnsigned(carried, to) <= 0 && Long.compareUnsigned(carried, from) >= 0;
        }
        return Long.compareUnsigned(carried, to) < 0 || Long.compareUnsigned(carried, from) > 0;
    }

    private long carried(final long entry) {
        if (what == PACKETS) {
            return packets(entry);
        }
        final long bytes = (original ? ConnLayout.bytes(entry, ConnDirection.ORIGINAL) : 0)
                + (reply ? ConnLayout.bytes(entry, ConnDirection.REPLY) : 0);
        if (what == BYTES) {
            return bytes;
        }
        final long packets = packets(entry);
        return packets == 0 ? 0 : Long.divideUnsigned(bytes, packets);
    }

    private long packets(final long entry) {
        return (original ? ConnLayout.packets(entry, ConnDirection.ORIGINAL) : 0)
                + (reply ? ConnLayout.packets(entry, ConnDirection.REPLY) : 0);
    }
}
