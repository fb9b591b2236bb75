package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotIpv6header;
import java.util.Map;

/**
 * {@code -m ipv6header}: which extension headers an IPv6 packet has.
 *
 * @param headers  the headers, a mask of {@link HotIpv6header#HOP_BY_HOP} and the others there
 * @param inverted whether it must have others
 * @param soft     whether it may have more
 * @param saved    the headers by name as they are saved: what /etc/protocols called them when the rule was read
 */
public record Ipv6headerMatch(int headers, boolean inverted, boolean soft, String saved) implements RunnableMatch {

    /** What stands for a payload, of whatever protocol ({@code IPPROTO_RAW}). */
    private static final int PAYLOAD = 255;

    /** Names that count where /etc/protocols has none. */
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("hop-by-hop", IpProtocol.HOP_BY_HOP),
            Map.entry("protocol", PAYLOAD),
            Map.entry("hop", IpProtocol.HOP_BY_HOP),
            Map.entry("dst", IpProtocol.DESTINATION_OPTIONS),
            Map.entry("route", IpProtocol.ROUTING),
            Map.entry("frag", IpProtocol.FRAGMENT),
            Map.entry("auth", IpProtocol.AH),
            Map.entry("esp", IpProtocol.ESP),
            Map.entry("none", IpProtocol.NO_NEXT_HEADER),
            Map.entry("prot", PAYLOAD),
            Map.entry("0", IpProtocol.HOP_BY_HOP),
            Map.entry("60", IpProtocol.DESTINATION_OPTIONS),
            Map.entry("43", IpProtocol.ROUTING),
            Map.entry("44", IpProtocol.FRAGMENT),
            Map.entry("51", IpProtocol.AH),
            Map.entry("50", IpProtocol.ESP),
            Map.entry("59", IpProtocol.NO_NEXT_HEADER),
            Map.entry("255", PAYLOAD));

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("ipv6header", 0, """
            ipv6header match options:
            [!] --header headers     Type of header to match, by name
                                     names: hop,dst,route,frag,auth,esp,none,prot
                                long names: hop-by-hop,ipv6-opts,ipv6-route,
                                            ipv6-frag,ah,esp,ipv6-nonxt,protocol
                                   numbers: 0,60,43,44,51,50,59
            --soft                    The header CONTAINS the specified extensions
            """, Parser::new,
            OptionSpec.of("header", OptionType.STRING).inverted().needed(),
            OptionSpec.of("soft", OptionType.NONE)).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        HeaderText.option(out, inverted, "header").append(' ').append(saved);
        if (soft) {
            out.append(" --soft");
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" ipv6header flags:").append(inverted ? "!" : "");
        if (scope.isNumeric()) {
            out.append(String.format("0x%02X", headers));
        } else {
            out.append(text(headers, scope.names()));
        }
        if (soft) {
            out.append(" soft");
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotIpv6header(headers, inverted, soft);
    }

    private static String text(final int headers, final Names names) {
        final StringBuilder text = new StringBuilder();
        for (int bit = HotIpv6header.HOP_BY_HOP; bit != 0; bit >>>= 1) {
            if ((headers & bit) != 0) {
                text.append(text.isEmpty() ? "" : ",").append(name(number(bit), names));
            }
        }
        return text.toString();
    }

    private static String name(final int number, final Names names) {
        if (number == IpProtocol.HOP_BY_HOP) {
            return "hop-by-hop";
        }
        final String name = names.protocolName(number);
        if (name != null) {
            return name;
        }
        return switch (number) {
            case IpProtocol.DESTINATION_OPTIONS -> "dst";
            case IpProtocol.ROUTING -> "route";
            case IpProtocol.FRAGMENT -> "frag";
            case IpProtocol.AH -> "auth";
            case IpProtocol.ESP -> "esp";
            case IpProtocol.NO_NEXT_HEADER -> "none";
            default -> "protocol";
        };
    }

    private static int number(final int bit) {
        return switch (bit) {
            case HotIpv6header.HOP_BY_HOP -> IpProtocol.HOP_BY_HOP;
            case HotIpv6header.DESTINATION_OPTIONS -> IpProtocol.DESTINATION_OPTIONS;
            case HotIpv6header.ROUTING -> IpProtocol.ROUTING;
            case HotIpv6header.FRAGMENT -> IpProtocol.FRAGMENT;
            case HotIpv6header.AH -> IpProtocol.AH;
            case HotIpv6header.ESP -> IpProtocol.ESP;
            case HotIpv6header.NO_NEXT_HEADER -> IpProtocol.NO_NEXT_HEADER;
            default -> PAYLOAD;
        };
    }

    private static int bit(final int number) {
        for (int bit = HotIpv6header.HOP_BY_HOP; bit != 0; bit >>>= 1) {
            if (number(bit) == number) {
                return bit;
            }
        }
        throw ParameterProblem.parameter("unknown header `%d' specified", number);
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private final Names names;
        private int headers;
        private boolean inverted;
        private boolean soft;

        Parser(final ParseScope scope) {
            names = scope.names();
        }

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            if (spec.type() == OptionType.NONE) {
                soft = true;
                return;
            }
            for (final String part : HeaderText.parts(value.text())) {
                headers |= bit(number(part));
            }
            if (headers == 0) {
                throw ParameterProblem.parameter("ip6t_ipv6header: cannot parse header names");
            }
            inverted = value.inverted();
        }

        @Override
        public Ipv6headerMatch finish() {
            return new Ipv6headerMatch(headers, inverted, soft, text(headers, names));
        }

        private int number(final String name) {
            final int number = names.protocol(name);
            if (number >= 0) {
                return number;
            }
            final Integer known = NUMBERS.get(name);
            if (known == null) {
                throw ParameterProblem.parameter("unknown header `%s' specified", name);
            }
            return known;
        }
    }
}
