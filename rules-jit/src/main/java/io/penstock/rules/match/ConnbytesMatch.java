package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotConnbytes;
import java.util.List;

/**
 * {@code -m connbytes}: how much a connection has carried.
 *
 * @param from      the least, unsigned; above {@code to} when all other numbers are meant
 * @param to        the most, unsigned
 * @param direction which way: {@code original}, {@code reply} or {@code both}
 * @param what      {@code packets}, {@code bytes} or {@code avgpkt}
 */
public record ConnbytesMatch(long from, long to, String direction, String what) implements RunnableMatch {

    private static final List<String> DIRECTIONS = List.of("original", "reply", "both");
    private static final List<String> MODES = List.of("packets", "bytes", "avgpkt");

    private static final String HELP = """
            connbytes match options:
             [!] --connbytes from:[to]
                 --connbytes-dir [original, reply, both]
                 --connbytes-mode [packets, bytes, avgpkt]
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "connbytes",
            0,
            HELP,
            scope -> new Parser(),
            OptionSpec.of("connbytes", OptionType.UINT64_RANGE).needed().inverted(),
            OptionSpec.of("connbytes-dir", OptionType.STRING).needed(),
            OptionSpec.of("connbytes-mode", OptionType.STRING).needed());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        numbers(out, "--");
        out.append(" --connbytes-mode ").append(what).append(" --connbytes-dir ").append(direction);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        numbers(out, "");
        out.append(" connbytes mode ").append(what).append(" connbytes direction ").append(direction);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        scope.countConnections();
        final int asked = switch (what) {
            case "packets" -> HotConnbytes.PACKETS;
            case "bytes" -> HotConnbytes.BYTES;
            default -> HotConnbytes.AVERAGE;
        };
        return new HotConnbytes(from, to, !direction.equals("reply"), !direction.equals("original"), asked);
    }

    private void numbers(final StringBuilder out, final String dashes) {
        final boolean inverted = Long.compareUnsigned(from, to) > 0;
        final long least = inverted ? to : from;
        final long most = inverted ? from : to;
        out.append(inverted ? " ! " : " ").append(dashes).append("connbytes ").append(Long.toUnsignedString(least));
        if (most != 0 && most != -1) {
            out.append(':').append(Long.toUnsignedString(most));
        }
    }

    private static final class Parser implements MatchParser {

        private long from;
        private long to;
        private String direction;
        private String what;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "connbytes" -> numbers(value);
                case "connbytes-dir" -> {
                    if (!DIRECTIONS.contains(value.text())) {
                        throw ParameterProblem.parameter("Unknown --connbytes-dir `%s'", value.text());
                    }
                    direction = value.text();
                }
                default -> {
                    if (!MODES.contains(value.text())) {
                        throw ParameterProblem.parameter("Unknown --connbytes-mode `%s'", value.text());
                    }
                    what = value.text();
                }
            }
        }

        private void numbers(final OptionValue value) {
            final long most = value.count() == 2 ? value.high() : -1;
            if (Long.compareUnsigned(most, value.low()) < 0) {
                throw ParameterProblem.parameter("%s should be less than %s",
                        Long.toUnsignedString(value.low()), Long.toUnsignedString(most));
            }
            from = value.inverted() ? most : value.low();
            to = value.inverted() ? value.low() : most;
        }

        @Override
        public Match finish() {
            return new ConnbytesMatch(from, to, direction, what);
        }
    }
}
