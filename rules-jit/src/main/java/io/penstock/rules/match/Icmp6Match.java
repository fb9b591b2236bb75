package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotIcmp;

/**
 * {@code -m icmp6}: type and code of an ICMPv6 header. There is no type for all types.
 *
 * @param type     the type
 * @param codeLow  the least code
 * @param codeHigh the largest code
 * @param inverted whether it must be another
 */
public record Icmp6Match(int type, int codeLow, int codeHigh, boolean inverted) implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("icmp6", 0, """
            icmpv6 match options:
            [!] --icmpv6-type typename\tmatch icmpv6 type
            \t\t\t\t(or numeric type or type/code)
            Valid ICMPv6 Types:
            destination-unreachable
               no-route
               communication-prohibited
               beyond-scope
               address-unreachable
               port-unreachable
               failed-policy
               reject-route
            packet-too-big
            time-exceeded (ttl-exceeded)
               ttl-zero-during-transit
               ttl-zero-during-reassembly
            parameter-problem
               bad-header
               unknown-header-type
               unknown-option
            echo-request (ping)
            echo-reply (pong)
            router-solicitation
            router-advertisement
            neighbour-solicitation (neighbor-solicitation)
            neighbour-advertisement (neighbor-advertisement)
            redirect
            """, scope -> new Parser(),
            OptionSpec.of("icmpv6-type", OptionType.STRING).inverted().needed()).of(IpProtocol.ICMPV6).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        IcmpTypes.save(HeaderText.option(out, inverted, "icmpv6-type").append(' '), type, codeLow, codeHigh);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        IcmpTypes.icmpv6().list(out.append(" ipv6-icmp"), type, codeLow, codeHigh, inverted, scope);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotIcmp(false, type, codeLow, codeHigh, inverted);
    }

    /** Reads the option. */
    private static final class Parser implements MatchParser {

        private Icmp6Match match;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final IcmpTypes.Range range = IcmpTypes.icmpv6().parse(value.text());
            match = new Icmp6Match(range.type(), range.codeLow(), range.codeHigh(), value.inverted());
        }

        @Override
        public Icmp6Match finish() {
            return match;
        }
    }
}
