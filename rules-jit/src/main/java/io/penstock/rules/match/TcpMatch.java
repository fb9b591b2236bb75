package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotTcp;
import io.penstock.rules.text.CNumber;
import java.util.List;

/**
 * {@code -m tcp}: ports, flags and an option of a TCP header. A fragment that is not the first one never matches.
 *
 * @param sourceLow           the least source port
 * @param sourceHigh          the largest source port
 * @param sourceInverted      whether the source port must lie outside
 * @param destinationLow      the least destination port
 * @param destinationHigh     the largest destination port
 * @param destinationInverted whether the destination port must lie outside
 * @param option              the kind of an option that must be there, 0 for none
 * @param optionInverted      whether it must be missing
 * @param flagsMask           the flags that are looked at
 * @param flagsCompare        those of them that must be set
 * @param flagsInverted       whether the flags must be others
 */
public record TcpMatch(
        int sourceLow,
        int sourceHigh,
        boolean sourceInverted,
        int destinationLow,
        int destinationHigh,
        boolean destinationInverted,
        int option,
        boolean optionInverted,
        int flagsMask,
        int flagsCompare,
        boolean flagsInverted) implements FieldMatch {

    private static final String PROTOCOL = "tcp";
    /** By the order of their bits, so that the lowest one comes first in a text. */
    private static final List<String> FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");
    private static final int ALL_FLAGS = (1 << FLAGS.size()) - 1;

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of(PROTOCOL, 0, """
            tcp match options:
            [!] --tcp-flags mask comp\tmatch when TCP flags & mask == comp
            \t\t\t\t(Flags: SYN ACK FIN RST URG PSH ALL NONE)
            [!] --syn\t\t\tmatch when only SYN flag set
            \t\t\t\t(equivalent to --tcp-flags SYN,RST,ACK,FIN SYN)
            [!] --source-port port[:port]
             --sport ...
            \t\t\t\tmatch source port(s)
            [!] --destination-port port[:port]
             --dport ...
            \t\t\t\tmatch destination port(s)
            [!] --tcp-option number        match if TCP option set
            """, Parser::new,
            HeaderText.SOURCE_PORT,
            OptionSpec.alias("sport", HeaderText.SOURCE_PORT),
            HeaderText.DESTINATION_PORT,
            OptionSpec.alias("dport", HeaderText.DESTINATION_PORT),
            OptionSpec.of("syn", OptionType.NONE).inverted().repeated(),
            OptionSpec.of("tcp-flags", OptionType.STRING).twoArguments().inverted().repeated(),
            OptionSpec.of("tcp-option", OptionType.STRING).inverted().repeated()).of(IpProtocol.TCP);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!HeaderText.isAnyPort(sourceLow, sourceHigh)) {
            HeaderText.range(out, sourceInverted, "sport", sourceLow, sourceHigh);
        }
        if (!HeaderText.isAnyPort(destinationLow, destinationHigh)) {
            HeaderText.range(out, destinationInverted, "dport", destinationLow, destinationHigh);
        }
        if (option != 0 || optionInverted) {
            HeaderText.option(out, optionInverted, "tcp-option").append(' ').append(option);
        }
        if (flagsMask != 0 || flagsInverted) {
            HeaderText.option(out, flagsInverted, "tcp-flags").append(' ');
            appendFlags(out, flagsMask);
            appendFlags(out.append(' '), flagsCompare);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" tcp");
        HeaderText.listPorts(out, sourceInverted, "spt", sourceLow, sourceHigh, PROTOCOL, scope);
        HeaderText.listPorts(out, destinationInverted, "dpt", destinationLow, destinationHigh, PROTOCOL, scope);
        if (option != 0 || optionInverted) {
            out.append(" option=").append(optionInverted ? "!" : "").append(option);
        }
        if (flagsMask != 0 || flagsInverted) {
            out.append(" flags:").append(flagsInverted ? "!" : "");
            if (scope.isNumeric()) {
                out.append(String.format("0x%02X/0x%02X", flagsMask, flagsCompare));
            } else {
                appendFlags(out, flagsMask);
                appendFlags(out.append('/'), flagsCompare);
            }
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotTcp(sourceLow, sourceHigh, sourceInverted, destinationLow, destinationHigh, destinationInverted,
                option, optionInverted, flagsMask, flagsCompare, flagsInverted);
    }

    @Override
    public boolean describe(final FieldSink sink) {
        final boolean hasSource = HeaderText.tell(sourceLow, sourceHigh, sourceInverted, sink::sourcePorts);
        final boolean hasDestination = HeaderText.tell(destinationLow, destinationHigh, destinationInverted, sink::destinationPorts);
        return hasSource && hasDestination && option == 0 && flagsMask == 0 && flagsCompare == 0 && !flagsInverted;
    }

    @Override
    public int tcpFlagsSet() {
        return flagsInverted ? 0 : flagsCompare;
    }

    private static void appendFlags(final StringBuilder out, final int flags) {
        if (flags == 0) {
            out.append("NONE");
        }
        String separator = "";
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            if ((flags >>> bit & 1) != 0) {
                out.append(separator).append(FLAGS.get(bit));
                separator = ",";
            }
        }
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private boolean hasSource;
        private boolean hasDestination;
        private boolean hasFlags;
        private boolean hasOption;
        private int[] source = {0, HeaderText.MAX_PORT};
        private int[] destination = source;
        private boolean sourceInverted;
        private boolean destinationInverted;
        private int option;
        private boolean optionInverted;
        private int flagsMask;
        private int flagsCompare;
        private boolean flagsInverted;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            switch (spec.name()) {
                case "source-port" -> {
                    once(hasSource, "Only one `--source-port' allowed");
                    source = HeaderText.ports(scope.names(), value.text(), PROTOCOL);
                    sourceInverted = value.inverted();
                    hasSource = true;
                }
                case "destination-port" -> {
                    once(hasDestination, "Only one `--destination-port' allowed");
                    destination = HeaderText.ports(scope.names(), value.text(), PROTOCOL);
                    destinationInverted = value.inverted();
                    hasDestination = true;
                }
                case "syn" -> {
                    flags(value.inverted());
                    flagsMask = TcpLayout.SYN | TcpLayout.RST | TcpLayout.ACK | TcpLayout.FIN;
                    flagsCompare = TcpLayout.SYN;
                }
                case "tcp-flags" -> {
                    flags(value.inverted());
                    if (HeaderText.isMissing(value.more())) {
                        throw ParameterProblem.parameter("--tcp-flags requires two args.");
                    }
                    flagsMask = flags(value.text());
                    flagsCompare = flags(value.more());
                }
                default -> {
                    once(hasOption, "Only one `--tcp-option' allowed");
                    final CNumber number = CNumber.whole(value.text(), 1, CNumber.UNSIGNED_8);
                    if (number == null) {
                        throw ParameterProblem.parameter("Bad TCP option \"%s\"", value.text());
                    }
                    option = (int) number.value();
                    optionInverted = value.inverted();
                    hasOption = true;
                }
            }
        }

        @Override
        public TcpMatch finish() {
            return new TcpMatch(source[0], source[1], sourceInverted, destination[0], destination[1], destinationInverted,
                    option, optionInverted, flagsMask, flagsCompare, flagsInverted);
        }

        private void flags(final boolean inverted) {
            once(hasFlags, "Only one of `--syn' or `--tcp-flags'  allowed");
            flagsInverted = inverted;
            hasFlags = true;
        }

        private static int flags(final String text) {
            int flags = 0;
            for (final String part : HeaderText.parts(text)) {
                flags |= flag(part);
            }
            return flags;
        }

        private static int flag(final String name) {
            for (int bit = 0; bit < FLAGS.size(); bit++) {
                if (FLAGS.get(bit).equalsIgnoreCase(name)) {
                    return 1 << bit;
                }
            }
            if ("ALL".equalsIgnoreCase(name)) {
                return ALL_FLAGS;
            }
            if ("NONE".equalsIgnoreCase(name)) {
                return 0;
            }
            throw ParameterProblem.parameter("Unknown TCP flag `%s'", name);
        }

        private static void once(final boolean seen, final String problem) {
            if (seen) {
                throw ParameterProblem.parameter(problem);
            }
        }
    }
}
