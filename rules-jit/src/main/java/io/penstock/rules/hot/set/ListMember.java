package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A set in a list, by its place, with what the list's element has.
 *
 * <p>Threads: control writes; workers read and count. Each field is one word, read and written whole.
 */
public final class ListMember {

    private static final VarHandle EXPIRY;
    private static final VarHandle PACKETS;
    private static final VarHandle BYTES;
    private static final VarHandle MARK;
    private static final VarHandle PRIO;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            EXPIRY = lookup.findVarHandle(ListMember.class, "expiryNs", long.class);
            PACKETS = lookup.findVarHandle(ListMember.class, "packets", long.class);
            BYTES = lookup.findVarHandle(ListMember.class, "bytes", long.class);
            MARK = lookup.findVarHandle(ListMember.class, "mark", long.class);
            PRIO = lookup.findVarHandle(ListMember.class, "prio", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SetPlace place;
    private final boolean counters;
    private final boolean skbinfo;
    private long expiryNs;
    private long packets;
    private long bytes;
    private long mark;
    private long prio;

    /** A member, with nothing said. */
    public ListMember(final SetPlace place, final boolean counters, final boolean skbinfo) {
        this.place = place;
        this.counters = counters;
        this.skbinfo = skbinfo;
    }

    /** Control: gives it what is said. */
    public void write(final SetValues values, final long expiry) {
        if (values.packets != SetValues.AS_IT_IS) {
            PACKETS.setOpaque(this, values.packets);
        }
        if (values.bytes != SetValues.AS_IT_IS) {
            BYTES.setOpaque(this, values.bytes);
        }
        MARK.setOpaque(this, (long) values.skbMask << Integer.SIZE | Integer.toUnsignedLong(values.skbMark));
        PRIO.setOpaque(this, (long) values.skbQueue << Integer.SIZE | Integer.toUnsignedLong(values.skbPrio));
        EXPIRY.setOpaque(this, expiry);
    }

    /** Whether its time is over. */
    public boolean isOver(final long nowNs) {
        final long expiry = expiryNs();
        return expiry != 0 && nowNs - expiry >= 0;
    }

    /** Whether a packet that its set has agrees with it, which counts ({@code ip_set_match_extensions}). */
    boolean agrees(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        if (isOver(packet.nowNs)) {
            return false;
        }
        if (counters) {
            if (counts) {
                PACKETS.getAndAdd(this, 1L);
                BYTES.getAndAdd(this, (long) packet.length);
            }
            if (conditions && !query.agreesWith(packets(), bytes())) {
                return false;
            }
        }
        if (skbinfo) {
            final SetScratch scratch = packet.sets;
            final long marks = mark();
            final long prios = prio();
            scratch.hasSkbinfo = true;
            scratch.skbMark = (int) marks;
            scratch.skbMask = (int) (marks >>> Integer.SIZE);
            scratch.skbPrio = (int) prios;
            scratch.skbQueue = (int) (prios >>> Integer.SIZE);
        }
        return true;
    }

    /** The place of its set. */
    public SetPlace place() {
        return place;
    }

    /** When it is over; 0 for never. */
    public long expiryNs() {
        return (long) EXPIRY.getOpaque(this);
    }

    /** Packets counted. */
    public long packets() {
        return (long) PACKETS.getOpaque(this);
    }

    /** Bytes counted. */
    public long bytes() {
        return (long) BYTES.getOpaque(this);
    }

    /** The mark, low, and its mask, high. */
    public long mark() {
        return (long) MARK.getOpaque(this);
    }

    /** The priority, low, and the queue, high. */
    public long prio() {
        return (long) PRIO.getOpaque(this);
    }
}
