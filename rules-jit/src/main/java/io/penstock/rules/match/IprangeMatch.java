package io.penstock.rules.match;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotIprange4;
import io.penstock.rules.hot.match.HotIprange6;
import io.penstock.rules.text.AddressText;
import io.penstock.rules.text.CNumber;
import java.nio.ByteBuffer;

/**
 * {@code -m iprange}: addresses from one to another.
 *
 * @param source      the source's, or null for any
 * @param destination the destination's, or null for any
 */
public record IprangeMatch(Range source, Range destination) implements RunnableMatch {

    /**
     * A range of addresses of one family.
     *
     * @param low      the first
     * @param high     the last
     * @param inverted whether all others are meant
     */
    public record Range(IpAddress low, IpAddress high, boolean inverted) {

        private static String text(final IpAddress address) {
            return AddressText.print(address.toBytes());
        }

        private void write(final StringBuilder out) {
            out.append(' ').append(text(low)).append('-').append(text(high));
        }
    }

    private static final int BYTES = 4;
    /** What the real tool reads of an IPv4 address. */
    private static final int MAX_TEXT = 19;

    private static final String HELP = """
            iprange match options:
            [!] --src-range ip[-ip]    Match source IP in the specified range
            [!] --dst-range ip[-ip]    Match destination IP in the specified range
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "iprange",
            1,
            HELP,
            Parser::new,
            OptionSpec.of("src-range", OptionType.STRING).inverted(),
            OptionSpec.of("dst-range", OptionType.STRING).inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (source != null) {
            source.write(out.append(source.inverted ? " ! --src-range" : " --src-range"));
        }
        if (destination != null) {
            destination.write(out.append(destination.inverted ? " ! --dst-range" : " --dst-range"));
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        if (source != null) {
            source.write(out.append(source.inverted ? " source IP range !" : " source IP range"));
        }
        if (destination != null) {
            destination.write(out.append(destination.inverted ? " destination IP range !" : " destination IP range"));
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return scope.place().family() == IpFamily.IPV4
                ? new HotIprange4(bounds4(source), bounds4(destination))
                : new HotIprange6(bounds6(source), bounds6(destination));
    }

    private static HotIprange4.Bounds bounds4(final Range range) {
        return range == null ? null : new HotIprange4.Bounds((int) range.low.low(), (int) range.high.low(), range.inverted);
    }

    private static HotIprange6.Bounds bounds6(final Range range) {
        return range == null ? null : new HotIprange6.Bounds(
                range.low.high(), range.low.low(), range.high.high(), range.high.low(), range.inverted);
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private Range source;
        private Range destination;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final Range range = range(option.name(), value.text(), value.inverted());
            if ("src-range".equals(option.name())) {
                source = range;
            } else {
                destination = range;
            }
        }

        private Range range(final String option, final String text, final boolean inverted) {
            final int dash = text.indexOf('-');
            final String first = dash < 0 ? text : text.substring(0, dash);
            final String last = dash < 0 ? text : text.substring(dash + 1);
            final Range range = new Range(address(option, first), address(option, last), inverted);
            if (range.low.compareTo(range.high) > 0) {
                scope.warn("xt_iprange: range " + first + '-' + last + " is reversed and will never match\n");
            }
            return range;
        }

        private IpAddress address(final String option, final String text) {
            final IpAddress address = scope.family() == IpFamily.IPV4 ? address4(text) : address6(text);
            if (address == null) {
                throw ParameterProblem.parameter("iprange: Bad value for \"--%s\" option: \"%s\"", option, text);
            }
            return address;
        }

        /** One to four numbers of any base with points between; what is missing at the end is 0. */
        private static IpAddress address4(final String text) {
            final String[] parts = text.substring(0, Math.min(text.length(), MAX_TEXT)).split("\\.", BYTES);
            int address = 0;
            for (int i = 0; i < BYTES; i++) {
                if (i >= parts.length) {
                    address <<= Byte.SIZE;
                    continue;
                }
                final CNumber part = CNumber.whole(parts[i], 0, CNumber.UNSIGNED_8);
                if (part == null) {
                    return null;
                }
                address = address << Byte.SIZE | (int) part.value();
            }
            return IpAddress.v4(address);
        }

        private static IpAddress address6(final String text) {
            final byte[] address = AddressText.ipv6(text);
            return address == null ? null : IpAddress.v6(ByteBuffer.wrap(address).getLong(0), ByteBuffer.wrap(address).getLong(Long.BYTES));
        }

        @Override
        public void finalCheck() {
            if (source == null && destination == null) {
                throw ParameterProblem.parameter("iprange match: You must specify `--src-range' or `--dst-range'");
            }
        }

        @Override
        public Match finish() {
            return new IprangeMatch(source, destination);
        }
    }
}
