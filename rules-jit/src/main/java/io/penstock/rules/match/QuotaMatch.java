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
import io.penstock.rules.hot.match.HotQuota;

/**
 * Takes packets until so many bytes went by.
 *
 * @param bytes    64 bits unsigned
 * @param inverted whether it takes those behind them
 */
public record QuotaMatch(long bytes, boolean inverted) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "quota",
            0,
            """
            quota match options:
            [!] --quota quota		quota (bytes)
            """,
            scope -> new Parser(),
            OptionSpec.of("quota", OptionType.UINT64).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --quota " : " --quota ").append(Long.toUnsignedString(bytes));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" quota: ").append(Long.toUnsignedString(bytes)).append(" bytes");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotQuota(bytes, inverted);
    }

    private static final class Parser implements MatchParser {

        private QuotaMatch match = new QuotaMatch(0, false);

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new QuotaMatch(value.low(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
