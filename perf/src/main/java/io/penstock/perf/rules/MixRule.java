package io.penstock.perf.rules;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;

/**
 * A rule of five fields. One without a protocol asks for no ports.
 *
 * @param source          first address of the source's network
 * @param sourceBits      the prefix's length
 * @param destination     first address of the destination's network
 * @param destinationBits the prefix's length
 * @param protocol        0 for any
 * @param sources         source ports
 * @param destinations    destination ports
 */
public record MixRule(
        int source, int sourceBits, int destination, int destinationBits, int protocol, PortSpan sources, PortSpan destinations) {

    /** Takes every packet. */
    static final MixRule ALL = new MixRule(0, 0, 0, 0, 0, PortSpan.ANY, PortSpan.ANY);

    /** A rule; bits behind the prefixes are cleared. */
    public MixRule {
        source &= mask(sourceBits);
        destination &= mask(destinationBits);
    }

    private static int mask(final int bits) {
        return bits == 0 ? 0 : -1 << Integer.SIZE - bits;
    }

    /** Whether it takes a flow. */
    boolean takes(final Flow flow) {
        return (flow.source() & mask(sourceBits)) == source && (flow.destination() & mask(destinationBits)) == destination
                && (protocol == 0 || protocol == flow.protocol()) && sources.has(flow.sourcePort())
                && destinations.has(flow.destinationPort());
    }

    /** As iptables-save writes it, without chain and target. */
    String saveText() {
        final StringBuilder text = new StringBuilder();
        prefix(text, " -s ", source, sourceBits);
        prefix(text, " -d ", destination, destinationBits);
        final String name = switch (protocol) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.ICMP -> "icmp";
            default -> null;
        };
        if (name != null) {
            text.append(" -p ").append(name);
        }
        if (!sources.isAny() || !destinations.isAny()) {
            text.append(" -m ").append(name);
        }
        ports(text, " --sport ", sources);
        ports(text, " --dport ", destinations);
        return text.toString();
    }

    /** As a line of a ClassBench filter set. */
    String filterText() {
        return "@" + network(source, sourceBits) + '\t' + network(destination, destinationBits) + '\t' + sources.low() + " : "
                + sources.high() + '\t' + destinations.low() + " : " + destinations.high() + '\t'
                + (protocol == 0 ? "0x00/0x00" : String.format("0x%02x/0xFF", protocol)) + '\n';
    }

    private static void prefix(final StringBuilder text, final String option, final int address, final int bits) {
        if (bits > 0) {
            text.append(option).append(network(address, bits));
        }
    }

    private static void ports(final StringBuilder text, final String option, final PortSpan ports) {
        if (!ports.isAny()) {
            text.append(option).append(ports.saveText());
        }
    }

    private static String network(final int address, final int bits) {
        return IpAddress.v4(address).toString() + '/' + bits;
    }
}
