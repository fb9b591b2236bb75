package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTcpOptStrip;
import io.penstock.rules.text.CNumber;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * TCPOPTSTRIP: overwrites TCP options with padding.
 *
 * @param kinds which kinds of options, ascending
 */
public record TcpoptstripTarget(List<Integer> kinds) implements RunnableTarget {

    private static final int MAX_KIND = 0xFF;
    /** The lowest kind that is not end or padding. */
    private static final int FIRST_KIND = 2;

    private static final Map<String, Integer> NAMES =
            Map.of("wscale", 3, "mss", 2, "sack-permitted", 4, "sack", 5, "timestamp", 8, "md5", 19);

    private static final String HELP = """
            TCPOPTSTRIP target options:
              --strip-options value     strip specified TCP options denoted by value
                                        (separated by comma) from TCP header
              Instead of the numeric value, you can also use the following names:
                wscale            strip "Window scale" option
                mss               strip "Maximum Segment Size" option
                sack-permitted    strip "SACK permitted" option
                sack              strip "Selective ACK" option
                timestamp         strip "Timestamp" option
                md5               strip "MD5 signature" option
            """;

    static final TargetKind KIND = Definition.of("TCPOPTSTRIP", HELP, scope -> new Parser(),
            OptionSpec.of("strip-options", OptionType.STRING))
            .in(TableName.MANGLE)
            .taking(IpProtocol.TCP);

    /** Strips options of some kinds; keeps a copy of the list. */
    public TcpoptstripTarget {
        kinds = List.copyOf(kinds);
    }

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!kinds.isEmpty()) {
            write(out.append(" --strip-options"), true);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        if (!kinds.isEmpty()) {
            write(out.append(" TCPOPTSTRIP options"), scope.isNumeric());
        }
    }

    private void write(final StringBuilder out, final boolean numeric) {
        char separator = ' ';
        for (final int kind : kinds) {
            out.append(separator).append(numeric ? Integer.toString(kind) : name(kind));
            separator = ',';
        }
    }

    private static String name(final int kind) {
        for (final Map.Entry<String, Integer> named : NAMES.entrySet()) {
            if (named.getValue() == kind) {
                return named.getKey();
            }
        }
        return Integer.toString(kind);
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        final long[] bits = new long[MAX_KIND + 1 >>> 6];
        for (final int kind : kinds) {
            bits[kind >>> 6] |= 1L << kind;
        }
        return new HotTcpOptStrip(bits);
    }

    private static final class Parser implements TargetParser {

        private final BitSet kinds = new BitSet();

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            for (final String text : value.text().split(",", -1)) {
                final Integer named = NAMES.get(text);
                final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_8);
                if (named == null && number == null) {
                    throw ParameterProblem.parameter("Bad TCP option value \"%s\"", text);
                }
                final int kind = named != null ? named : (int) number.value();
                if (kind < FIRST_KIND) {
                    throw ParameterProblem.parameter("Option value may not be 0 or 1");
                }
                if (kinds.get(kind)) {
                    throw ParameterProblem.parameter("Option \"%s\" already specified", text);
                }
                kinds.set(kind);
            }
        }

        @Override
        public Target finish() {
            return new TcpoptstripTarget(kinds.stream().boxed().toList());
        }
    }
}
