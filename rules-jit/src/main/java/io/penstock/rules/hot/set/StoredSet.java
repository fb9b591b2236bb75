package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;

/**
 * A set that has elements: what asking is about, whatever its type ({@code ip_set_test}, {@code ip_set_add}, {@code ip_set_del}).
 *
 * <p>Invariants:
 * <ol>
 *   <li>A query with fewer directions than the type has, or a packet of another family, never matches and changes nothing.</li>
 *   <li>Who counts is who matched: counters grow before conditions look at them.</li>
 * </ol>
 *
 * <p>Threads: workers; what changes a set has its claim.
 */
public abstract class StoredSet implements PacketSet {

    /** Of a change or a look: no such element. */
    public static final int ABSENT = 0;
    /** There is such an element. */
    public static final int FOUND = 1;
    /** There is such an element, and it is an exception. */
    public static final int EXCEPTION = -1;
    /** There is such an element, and what it lacks is to be taken from the packet. */
    static final int LEARN = 2;

    /** Of a change: done. */
    public static final int DONE = 3;
    /** Of an addition: it is there already. */
    public static final int EXISTS = 4;
    /** Of an addition: the set is full. */
    public static final int FULL = 5;

    private final int dimensions;
    private final int family;
    private final boolean exceptions;

    /**
     * A set.
     *
     * @param dimensions how many directions a query must have
     * @param family     4, 6, or 0 for both
     * @param exceptions whether elements can be exceptions
     */
    StoredSet(final int dimensions, final int family, final boolean exceptions) {
        this.dimensions = dimensions;
        this.family = family;
        this.exceptions = exceptions;
    }

    @Override
    public final boolean test(final RulePacket packet, final SetQuery query) {
        final SetScratch scratch = packet.sets;
        scratch.hasSkbinfo = false;
        scratch.skbMark = 0;
        scratch.skbMask = 0;
        scratch.skbPrio = 0;
        scratch.skbQueue = 0;
        return matches(packet, query, query.hasConditions(), query.updateCounters());
    }

    @Override
    public final boolean add(final RulePacket packet, final SetQuery query) {
        return fits(packet, query) && addOf(packet, query);
    }

    @Override
    public final boolean delete(final RulePacket packet, final SetQuery query) {
        return fits(packet, query) && deleteOf(packet, query);
    }

    /** As {@link #test}, with conditions and counting as told. */
    final boolean matches(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        if (!fits(packet, query)) {
            return false;
        }
        final int found = find(packet, query, conditions, counts);
        if (found == FOUND) {
            return !(exceptions && query.returnNomatch());
        }
        if (found == EXCEPTION) {
            return query.returnNomatch();
        }
        if (found == LEARN) {
            addOf(packet, query);
            return true;
        }
        return false;
    }

    private boolean fits(final RulePacket packet, final SetQuery query) {
        return query.dimensions() >= dimensions && (family == 0 || family == packet.version);
    }

    /** What the packet's element is here: {@link #ABSENT}, {@link #FOUND}, {@link #EXCEPTION}, {@link #LEARN}. */
    abstract int find(RulePacket packet, SetQuery query, boolean conditions, boolean counts);

    /** Adds the packet's element. */
    abstract boolean addOf(RulePacket packet, SetQuery query);

    /** Deletes the packet's element. */
    abstract boolean deleteOf(RulePacket packet, SetQuery query);
}
