package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotDccp;
import java.util.List;

/**
 * {@code -m dccp}: ports, packet types and an option of a DCCP header. A fragment that is not the first one never matches.
 *
 * @param tests           what it looks at, a mask of {@link #SOURCE} to {@link #OPTION}
 * @param inversions      which of them are inverted
 * @param sourceLow       the least source port
 * @param sourceHigh      the largest source port
 * @param destinationLow  the least destination port
 * @param destinationHigh the largest destination port
 * @param types           the packet types, a bit each
 * @param option          the kind of an option
 */
public record DccpMatch(
        int tests, int inversions, int sourceLow, int sourceHigh, int destinationLow, int destinationHigh, int types, int option)
        implements RunnableMatch {

    /** It looks at the source port. */
    public static final int SOURCE = 1;
    /** It looks at the destination port. */
    public static final int DESTINATION = 2;
    /** It looks at the packet type. */
    public static final int TYPE = 4;
    /** It looks for an option. */
    public static final int OPTION = 8;

    private static final String NAME = "dccp";
    private static final int MAX_OPTION = 0xFF;
    /** By their numbers; the last name stands for all numbers from its own on (RFC 4340, 5.1). */
    private static final List<String> TYPES = List.of("REQUEST", "RESPONSE", "DATA", "ACK", "DATAACK", "CLOSEREQ", "CLOSE", "RESET",
            "SYNC", "SYNCACK", "INVALID");
    private static final int INVALID = TYPES.size() - 1;
    private static final int TYPE_COUNT = 16;

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of(NAME, 0, """
            dccp match options
            [!] --source-port port[:port]                          match source port(s)
             --sport ...
            [!] --destination-port port[:port]                     match destination port(s)
             --dport ...
            [!] --dccp-types type[,...]                            match when packet is one of the given types
            [!] --dccp-option option                               match if option (by number!) is set
            """, scope -> new Parser(), PortsParser.options(
            OptionSpec.of("dccp-types", OptionType.STRING).inverted(),
            OptionSpec.of("dccp-option", OptionType.UINT8).inverted().between(1, MAX_OPTION))).of(IpProtocol.DCCP);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (looksAt(SOURCE)) {
            HeaderText.range(out, isInverted(SOURCE), "sport", sourceLow, sourceHigh);
        }
        if (looksAt(DESTINATION)) {
            HeaderText.range(out, isInverted(DESTINATION), "dport", destinationLow, destinationHigh);
        }
        if (looksAt(TYPE)) {
            appendTypes(HeaderText.option(out, isInverted(TYPE), "dccp-types").append(' '), false);
        }
        if (looksAt(OPTION)) {
            HeaderText.option(out, isInverted(OPTION), "dccp-option").append(' ').append(option);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" dccp");
        if (looksAt(SOURCE)) {
            HeaderText.listPorts(out, isInverted(SOURCE), "spt", sourceLow, sourceHigh, NAME, scope);
        }
        if (looksAt(DESTINATION)) {
            HeaderText.listPorts(out, isInverted(DESTINATION), "dpt", destinationLow, destinationHigh, NAME, scope);
        }
        if (looksAt(TYPE)) {
            appendTypes(out.append(isInverted(TYPE) ? " ! " : " "), scope.isNumeric());
        }
        if (looksAt(OPTION)) {
            out.append(" option=").append(isInverted(OPTION) ? "!" : "").append(option);
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotDccp(tests, inversions, sourceLow, sourceHigh, destinationLow, destinationHigh, types, option);
    }

    private boolean looksAt(final int test) {
        return (tests & test) != 0;
    }

    private boolean isInverted(final int test) {
        return (inversions & test) != 0;
    }

    private void appendTypes(final StringBuilder out, final boolean isNumeric) {
        String separator = "";
        final int end = isNumeric ? TYPE_COUNT : TYPES.size();
        for (int type = 0; type < end; type++) {
            if ((types >>> type & 1) != 0) {
                out.append(separator).append(isNumeric ? Integer.toString(type) : TYPES.get(type));
                separator = ",";
            }
        }
    }

    /** Reads the options. */
    private static final class Parser extends PortsParser {

        private int tests;
        private int inversions;
        private int types;
        private int option;

        @Override
        void other(final OptionSpec spec, final OptionValue value) {
            if ("dccp-types".equals(spec.name())) {
                types = types(value.text());
                add(TYPE, value.inverted());
            } else {
                option = (int) value.low();
                add(OPTION, value.inverted());
            }
        }

        @Override
        public DccpMatch finish() {
            if (hasSource) {
                add(SOURCE, sourceInverted);
            }
            if (hasDestination) {
                add(DESTINATION, destinationInverted);
            }
            // The kernel's structure holds zeros where nothing was given.
            return new DccpMatch(tests, inversions, sourceLow, hasSource ? sourceHigh : 0, destinationLow,
                    hasDestination ? destinationHigh : 0, types, option);
        }

        private void add(final int test, final boolean inverted) {
            tests |= test;
            inversions |= inverted ? test : 0;
        }

        private static int types(final String text) {
            int types = 0;
            for (final String part : HeaderText.parts(text)) {
                types |= type(part);
            }
            return types;
        }

        private static int type(final String name) {
            for (int type = 0; type < TYPES.size(); type++) {
                if (TYPES.get(type).equalsIgnoreCase(name)) {
                    return type == INVALID ? (1 << TYPE_COUNT) - (1 << INVALID) : 1 << type;
                }
            }
            throw ParameterProblem.parameter("Unknown DCCP type `%s'", name);
        }
    }
}
