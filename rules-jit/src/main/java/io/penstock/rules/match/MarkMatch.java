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
import io.penstock.rules.hot.match.HotMark;

/**
 * {@code -m mark}: the packet's mark.
 *
 * @param mark     what it must be
 * @param mask     in which bits
 * @param inverted whether it must not be that
 */
public record MarkMatch(int mark, int mask, boolean inverted) implements RunnableMatch {

    private static final String HELP = """
            mark match options:
            [!] --mark value[/mask]    Match nfmark value with optional mask
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "mark", 1, HELP, scope -> new Parser(), OptionSpec.of("mark", OptionType.MARK_MASK).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out.append(inverted ? " ! --mark" : " --mark"), mark, mask);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(inverted ? " mark match !" : " mark match"), mark, mask);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotMark(mark, mask, inverted);
    }

    static void write(final StringBuilder out, final int mark, final int mask) {
        out.append(" 0x").append(Integer.toHexString(mark));
        if (mask != -1) {
            out.append("/0x").append(Integer.toHexString(mask));
        }
    }

    private static final class Parser implements MatchParser {

        private MarkMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new MarkMatch((int) value.low(), (int) value.high(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
