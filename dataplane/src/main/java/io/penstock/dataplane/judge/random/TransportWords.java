package io.penstock.dataplane.judge.random;

import java.util.Locale;

/**
 * What rules ask of transport headers.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class TransportWords {

    private static final String[] FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
    private static final String[] CHUNKS = {"DATA", "INIT", "INIT_ACK", "SACK", "HEARTBEAT", "ABORT", "SHUTDOWN", "ERROR",
        "COOKIE_ECHO", "COOKIE_ACK"};
    private static final String[] CHUNKS_WITH_FLAGS = {"DATA:UBE", "DATA:b", "ABORT:T", "SHUTDOWN_COMPLETE:t"};
    private static final String[] DCCP = {"REQUEST", "RESPONSE", "DATA", "ACK", "DATAACK", "CLOSEREQ", "CLOSE", "RESET", "SYNC",
        "SYNCACK", "INVALID"};
    private static final String[] MH = {"binding-refresh-request", "home-test-init", "careof-test-init", "binding-update", "binding-error"};

    private final Dice dice;
    private final RulePools pools;

    TransportWords(final Dice dice, final RulePools pools) {
        this.dice = dice;
        this.pools = pools;
    }

    /** A protocol, mostly with ports: what is found by fields. */
    void ports(final StringBuilder line) {
        final String protocol = dice.of("tcp", "udp", "udp", "tcp", "sctp", "icmp");
        if ("icmp".equals(protocol)) {
            line.append(not()).append(" -p 1");
            return;
        }
        line.append(" -p ").append(protocol);
        if (dice.oneIn(5)) {
            multiport(line);
            return;
        }
        line.append(" -m ").append(protocol);
        if (dice.oneIn(3)) {
            ports(line, "--sport");
        }
        if (!dice.oneIn(5)) {
            ports(line, "--dport");
        }
    }

    /** A protocol and often what may be asked of its header; the protocol's name. */
    String any(final StringBuilder line, final boolean ipv6) {
        if (dice.oneIn(8)) {
            line.append(not()).append(" -p ").append(dice.of(1, 2, 6, 17, 41, 47, 50, 58, 59, 89, 132, 253));
            return null;
        }
        final String icmp = ipv6 ? "icmpv6" : "icmp";
        final String protocol = dice.of("tcp", "tcp", "tcp", "udp", "udp", icmp, icmp, "udplite", "sctp", "dccp", "esp", "ah", "ipcomp",
                ipv6 ? "mh" : "udp");
        if ("ah".equals(protocol) && ipv6) {
            // An extension header: a protocol that is never the last one.
            ah6(line);
            return null;
        }
        line.append(" -p ").append(protocol);
        if (dice.oneIn(5)) {
            return protocol;
        }
        switch (protocol) {
            case "tcp" -> tcp(line);
            case "udp" -> twoPorts(line, protocol);
            case "udplite" -> multiport(line);
            case "icmp", "icmpv6" -> icmp(line, ipv6);
            case "sctp" -> sctp(line);
            case "dccp" -> dccp(line);
            case "esp" -> line.append(" -m esp").append(not()).append(" --espspi ").append(spis());
            case "ah" -> line.append(" -m ah").append(not()).append(" --ahspi ").append(spis());
            case "ipcomp" -> line.append(" -m ipcomp").append(not()).append(" --ipcompspi ")
                    .append(RulePools.range(":", pools.port(), pools.port()));
            default -> line.append(" -m mh").append(not()).append(" --mh-type ").append(dice.oneIn(3)
                    ? RulePools.range(":", dice.below(9), dice.below(9)) : dice.of(MH));
        }
        return protocol;
    }

    /** The match of IPv6's authentication header. */
    void ah6(final StringBuilder line) {
        line.append(" -m ah");
        if (dice.oneIn(2)) {
            line.append(not()).append(" --ahspi ").append(spis());
        }
        if (dice.oneIn(3)) {
            line.append(not()).append(" --ahlen ").append(dice.of(8, 12, 16, 24));
        }
        if (dice.oneIn(5)) {
            line.append(" --ahres");
        }
    }

    private void tcp(final StringBuilder line) {
        if (dice.oneIn(6)) {
            multiport(line);
            return;
        }
        line.append(" -m tcp");
        if (dice.oneIn(3)) {
            ports(line, "--sport");
        }
        if (dice.oneIn(2)) {
            ports(line, "--dport");
        }
        if (dice.oneIn(3)) {
            if (dice.oneIn(3)) {
                line.append(not()).append(" --syn");
            } else {
                line.append(not()).append(" --tcp-flags ").append(flags()).append(' ').append(flags());
            }
        }
        if (dice.oneIn(5)) {
            line.append(not()).append(" --tcp-option ").append(pools.tcpOption());
        }
        if (dice.oneIn(5)) {
            line.append(" -m tcpmss").append(not()).append(" --mss ").append(dice.oneIn(2) ? "1460" : RulePools.range(":",
                    pools.length(), pools.length()));
        }
        if (dice.oneIn(8)) {
            line.append(" -m ecn").append(not()).append(dice.of(" --ecn-tcp-cwr", " --ecn-tcp-ece"));
        }
    }

    private void twoPorts(final StringBuilder line, final String match) {
        if (dice.oneIn(5)) {
            multiport(line);
            return;
        }
        line.append(" -m ").append(match);
        if (dice.oneIn(2)) {
            ports(line, "--sport");
        }
        if (dice.oneIn(2)) {
            ports(line, "--dport");
        }
    }

    private void icmp(final StringBuilder line, final boolean ipv6) {
        line.append(ipv6 ? " -m icmp6" : " -m icmp").append(not()).append(ipv6 ? " --icmpv6-type " : " --icmp-type ");
        final int type = ipv6 ? dice.of(1, 2, 3, 4, 128, 129, 135, 136) : dice.of(0, 3, 5, 8, 8, 11, 12, 13);
        line.append(type);
        if (dice.oneIn(3)) {
            line.append('/').append(dice.below(5));
        }
    }

    private void sctp(final StringBuilder line) {
        twoPorts(line, "sctp");
        if (line.lastIndexOf("-m sctp") > line.lastIndexOf("-m multiport") && dice.oneIn(2)) {
            line.append(not()).append(" --chunk-types ").append(dice.of("any", "all", "only")).append(' ');
            final String separator = ",";
            line.append(dice.oneIn(3) ? dice.of(CHUNKS_WITH_FLAGS) : dice.of(CHUNKS));
            if (dice.oneIn(2)) {
                line.append(separator).append(dice.of(CHUNKS));
            }
        }
    }

    private void dccp(final StringBuilder line) {
        twoPorts(line, "dccp");
        if (line.lastIndexOf("-m dccp") <= line.lastIndexOf("-m multiport")) {
            return;
        }
        if (dice.oneIn(2)) {
            line.append(not()).append(" --dccp-types ").append(dice.of(DCCP)).append(',').append(dice.of(DCCP));
        }
        if (dice.oneIn(4)) {
            line.append(not()).append(" --dccp-option ").append(dice.of(1, 2, 32, 37, 255));
        }
    }

    private void multiport(final StringBuilder line) {
        line.append(" -m multiport").append(not()).append(dice.of(" --sports ", " --dports ", " --ports "));
        final int count = dice.between(1, 5);
        for (int i = 0; i < count; i++) {
            final int one = pools.port();
            final int other = pools.port();
            // A range of one port is none to this match.
            line.append(i == 0 ? "" : ",").append(one != other && dice.oneIn(4) ? RulePools.range(":", one, other) : one);
        }
    }

    private void ports(final StringBuilder line, final String option) {
        line.append(not()).append(' ').append(option).append(' ')
                .append(dice.oneIn(4) ? RulePools.range(":", pools.port(), pools.port()) : pools.port());
    }

    private String spis() {
        return dice.oneIn(2) ? Integer.toUnsignedString(pools.spi()) : RulePools.range(":", pools.spi(), pools.spi());
    }

    private String flags() {
        if (dice.oneIn(5)) {
            return dice.of("ALL", "NONE");
        }
        final String one = dice.of(FLAGS);
        final String other = dice.of(FLAGS);
        return (one.equals(other) ? one : one + ',' + other).toUpperCase(Locale.ROOT);
    }

    private String not() {
        return dice.oneIn(8) ? " !" : "";
    }
}
