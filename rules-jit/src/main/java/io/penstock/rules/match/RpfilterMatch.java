package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotRpfilter;

/**
 * Whether a reply would go back the way the packet came.
 *
 * @param loose       any device will do
 * @param validMark   the packet's mark takes part in the look-up
 * @param acceptLocal a local source is right
 * @param inverted    whether packets match for which it would not
 */
public record RpfilterMatch(boolean loose, boolean validMark, boolean acceptLocal, boolean inverted)
        implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "rpfilter",
            0,
            """
            rpfilter match options:
                --loose          permit reverse path via any interface
                --validmark      use skb nfmark when performing route lookup
                --accept-local   do not reject packets with a local source address
                --invert         match packets that failed the reverse path test
            """,
            scope -> new Parser(),
            OptionSpec.of("loose", OptionType.NONE),
            OptionSpec.of("validmark", OptionType.NONE),
            OptionSpec.of("accept-local", OptionType.NONE),
            OptionSpec.of("invert", OptionType.NONE))
            .in(TableName.RAW, TableName.MANGLE)
            .at(RuleHook.PREROUTING);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(" rpfilter"), " ");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotRpfilter(loose, validMark, acceptLocal, inverted);
    }

    private void write(final StringBuilder out, final String before) {
        out.append(loose ? before + "loose" : "");
        out.append(validMark ? before + "validmark" : "");
        out.append(acceptLocal ? before + "accept-local" : "");
        out.append(inverted ? before + "invert" : "");
    }

    private static final class Parser implements MatchParser {

        private boolean loose;
        private boolean validMark;
        private boolean acceptLocal;
        private boolean inverted;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "loose" -> loose = true;
                case "validmark" -> validMark = true;
                case "accept-local" -> acceptLocal = true;
                default -> inverted = true;
            }
        }

        @Override
        public Match finish() {
            return new RpfilterMatch(loose, validMark, acceptLocal, inverted);
        }
    }
}
