package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.IpFamily;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kinds of matches and targets that random rules have: all that run, but {@code -m udplite}, which the kernel has and iptables cannot
 * name; {@code -m connlimit}, whose count goes by clock ticks and processors in the kernel; {@code -j NOTRACK}, another name of
 * {@code -j CT --notrack}; and {@code -m set} and {@code -j SET}, which have {@linkplain SetScenarios scenarios} of their own. Immutable.
 */
public final class RuleKinds {

    private static final List<String> BOTH = Stream.concat(
            Stream.of("addrtype", "ah", "bpf", "comment", "cpu", "dccp", "dscp", "ecn", "esp", "hashlimit", "ipcomp", "iprange",
                    "length", "limit", "mac", "mark", "multiport", "owner", "physdev", "pkttype", "policy", "quota", "recent", "rpfilter", "sctp",
                    "statistic", "string", "tcp", "tcpmss", "time", "tos", "u32", "udp").map(name -> "m " + name),
            Stream.of("CHECKSUM", "CLASSIFY", "DSCP", "LOG", "MARK", "REJECT", "TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TRACE")
                    .map(name -> "j " + name)).toList();
    private static final List<String> IPV4 = List.of("m icmp", "m ttl", "j ECN", "j TTL");
    private static final List<String> IPV6 = List.of("m dst", "m eui64", "m frag", "m hbh", "m hl", "m icmp6", "m ipv6header", "m mh",
            "m rt", "j HL");

    private static final List<String> FLOWS = List.of("m cluster", "m connbytes", "m connlabel", "m connmark", "m conntrack", "m state",
            "j CONNMARK", "j CT", "j DNAT", "j MASQUERADE", "j NETMAP", "j REDIRECT", "j SNAT");

    private RuleKinds() {
    }

    /** Those of rules about connections, of either family, as {@code m NAME} and {@code j NAME}. */
    public static List<String> ofFlows() {
        return FLOWS;
    }

    /** Those of a family, as {@code m NAME} and {@code j NAME}, which is how rules name them. */
    public static List<String> of(final IpFamily family) {
        return Stream.concat(BOTH.stream(), (family == IpFamily.IPV4 ? IPV4 : IPV6).stream()).toList();
    }
}
