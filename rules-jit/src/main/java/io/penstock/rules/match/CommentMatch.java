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
import io.penstock.rules.hot.match.HotAlways;
import io.penstock.rules.text.SavedText;

/**
 * {@code -m comment}: takes every packet.
 *
 * @param comment at most 255 bytes
 */
public record CommentMatch(String comment) implements RunnableMatch {

    /** Bytes of a comment in the kernel, the closing zero included (XT_MAX_COMMENT_LEN). */
    private static final int MAX_BYTES = 256;

    private static final String HELP = """
            comment match options:
            --comment COMMENT             Attach a comment to a rule
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "comment", 0, HELP, scope -> new Parser(), OptionSpec.of("comment", OptionType.STRING).needed());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SavedText.append(out.append(" --comment"), comment);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" /* ").append(comment).append(" */");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return HotAlways.INSTANCE;
    }

    private static final class Parser implements MatchParser {

        private CommentMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new CommentMatch(FieldText.cut(value.text(), MAX_BYTES));
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
