package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotConnmark;

/**
 * {@code -m connmark}: the mark of the packet's connection.
 *
 * @param mark     what it must be
 * @param mask     in which bits
 * @param inverted whether it must not be that
 */
public record ConnmarkMatch(int mark, int mask, boolean inverted) implements RunnableMatch {

    private static final String HELP = """
            connmark match options:
            [!] --mark value[/mask]    Match ctmark value with optional mask
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "connmark", 1, HELP, scope -> new Parser(), OptionSpec.of("mark", OptionType.MARK_MASK).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        MarkMatch.write(out.append(inverted ? " ! --mark" : " --mark"), mark, mask);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        MarkMatch.write(out.append(inverted ? " connmark match !" : " connmark match "), mark, mask);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        return new HotConnmark(mark, mask, inverted);
    }

    private static final class Parser implements MatchParser {

        private ConnmarkMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new ConnmarkMatch((int) value.low(), (int) value.high(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
