package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotUdp;

/**
 * {@code -m udp}: ports. A fragment that is not the first one never matches. Of UDP-Lite the kernel has the like, and iptables does not.
 *
 * @param sourceLow           the least source port
 * @param sourceHigh          the largest source port
 * @param sourceInverted      whether the source port must lie outside
 * @param destinationLow      the least destination port
 * @param destinationHigh     the largest destination port
 * @param destinationInverted whether the destination port must lie outside
 */
public record UdpMatch(
        int sourceLow,
        int sourceHigh,
        boolean sourceInverted,
        int destinationLow,
        int destinationHigh,
        boolean destinationInverted) implements FieldMatch {

    private static final String UDP = "udp";
    private static final String HELP = """
            udp match options:
            [!] --source-port port[:port]
             --sport ...
            \t\t\t\tmatch source port(s)
            [!] --destination-port port[:port]
             --dport ...
            \t\t\t\tmatch destination port(s)
            """;

    /** Its kind. */
    public static final MatchKind KIND =
            DescribedMatchKind.of(UDP, 0, HELP, scope -> new Parser(), PortsParser.options()).of(IpProtocol.UDP);

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
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(' ').append(UDP);
        HeaderText.listPorts(out, sourceInverted, "spt", sourceLow, sourceHigh, UDP, scope);
        HeaderText.listPorts(out, destinationInverted, "dpt", destinationLow, destinationHigh, UDP, scope);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotUdp(sourceLow, sourceHigh, sourceInverted, destinationLow, destinationHigh, destinationInverted);
    }

    @Override
    public boolean describe(final FieldSink sink) {
        final boolean hasSource = HeaderText.tell(sourceLow, sourceHigh, sourceInverted, sink::sourcePorts);
        final boolean hasDestination = HeaderText.tell(destinationLow, destinationHigh, destinationInverted, sink::destinationPorts);
        return hasSource && hasDestination;
    }

    /** Reads the options. */
    private static final class Parser extends PortsParser {

        @Override
        void other(final OptionSpec spec, final OptionValue value) {
            throw new IllegalArgumentException("option=" + spec.name() + " is not one of UDP; pass what kind().options() has");
        }

        @Override
        public UdpMatch finish() {
            return new UdpMatch(sourceLow, sourceHigh, sourceInverted, destinationLow, destinationHigh, destinationInverted);
        }
    }
}
