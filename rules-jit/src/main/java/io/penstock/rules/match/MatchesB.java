package io.penstock.rules.match;

import io.penstock.rules.api.MatchKind;
import java.util.List;

/** Matches of connections, sets, payload, time and surroundings. */
public final class MatchesB {

    private MatchesB() {
    }

    /** All of them. */
    public static List<MatchKind> all() {
        return List.of(
                BpfKind.BPF,
                CgroupMatch.KIND,
                ClusterMatch.KIND,
                ConntrackKind.CONNTRACK,
                CpuMatch.KIND,
                DevgroupMatch.KIND,
                EcnMatch.KIND,
                NfacctMatch.KIND,
                OsfMatch.KIND,
                PhysdevMatch.KIND,
                PolicyKind.POLICY,
                QuotaMatch.KIND,
                RateestKind.RATEEST,
                RealmMatch.KIND,
                RpfilterMatch.KIND,
                SetMatch.KIND,
                SocketMatch.KIND,
                StateMatch.KIND,
                StringMatch.KIND,
                TcpmssMatch.KIND,
                TimeKind.TIME,
                U32Match.KIND);
    }
}
