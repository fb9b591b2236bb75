package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;

/**
 * Gives the packet the mark and the priority of its element in a set, after {@link HotSetMembers} ({@code set_target_v3}). An element without
 * such gives priority 0, and leaves the mark. Any worker.
 */
public final class HotSetMap implements HotTarget {

    private final HotSetMembers members;
    private final SetPlace place;
    private final SetQuery query;
    private final boolean mark;
    private final boolean priority;

    /** What comes before it, the set, and what is taken from it. */
    public HotSetMap(final HotSetMembers members, final SetPlace place, final SetQuery query, final boolean mark, final boolean priority) {
        this.members = members;
        this.place = place;
        this.query = query;
        this.mark = mark;
        this.priority = priority;
    }

    @Override
    public int apply(final RulePacket packet) {
        members.apply(packet);
        final SetScratch found = packet.sets;
        found.skbMark = 0;
        found.skbMask = 0;
        found.skbPrio = 0;
        if (place.test(packet, query)) {
            if (mark) {
                packet.mark = packet.mark & ~found.skbMask ^ found.skbMark;
            }
            if (priority) {
                packet.priority = found.skbPrio;
            }
        }
        return RuleVerdict.CONTINUE;
    }
}
