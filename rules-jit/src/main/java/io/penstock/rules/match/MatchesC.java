package io.penstock.rules.match;

import io.penstock.rules.api.MatchKind;
import java.util.List;

/** The kinds of matches that look at transport and extension headers. */
public final class MatchesC {

    private MatchesC() {
    }

    /** All of them. */
    public static List<MatchKind> all() {
        return List.of(
                TcpMatch.KIND,
                UdpMatch.KIND,
                IcmpMatch.KIND,
                Icmp6Match.KIND,
                SctpMatch.KIND,
                DccpMatch.KIND,
                EspMatch.KIND,
                AhMatch.KIND,
                Ah6Match.KIND,
                IpcompMatch.KIND,
                FragMatch.KIND,
                RtMatch.KIND,
                Ipv6headerMatch.KIND,
                Ipv6OptionsMatch.HBH_KIND,
                Ipv6OptionsMatch.DST_KIND,
                MhMatch.KIND,
                SrhMatch.KIND,
                Eui64Match.KIND,
                IpvsMatch.KIND);
    }
}
