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
import io.penstock.rules.hot.match.HotLength;

/**
 * {@code -m length}: the packet's bytes from the network header on.
 *
 * @param range    what they must be
 * @param inverted whether they must not be that
 */
public record LengthMatch(NumberRange range, boolean inverted) implements RunnableMatch {

    private static final String HELP = """
            length match options:
            [!] --length length[:length]    Match packet length against value or range
                                            of values (inclusive)
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "length", 0, HELP, scope -> new Parser(), OptionSpec.of("length", OptionType.UINT16_RANGE).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        range.write(out.append(inverted ? " ! --length " : " --length "));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        range.write(out.append(inverted ? " length !" : " length "));
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotLength(scope.place().family() == IpFamily.IPV6, (int) range.low(), (int) range.high(), inverted);
    }

    private static final class Parser implements MatchParser {

        private LengthMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new LengthMatch(NumberRange.of(value), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
