package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;

/** Looks the packet up in what is now under a set's name ({@code set_match_v4}). Any worker. */
public final class HotSet implements HotMatch {

    private final SetPlace place;
    private final SetQuery query;
    private final boolean inverted;

    /** A match of packets that are there, or of those that are not. */
    public HotSet(final SetPlace place, final SetQuery query, final boolean inverted) {
        this.place = place;
        this.query = query;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return place.test(packet, query) != inverted;
    }
}
