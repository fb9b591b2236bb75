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
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotHops;

/**
 * {@code -m ttl} and {@code -m hl}: how many hops it may still take.
 *
 * @param family     which of the two
 * @param comparison how they are compared
 * @param hops       with what
 */
public record HopsMatch(IpFamily family, Comparison comparison, int hops) implements RunnableMatch {

    /** How hops are compared. */
    public enum Comparison {
        /** The same. */
        EQUAL("==", "eq"),
        /** Any other number. */
        NOT_EQUAL("!=", "eq"),
        /** Fewer. */
        LESS("<", "lt"),
        /** More. */
        GREATER(">", "gt");

        private final String sign;
        private final String option;

        Comparison(final String sign, final String option) {
            this.sign = sign;
            this.option = option;
        }
    }

    private static final String TTL_HELP = """
            ttl match options:
            [!] --ttl-eq value\tMatch time to live value
              --ttl-lt value\tMatch TTL < value
              --ttl-gt value\tMatch TTL > value
            """;

    private static final String HL_HELP = """
            hl match options:
            [!] --hl-eq value\tMatch hop limit value
              --hl-lt value\tMatch HL < value
              --hl-gt value\tMatch HL > value
            """;

    static final MatchKind TTL = kind(IpFamily.IPV4, TTL_HELP,
            "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt");
    static final MatchKind HL = kind(IpFamily.IPV6, HL_HELP,
            "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'");

    @Override
    public MatchKind kind() {
        return family == IpFamily.IPV4 ? TTL : HL;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(comparison == Comparison.NOT_EQUAL ? " ! --" : " --").append(name(family)).append('-').append(comparison.option)
                .append(' ').append(hops);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(family == IpFamily.IPV4 ? " TTL match TTL " : " HL match HL ").append(comparison.sign).append(' ').append(hops);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final boolean inverted = comparison == Comparison.NOT_EQUAL;
        final int low = comparison == Comparison.LESS ? 0 : comparison == Comparison.GREATER ? hops + 1 : hops;
        final int high = comparison == Comparison.LESS ? hops - 1 : comparison == Comparison.GREATER ? 0xFF : hops;
        return new HotHops(family == IpFamily.IPV6, low, high, inverted);
    }

    private static String name(final IpFamily family) {
        return family == IpFamily.IPV4 ? "ttl" : "hl";
    }

    private static MatchKind kind(final IpFamily family, final String help, final String missing) {
        final String name = name(family);
        final OptionSpec equal = option(name, Comparison.EQUAL).inverted();
        return DescribedMatchKind.of(
                        name,
                        0,
                        help,
                        scope -> new Parser(family, missing),
                        option(name, Comparison.LESS),
                        option(name, Comparison.GREATER),
                        equal,
                        OptionSpec.alias(name, equal))
                .in(family);
    }

    private static OptionSpec option(final String name, final Comparison comparison) {
        return OptionSpec.of(name + '-' + comparison.option, OptionType.UINT8).excluding(name + "-eq", name + "-lt", name + "-gt");
    }

    private static final class Parser implements MatchParser {

        private final IpFamily family;
        private final String missing;
        private HopsMatch match;

        Parser(final IpFamily family, final String missing) {
            this.family = family;
            this.missing = missing;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final Comparison comparison = option.canonical().endsWith("lt") ? Comparison.LESS
                    : option.canonical().endsWith("gt") ? Comparison.GREATER
                    : value.inverted() ? Comparison.NOT_EQUAL : Comparison.EQUAL;
            match = new HopsMatch(family, comparison, (int) value.low());
        }

        @Override
        public void finalCheck() {
            if (match == null) {
                throw ParameterProblem.parameter(missing);
            }
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
