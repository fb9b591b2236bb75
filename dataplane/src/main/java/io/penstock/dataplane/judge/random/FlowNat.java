package io.penstock.dataplane.judge.random;

import java.util.ArrayList;
import java.util.List;

/**
 * Random rules of table nat.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class FlowNat {

    private static final int MOST_RULES = 6;

    private final Dice dice;
    private final FlowHosts hosts;
    private final boolean hasChance;
    private final boolean hasRanges;

    /**
     * Rules.
     *
     * @param hasChance whether ports may be asked to be random
     * @param hasRanges whether there may be ranges of ports
     */
    FlowNat(final Dice dice, final FlowHosts hosts, final boolean hasChance, final boolean hasRanges) {
        this.hasRanges = hasRanges;
        this.dice = dice;
        this.hosts = hosts;
        this.hasChance = hasChance;
    }

    /** Rules, each with its chain. */
    List<String> rules() {
        final List<String> rules = new ArrayList<>();
        for (int i = dice.between(1, MOST_RULES); i > 0; i--) {
            rules.add(switch (dice.below(9)) {
                case 0 -> dice.of("PREROUTING", "POSTROUTING", "INPUT") + match(null, null) + dice.of(" -j ACCEPT", "");
                case 1, 2, 3, 4 -> destination();
                case 5 -> source("INPUT", null);
                default -> source("POSTROUTING", Names.device(dice.below(RuleNetwork.PORTS)));
            });
        }
        return rules;
    }

    private String destination() {
        final String chain = dice.oneIn(8) ? "OUTPUT" : "PREROUTING";
        final String device = chain.equals("OUTPUT") ? null : Names.device(dice.below(RuleNetwork.PORTS));
        final String protocol = dice.oneIn(2) ? null : dice.of("tcp", "udp", "tcp", "udp", "sctp");
        final String match = match(device == null ? null : " -i " + device, protocol);
        return chain + match + switch (dice.below(6)) {
            case 0 -> " -j REDIRECT" + (protocol == null ? "" : dice.of("", " --to-ports 8080", hasRanges ? " --to-ports 80-85" : "", " --to-ports 5060"));
            case 1 -> " -j NETMAP --to " + network();
            default -> " -j DNAT --to-destination " + to(protocol != null, true) + dice.of("", "", "", " --persistent", chance(" --random"));
        };
    }

    private String source(final String chain, final String device) {
        final String protocol = dice.oneIn(2) ? null : dice.of("tcp", "udp", "tcp", "udp", "sctp");
        final String match = match(device == null ? null : " -o " + device, protocol);
        return chain + match + switch (chain.equals("INPUT") ? 2 : dice.below(6)) {
            case 0, 1 -> " -j MASQUERADE" + (protocol == null ? "" : dice.of("", "", hasRanges ? " --to-ports 2000-2003" : "", " --to-ports 50000"))
                    + dice.of("", "", "", chance(" --random-fully"));
            case 5 -> " -j NETMAP --to " + network();
            default -> " -j SNAT --to-source " + to(protocol != null, false) + dice.of("", "", "", " --persistent", chance(" --random-fully"));
        };
    }

    private String chance(final String word) {
        return hasChance ? word : "";
    }

    private String match(final String device, final String protocol) {
        final StringBuilder words = new StringBuilder(device == null || dice.oneIn(2) ? "" : device);
        if (protocol != null) {
            words.append(" -p ").append(protocol);
            if (dice.oneIn(2)) {
                words.append(" -m ").append(protocol).append(" --dport ").append(hosts.serverKey());
            }
        } else if (dice.oneIn(4)) {
            words.append(" -p ").append(dice.of("gre", "udplite", hosts.ipv6() ? "ipv6-icmp" : "icmp"));
        }
        if (dice.oneIn(3)) {
            words.append(dice.of(" -s ", " -d ")).append(dice.oneIn(2) ? hosts.virtual() : hosts.any().address());
        }
        return words.toString();
    }

    private String to(final boolean hasPorts, final boolean mayShift) {
        final String addresses = dice.oneIn(4) ? range() : host();
        if (!hasPorts || dice.oneIn(3)) {
            return addresses;
        }
        final String ports = !hasRanges ? "8080" : dice.of("8080", "8080", "3000-3002", "2000-2999", mayShift ? "6000-6443/53" : "60000-60001");
        return hosts.ipv6() ? '[' + addresses + "]:" + ports : addresses + ':' + ports;
    }

    private String range() {
        final FlowHosts.Range range = hosts.range();
        return range.first().toString() + '-' + range.last();
    }

    private String host() {
        if (dice.oneIn(2)) {
            return hosts.virtual().toString();
        }
        return dice.oneIn(5) ? hosts.own(dice.below(RuleNetwork.PORTS)).toString() : hosts.any().address().toString();
    }

    private String network() {
        final String address = dice.oneIn(2) ? hosts.virtual().toString() : hosts.any().address().toString();
        return address + '/' + (hosts.ipv6() ? dice.of(64, 112, 128) : dice.of(16, 24, 32));
    }
}
