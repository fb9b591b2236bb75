package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotMultiport;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code -m multiport}: up to 15 ports, of which a range takes two.
 *
 * @param side     whose ports
 * @param ranges   the ports, in the order given; a single one is a range with one end
 * @param inverted whether all other ports are meant
 */
public record MultiportMatch(Side side, List<Range> ranges, boolean inverted) implements FieldMatch {

    /** Whose ports. */
    public enum Side {
        /** The sender's. */
        SOURCE("source-ports", "sports"),
        /** The receiver's. */
        DESTINATION("destination-ports", "dports"),
        /** Either one's. */
        EITHER("ports", "ports");

        private final String option;
        private final String text;

        Side(final String option, final String text) {
            this.option = option;
            this.text = text;
        }
    }

    /**
     * A port or a range of ports.
     *
     * @param low     the first
     * @param high    the last
     * @param isRange whether it was given as a range
     */
    public record Range(int low, int high, boolean isRange) {
    }

    private static final int MAX_PORTS = 15;
    private static final String NO_PORT = "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'";
    private static final String OTHER_PROTOCOL = "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP";
    private static final String TOO_MANY = "too many ports specified";
    private static final Map<Integer, String> PROTOCOLS = Map.of(
            IpProtocol.TCP, "tcp",
            IpProtocol.UDP, "udp",
            IpProtocol.UDPLITE, "udplite",
            IpProtocol.SCTP, "sctp",
            IpProtocol.DCCP, "dccp");

    private static final String HELP = """
            multiport match options:
            [!] --source-ports port[,port:port,port...]
             --sports ...
            \t\t\t\tmatch source port(s)
            [!] --destination-ports port[,port:port,port...]
             --dports ...
            \t\t\t\tmatch destination port(s)
            [!] --ports port[,port:port,port]
            \t\t\t\tmatch both source and destination port(s)
            """;

    private static final OptionSpec SOURCE_PORTS = ports(Side.SOURCE);
    private static final OptionSpec DESTINATION_PORTS = ports(Side.DESTINATION);
    static final MatchKind KIND = DescribedMatchKind.of(
            "multiport",
            1,
            HELP,
            Parser::new,
            SOURCE_PORTS,
            OptionSpec.alias("sports", SOURCE_PORTS),
            DESTINATION_PORTS,
            OptionSpec.alias("dports", DESTINATION_PORTS),
            ports(Side.EITHER));

    /** Keeps a copy of the ports. */
    public MultiportMatch {
        ranges = List.copyOf(ranges);
    }

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --" : " --").append(side.text).append(' ');
        String comma = "";
        for (final Range range : ranges) {
            out.append(comma).append(range.low);
            if (range.isRange) {
                out.append(':').append(range.high);
            }
            comma = ",";
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" multiport ").append(side.text).append(inverted ? "  !" : " ");
        String comma = "";
        for (final Range range : ranges) {
            out.append(comma).append(port(range.low, scope));
            if (range.isRange) {
                out.append(':').append(port(range.high, scope));
            }
            comma = ",";
        }
    }

    @Override
    public int check(final Place place) {
        return place.protocolInverted() || !PROTOCOLS.containsKey(place.protocol()) ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final int[] lows = ranges.stream().mapToInt(Range::low).toArray();
        final int[] highs = ranges.stream().mapToInt(Range::high).toArray();
        return new HotMultiport(side != Side.DESTINATION, side != Side.SOURCE, lows, highs, inverted);
    }

    @Override
    public boolean describe(final FieldSink sink) {
        if (inverted || side == Side.EITHER) {
            return false;
        }
        for (final Range range : ranges) {
            if (side == Side.SOURCE) {
                sink.sourcePorts(range.low, range.high);
            } else {
                sink.destinationPorts(range.low, range.high);
            }
        }
        return true;
    }

    private static String port(final int port, final ListScope scope) {
        final String service = scope.isNumeric() ? null : scope.names().service(port, PROTOCOLS.get(scope.protocol()));
        return service == null ? Integer.toString(port) : service;
    }

    private static OptionSpec ports(final Side side) {
        return OptionSpec.of(side.option, OptionType.STRING)
                .inverted()
                .excluding(Side.SOURCE.option, Side.DESTINATION.option, Side.EITHER.option);
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private Side side;
        private boolean inverted;
        private final List<Range> ranges = new ArrayList<>();

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (scope.isProtocolInverted()) {
                throw ParameterProblem.parameter(OTHER_PROTOCOL);
            }
            final String protocol = PROTOCOLS.get(scope.protocol());
            if (protocol == null) {
                throw ParameterProblem.parameter(scope.protocol() == 0 ? NO_PORT : OTHER_PROTOCOL);
            }
            for (final Side candidate : Side.values()) {
                if (candidate.option.equals(option.canonical())) {
                    side = candidate;
                }
            }
            inverted |= value.inverted();
            read(value.text(), protocol);
        }

        private void read(final String text, final String protocol) {
            ranges.clear();
            int slots = 0;
            for (final String part : text.split(",", -1)) {
                final int colon = part.indexOf(':');
                slots += colon < 0 ? 1 : 2;
                if (slots > MAX_PORTS) {
                    throw ParameterProblem.parameter(TOO_MANY);
                }
                if (colon < 0) {
                    final int port = port(part, protocol);
                    ranges.add(new Range(port, port, false));
                    continue;
                }
                final int low = port(part.substring(0, colon), protocol);
                final int high = port(part.substring(colon + 1), protocol);
                if (low >= high) {
                    throw ParameterProblem.parameter("invalid portrange specified");
                }
                ranges.add(new Range(low, high, true));
            }
        }

        private int port(final String text, final String protocol) {
            final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_16);
            final int port = number != null ? (int) number.value() : scope.names().port(text, protocol);
            if (port < 0) {
                throw ParameterProblem.parameter("invalid port/service `%s' specified", text);
            }
            return port;
        }

        @Override
        public void finalCheck() {
            if (side == null) {
                throw ParameterProblem.parameter("multiport expection an option");
            }
        }

        @Override
        public Match finish() {
            return new MultiportMatch(side, ranges, inverted);
        }
    }
}
