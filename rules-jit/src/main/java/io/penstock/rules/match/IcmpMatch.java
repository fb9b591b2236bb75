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
 * {@code -m icmp}: type and code of an ICMP header. Type 255 takes all types.
 *
 * @param type     the type
 * @param codeLow  the least code
 * @param codeHigh the largest code
 * @param inverted whether it must be another
 */
public record IcmpMatch(int type, int codeLow, int codeHigh, boolean inverted) implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("icmp", 0, """
            icmp match options:
            [!] --icmp-type typename\tmatch icmp type
            [!] --icmp-type type[/code]\t(or numeric type or type/code)
            Valid ICMP Types:
            any
            echo-reply (pong)
            destination-unreachable
               network-unreachable
               host-unreachable
               protocol-unreachable
               port-unreachable
               fragmentation-needed
               source-route-failed
               network-unknown
               host-unknown
               network-prohibited
               host-prohibited
               TOS-network-unreachable
               TOS-host-unreachable
               communication-prohibited
               host-precedence-violation
               precedence-cutoff
            source-quench
            redirect
               network-redirect
               host-redirect
               TOS-network-redirect
               TOS-host-redirect
            echo-request (ping)
            router-advertisement
            router-solicitation
            time-exceeded (ttl-exceeded)
               ttl-zero-during-transit
               ttl-zero-during-reassembly
            parameter-problem
               ip-header-bad
               required-option-missing
            timestamp-request
            timestamp-reply
            address-mask-request
            address-mask-reply
            """, scope -> new Parser(),
            OptionSpec.of("icmp-type", OptionType.STRING).inverted().needed()).of(IpProtocol.ICMP).in(IpFamily.IPV4);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        HeaderText.option(out, inverted, "icmp-type").append(' ');
        if (type == IcmpTypes.ANY) {
            out.append("any");
        } else {
            IcmpTypes.save(out, type, codeLow, codeHigh);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        IcmpTypes.icmp().list(out.append(" icmp"), type, codeLow, codeHigh, inverted, scope);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotIcmp(type == IcmpTypes.ANY, type, codeLow, codeHigh, inverted);
    }

    /** Reads the option. */
    private static final class Parser implements MatchParser {

        private IcmpMatch match;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final IcmpTypes.Range range = IcmpTypes.icmp().parse(value.text());
            match = new IcmpMatch(range.type(), range.codeLow(), range.codeHigh(), value.inverted());
        }

        @Override
        public IcmpMatch finish() {
            return match;
        }
    }
}
