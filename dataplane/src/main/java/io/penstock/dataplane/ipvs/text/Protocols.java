package io.penstock.dataplane.ipvs.text;

/** The protocols of services, and what else connections are of. */
final class Protocols {

    static final int ANY = 0;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private Protocols() {
    }

    /** As {@code /etc/services} names it; null of those that have no ports. */
    static String serviceName(final int protocol) {
        return switch (protocol) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case SCTP -> "sctp";
            default -> null;
        };
    }

    /** The option that names a service of it. */
    static String option(final int protocol) {
        return switch (protocol) {
            case TCP -> "-t";
            case UDP -> "-u";
            case SCTP -> "--sctp-service";
            default -> "--xxx-service";
        };
    }

    /** As listings of services name it. */
    static String shown(final int protocol) {
        return switch (protocol) {
            case TCP -> "TCP";
            case UDP -> "UDP";
            case SCTP -> "SCTP";
            default -> "?";
        };
    }

    /** As the kernel names it in its list of connections. */
    static String ofConnection(final int protocol) {
        return switch (protocol) {
            case ANY -> "IP";
            case TCP, UDP, SCTP -> shown(protocol);
            case ICMP -> "ICMP";
            case ICMPV6 -> "ICMPv6";
            default -> "IP_" + protocol;
        };
    }
}
