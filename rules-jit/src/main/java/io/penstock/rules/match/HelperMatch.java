package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.text.SavedText;

/**
 * {@code -m helper}: the helper that a connection belongs to.
 *
 * <p>To {@code -C} and {@code -D} all rules with a helper are the same: the real tool compares no byte of it.
 */
public final class HelperMatch implements Match {

    /** Bytes of a name in the kernel, the closing zero included ({@code struct xt_helper_info}). */
    private static final int NAME_BYTES = 30;

    private static final String HELP = """
            helper match options:
            [!] --helper string        Match helper identified by string
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "helper", 0, HELP, scope -> new Parser(), OptionSpec.of("helper", OptionType.STRING).needed().inverted());

    private final String helper;
    private final boolean inverted;

    /**
     * A match.
     *
     * @param helper   the helper's name, empty for any
     * @param inverted whether it must not be that one
     */
    public HelperMatch(final String helper, final boolean inverted) {
        this.helper = helper;
        this.inverted = inverted;
    }

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SavedText.append(out.append(inverted ? " ! --helper" : " --helper"), helper);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " helper match ! \"" : " helper match \"").append(helper).append('"');
    }

    /** The helper's name. */
    public String helper() {
        return helper;
    }

    /** Whether it must not be that one. */
    public boolean isInverted() {
        return inverted;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof HelperMatch;
    }

    @Override
    public int hashCode() {
        return NAME_BYTES;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("helper");
        save(text);
        return text.toString();
    }

    private static final class Parser implements MatchParser {

        private HelperMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new HelperMatch(FieldText.cut(value.text(), NAME_BYTES), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
