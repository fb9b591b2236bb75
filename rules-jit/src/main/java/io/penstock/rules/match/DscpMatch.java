package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
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
import io.penstock.rules.hot.match.HotTrafficClass;
import java.util.List;
import java.util.Locale;

/**
 * {@code -m dscp}: the differentiated services code point.
 *
 * @param codePoint what it must be
 * @param inverted  whether it must be another one
 */
public record DscpMatch(int codePoint, boolean inverted) implements RunnableMatch {

    private record Name(String text, int codePoint) {
    }

    private static final int MAX = 0x3F;
    /** Where the code point begins in the header's byte. */
    private static final int SHIFT = 2;
    /** IANA, Differentiated Services Field Codepoints; in the order in which the real tool tries them. */
    private static final List<Name> NAMES = List.of(
            new Name("CS0", 0x00), new Name("CS1", 0x08), new Name("CS2", 0x10), new Name("CS3", 0x18),
            new Name("CS4", 0x20), new Name("CS5", 0x28), new Name("CS6", 0x30), new Name("CS7", 0x38),
            new Name("BE", 0x00),
            new Name("AF11", 0x0A), new Name("AF12", 0x0C), new Name("AF13", 0x0E),
            new Name("AF21", 0x12), new Name("AF22", 0x14), new Name("AF23", 0x16),
            new Name("AF31", 0x1A), new Name("AF32", 0x1C), new Name("AF33", 0x1E),
            new Name("AF41", 0x22), new Name("AF42", 0x24), new Name("AF43", 0x26),
            new Name("EF", 0x2E));

    private static final String HELP = """
            dscp match options
            [!] --dscp value\t\tMatch DSCP codepoint with numerical value
              \t\t                This value can be in decimal (ex: 32)
                           \t\tor in hex (ex: 0x20)
            [!] --dscp-class name\t\tMatch the DiffServ class. This value may
            \t\t\t\tbe any of the BE,EF, AFxx or CSx classes

            \t\t\t\tThese two options are mutually exclusive !
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "dscp",
            0,
            HELP,
            scope -> new Parser(),
            OptionSpec.of("dscp", OptionType.UINT8).inverted().between(0, MAX).excluding("dscp-class"),
            OptionSpec.of("dscp-class", OptionType.STRING).inverted().excluding("dscp"));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        TosMatch.hexadecimal(out.append(inverted ? " ! --dscp " : " --dscp "), codePoint);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        TosMatch.hexadecimal(out.append(inverted ? " DSCP match !" : " DSCP match "), codePoint);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotTrafficClass(scope.place().family() == IpFamily.IPV6, codePoint << SHIFT, MAX << SHIFT, inverted);
    }

    private static final class Parser implements MatchParser {

        private DscpMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final int codePoint = "dscp".equals(option.name()) ? (int) value.low() : codePoint(value.text());
            match = new DscpMatch(codePoint, value.inverted() || match != null && match.inverted);
        }

        /** The class that the text begins with: what follows is ignored, as the real tool does. */
        private static int codePoint(final String text) {
            for (final Name name : NAMES) {
                if (text.toUpperCase(Locale.ROOT).startsWith(name.text)) {
                    return name.codePoint;
                }
            }
            throw ParameterProblem.parameter("Invalid DSCP value `%s'", text);
        }

        @Override
        public void finalCheck() {
            if (match == null) {
                throw ParameterProblem.parameter("DSCP match: Parameter --dscp is required");
            }
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
