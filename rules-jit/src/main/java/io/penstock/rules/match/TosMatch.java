package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotTrafficClass;
import java.util.Map;

/**
 * {@code -m tos}: the type of service, or traffic class.
 *
 * @param value    what it must be
 * @param mask     in which bits
 * @param inverted whether it must not be that
 */
public record TosMatch(int value, int mask, boolean inverted) implements RunnableMatch {

    /** The mask of values that were given by name. */
    private static final int NAMED = 0x3F;
    private static final Map<Integer, String> NAMES = Map.of(
            0x10, "Minimize-Delay",
            0x08, "Maximize-Throughput",
            0x04, "Maximize-Reliability",
            0x02, "Minimize-Cost",
            0x00, "Normal-Service");

    private static final String HELP = """
            tos match options:
            [!] --tos value[/mask]    Match Type of Service/Priority field value
            [!] --tos symbol          Match TOS field (IPv4 only) by symbol
                                      Accepted symbolic names for value are:
                                      (0x10) 16 Minimize-Delay
                                      (0x08)  8 Maximize-Throughput
                                      (0x04)  4 Maximize-Reliability
                                      (0x02)  2 Minimize-Cost
                                      (0x00)  0 Normal-Service

            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "tos", 1, HELP, scope -> new Parser(), OptionSpec.of("tos", OptionType.TOS_MASK).needed().inverted().between(0, NAMED));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        hexadecimal(out.append(inverted ? " ! --tos " : " --tos "), value);
        hexadecimal(out.append('/'), mask);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " tos match!" : " tos match");
        final String name = scope.isNumeric() || mask != NAMED ? null : NAMES.get(value);
        if (name != null) {
            out.append(' ').append(name);
        } else {
            hexadecimal(out, value);
            hexadecimal(out.append('/'), mask);
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotTrafficClass(scope.place().family() == IpFamily.IPV6, value, mask, inverted);
    }

    /** Writes a byte with two digits. */
    static void hexadecimal(final StringBuilder out, final int number) {
        out.append(number < 0x10 ? "0x0" : "0x").append(Integer.toHexString(number));
    }

    private static final class Parser implements MatchParser {

        private TosMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new TosMatch((int) value.low(), (int) value.high(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
