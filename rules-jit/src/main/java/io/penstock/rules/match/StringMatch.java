package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotString;
import java.nio.charset.StandardCharsets;

/**
 * Looks for bytes in the packet, from its network header on. Source: iptables-extensions(8), string, revision 1.
 *
 * @param pattern    the bytes, one a character
 * @param inverted   whether packets without them match
 * @param algorithm  bm or kmp: both find the same in a packet that lies in one piece, kmp in so many steps as there are bytes
 * @param from       where the bytes may begin
 * @param to         where they have ended
 * @param ignoreCase whether small and capital letters are the same
 */
public record StringMatch(String pattern, boolean inverted, String algorithm, int from, int to, boolean ignoreCase)
        implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "string",
            1,
            """
            string match options:
            --from                       Offset to start searching from
            --to                         Offset to stop searching
            --algo                       Algorithm
            --icase                      Ignore case (default: 0)
            [!] --string string          Match a string in a packet
            [!] --hex-string string      Match a hex string in a packet
            """,
            scope -> new Parser(),
            OptionSpec.of("from", OptionType.UINT16),
            OptionSpec.of("to", OptionType.UINT16),
            OptionSpec.of("algo", OptionType.STRING).needed(),
            OptionSpec.of("string", OptionType.STRING).inverted().excluding("hex-string"),
            OptionSpec.of("hex-string", OptionType.STRING).inverted().excluding("string"),
            OptionSpec.of("icase", OptionType.NONE));

    /** The last place, which is not written. */
    private static final int END = 0xFFFF;
    /** {@code XT_STRING_MAX_ALGO_NAME_SIZE}. */
    private static final int ALGORITHM_BYTES = 16;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " !" : "").append(isHex() ? " --hex-string" : " --string");
        pattern(out);
        out.append(" --algo ").append(algorithm);
        out.append(from == 0 ? "" : " --from " + from);
        out.append(to == END ? "" : " --to " + to);
        out.append(ignoreCase ? " --icase" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" STRING match ").append(inverted ? "!" : "");
        pattern(out);
        out.append(" ALGO name ").append(algorithm);
        out.append(from == 0 ? "" : " FROM " + from);
        out.append(to == END ? "" : " TO " + to);
        out.append(ignoreCase ? " ICASE" : "");
    }

    @Override
    public int check(final Place place) {
        final boolean isKnown = algorithm.equals("bm") || algorithm.equals("kmp");
        if (to < from) {
            return Errno.EINVAL;
        }
        // The kernel has fsm, whose patterns no text can be.
        return !isKnown && !algorithm.equals("fsm") ? Errno.ENOENT : !isKnown || pattern.isEmpty() ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final HotString.Algorithm way = algorithm.equals("kmp") ? HotString.Algorithm.KMP : HotString.Algorithm.BM;
        return new HotString(pattern.getBytes(StandardCharsets.ISO_8859_1), way, from, to, ignoreCase, inverted);
    }

    /** Whether there is something in it that cannot be written, or a backslash at its end. */
    private boolean isHex() {
        return pattern.endsWith("\\") || pattern.chars().anyMatch(c -> c < ' ' || c > '~');
    }

    private void pattern(final StringBuilder out) {
        out.append(" \"");
        if (isHex()) {
            out.append('|');
            pattern.chars().forEach(c -> out.append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16)));
            out.append('|');
        } else {
            pattern.chars().forEach(c -> out.append(c == '"' || c == '\\' ? "\\" : "").append((char) c));
        }
        out.append('"');
    }

    private static final class Parser implements MatchParser {

        private String pattern;
        private boolean inverted;
        private String algorithm = "";
        private int from;
        private int to = END;
        private boolean ignoreCase;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "from" -> from = (int) value.low();
                case "to" -> to = (int) value.low();
                case "algo" -> algorithm = FieldText.cut(value.text(), ALGORITHM_BYTES);
                case "icase" -> ignoreCase = true;
                default -> {
                    pattern = option.name().equals("string")
                            ? StringPattern.plain(value.text())
                            : StringPattern.withHex(value.text());
                    inverted = value.inverted();
                }
            }
        }

        @Override
        public void finalCheck() {
            if (pattern == null) {
                throw parameter("STRING match: You must specify `--string' or `--hex-string'");
            }
        }

        @Override
        public Match finish() {
            return new StringMatch(pattern, inverted, algorithm, from, to, ignoreCase);
        }
    }
}
