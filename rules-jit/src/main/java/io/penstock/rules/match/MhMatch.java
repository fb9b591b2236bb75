package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotMh;
import io.penstock.rules.text.CNumber;
import java.util.List;

/**
 * {@code -m mh}: the type of a mobility header.
 *
 * @param low      the least type
 * @param high     the largest type
 * @param inverted whether it must lie outside
 */
public record MhMatch(int low, int high, boolean inverted) implements RunnableMatch {

    private static final int MAX_TYPE = 0xFF;
    /** By their numbers: the name that is listed, and a short one. */
    private static final List<List<String>> NAMES = List.of(
            List.of("binding-refresh-request", "brr"),
            List.of("home-test-init", "hoti"),
            List.of("careof-test-init", "coti"),
            List.of("home-test", "hot"),
            List.of("careof-test", "cot"),
            List.of("binding-update", "bu"),
            List.of("binding-acknowledgement", "ba"),
            List.of("binding-error", "be"));

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("mh", 0, """
            mh match options:
            [!] --mh-type type[:type]\tmatch mh type
            Valid MH types:
            binding-refresh-request (brr)
            home-test-init (hoti)
            careof-test-init (coti)
            home-test (hot)
            careof-test (cot)
            binding-update (bu)
            binding-acknowledgement (ba)
            binding-error (be)
            """, scope -> new Parser(),
            OptionSpec.of("mh-type", OptionType.STRING).inverted()).of(IpProtocol.MOBILITY).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!isAny()) {
            HeaderText.range(out, inverted, "mh-type", low, high);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" mh");
        if (isAny() && !inverted) {
            return;
        }
        out.append(inverted ? " !" : " ").append(text(low, scope));
        if (low != high) {
            out.append(':').append(text(high, scope));
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotMh(low, high, inverted);
    }

    private boolean isAny() {
        return low == 0 && high == MAX_TYPE;
    }

    private static String text(final int type, final ListScope scope) {
        return scope.isNumeric() || type >= NAMES.size() ? Integer.toString(type) : NAMES.get(type).getFirst();
    }

    /** Reads the option. */
    private static final class Parser implements MatchParser {

        private MhMatch match = new MhMatch(0, MAX_TYPE, false);

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final String text = value.text();
            final int colon = text.indexOf(':');
            if (colon < 0) {
                final int type = type(text);
                match = new MhMatch(type, type, value.inverted());
                return;
            }
            final int low = colon == 0 ? 0 : type(text.substring(0, colon));
            final int high = colon == text.length() - 1 ? MAX_TYPE : type(text.substring(colon + 1));
            if (low > high) {
                throw ParameterProblem.parameter("Invalid MH type range (min > max)");
            }
            match = new MhMatch(low, high, value.inverted());
        }

        @Override
        public MhMatch finish() {
            return match;
        }

        /** A type by name, by the beginning of a name, of which the first one counts, or by number. */
        private static int type(final String text) {
            int found = -1;
            for (int type = 0; type < NAMES.size(); type++) {
                for (final String name : NAMES.get(type)) {
                    if (name.regionMatches(true, 0, text, 0, text.length()) && (found < 0 || name.length() == text.length())) {
                        found = type;
                    }
                }
            }
            if (found >= 0) {
                return found;
            }
            final CNumber number = CNumber.whole(text, 0, MAX_TYPE);
            if (number == null) {
                throw ParameterProblem.parameter("Invalid MH type `%s'", text);
            }
            return (int) number.value();
        }
    }
}
