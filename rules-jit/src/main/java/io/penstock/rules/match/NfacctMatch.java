package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.text.SavedText;

/**
 * Counts the packet for an accounting object.
 *
 * @param name the object's
 */
public record NfacctMatch(String name) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "nfacct",
            1,
            """
            nfacct match options:
             --nfacct-name STRING		Name of accouting area
            """,
            scope -> new Parser(),
            OptionSpec.of("nfacct-name", OptionType.STRING).between(1, 0).needed());

    /** {@code NFACCT_NAME_MAX}. */
    private static final int NAME_BYTES = 32;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        // The real tool writes two blanks.
        SavedText.append(out.append(" --nfacct-name "), name);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SavedText.append(out.append(" nfacct-name "), name);
    }

    @Override
    public int check(final Place place) {
        // There are no accounting objects here.
        return Errno.ENOENT;
    }

    private static final class Parser implements MatchParser {

        private String name = "";

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (value.text().indexOf('\n') >= 0) {
                throw parameter("Newlines not allowed in --nfacct-name");
            }
            name = FieldText.cut(value.text(), NAME_BYTES);
        }

        @Override
        public Match finish() {
            return new NfacctMatch(name);
        }
    }
}
