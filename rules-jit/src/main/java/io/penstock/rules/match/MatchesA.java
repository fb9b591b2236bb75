package io.penstock.rules.match;

import io.penstock.rules.api.MatchKind;
import java.util.List;

/** Matches of ports, addresses, marks, rates, lists, and of connections. */
public final class MatchesA {

    private MatchesA() {
    }

    /** All of them. */
    public static List<MatchKind> all() {
        return List.of(
                MultiportMatch.KIND,
                AddrtypeMatch.KIND,
                MarkMatch.KIND,
                ConnmarkMatch.KIND,
                CommentMatch.KIND,
                LimitMatch.KIND,
                StatisticMatch.KIND,
                RecentMatch.KIND,
                IprangeMatch.KIND,
                OwnerMatch.KIND,
                LengthMatch.KIND,
                MacMatch.KIND,
                HashlimitMatch.KIND,
                ConnlimitMatch.KIND,
                ConnbytesMatch.KIND,
                ConnlabelMatch.KIND,
                HelperMatch.KIND,
                PkttypeMatch.KIND,
                HopsMatch.TTL,
                HopsMatch.HL,
                DscpMatch.KIND,
                TosMatch.KIND);
    }
}
