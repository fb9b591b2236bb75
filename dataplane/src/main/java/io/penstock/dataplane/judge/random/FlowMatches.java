package io.penstock.dataplane.judge.random;

/**
 * What rules ask of connections.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class FlowMatches {

    private final Dice dice;
    private final FlowHosts hosts;
    private final boolean counts;
    private final boolean hasTime;
    private final boolean hasChance;

    /**
     * Matches.
     *
     * @param counts  whether packets of connections are counted
     * @param hasTime whether time passes, so that nothing may be asked about it
     * @param hasChance whether ports of translated connections are random, so that nothing may be asked about those of answers
     */
    FlowMatches(final Dice dice, final FlowHosts hosts, final boolean counts, final boolean hasTime, final boolean hasChance) {
        this.dice = dice;
        this.hosts = hosts;
        this.counts = counts;
        this.hasTime = hasTime;
        this.hasChance = hasChance;
    }

    /** Nothing, or the device that packets come in by. */
    String in() {
        return dice.oneIn(3) ? not() + " -i " + Names.device(dice.below(RuleNetwork.PORTS)) : "";
    }

    /** Nothing, or a protocol with a port, or an address. */
    String flow() {
        return switch (dice.below(7)) {
            case 0, 1 -> ports(dice.of("tcp", "udp", "tcp", "udp", "sctp"));
            case 2 -> " -p " + dice.of("tcp", "udp", hosts.ipv6() ? "ipv6-icmp" : "icmp", "gre", "udplite", "sctp");
            case 3 -> not() + dice.of(" -s ", " -d ") + address();
            default -> "";
        };
    }

    /** A protocol and one of its ports. */
    String ports(final String protocol) {
        return " -p " + protocol + " -m " + protocol + (dice.oneIn(3) ? " --sport " + hosts.clientKey() : " --dport " + hosts.serverKey());
    }

    private String address() {
        final String any = dice.oneIn(4) ? hosts.virtual().toString() : hosts.any().address().toString();
        return any + '/' + (hosts.ipv6() ? dice.of(32, 64, 128, 128) : dice.of(16, 24, 32, 32));
    }

    /** Some, or none. */
    String some() {
        final StringBuilder words = new StringBuilder();
        for (int i = dice.of(0, 1, 1, 2); i > 0; i--) {
            words.append(one());
        }
        return words.toString();
    }

    private String one() {
        return switch (dice.below(counts ? 16 : 13)) {
            case 0, 1 -> " -m connmark" + not() + " --mark " + dice.of("0x1", "0x2", "0x0", "0xff") + dice.of("", "/0x1", "/0xff");
            case 2 -> " -m state" + not() + " --state " + dice.of("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "NEW,RELATED");
            case 3, 4 -> " -m conntrack" + not() + " --ctstate "
                    + dice.of("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "SNAT", "DNAT", "SNAT,DNAT", "NEW,DNAT");
            case 5 -> " -m conntrack --ctdir " + dice.of("ORIGINAL", "REPLY");
            case 6 -> " -m conntrack" + not() + " --ctstatus " + dice.of("NONE", "SEEN_REPLY", "ASSURED", "CONFIRMED", "SEEN_REPLY,ASSURED");
            case 7, 8, 9 -> conntrack();
            case 10 -> hasTime ? " -m conntrack" + not() + " --ctproto " + dice.of(6, 17, 132)
                    : " -m conntrack" + not() + " --ctexpire " + dice.of("50:250", "250:100000", "0:50");
            case 11 -> " -m cluster --cluster-total-nodes 2" + not() + " --cluster-local-node " + dice.between(1, 2)
                    + " --cluster-hash-seed " + dice.of("0xdeadbeef", "0x1");
            case 12 -> " -m connlabel" + not() + " --label " + dice.of("1", "64", "127") + dice.of("", " --set");
            default -> " -m connbytes" + not() + " --connbytes " + dice.of("2", "3:9", "100", "100:1000", "1:3")
                    + " --connbytes-mode " + dice.of("packets", "bytes", "avgpkt") + " --connbytes-dir " + dice.of("original", "reply", "both");
        };
    }

    private String conntrack() {
        final StringBuilder words = new StringBuilder(" -m conntrack");
        for (int i = dice.between(1, 2); i > 0; i--) {
            switch (dice.below(4)) {
                case 0 -> once(words, " --ctproto ", String.valueOf(dice.of(6, 17, 132, 136, 47, hosts.ipv6() ? 58 : 1)));
                case 1 -> once(words, dice.of(" --ctorigsrc ", " --ctorigdst ", " --ctreplsrc ", " --ctrepldst "), address());
                case 2 -> once(words, dice.of(" --ctorigsrcport ", hasChance ? " --ctorigsrcport " : " --ctrepldstport "),
                        dice.oneIn(3) ? "600:40000" : String.valueOf(hosts.clientKey()));
                default -> once(words, dice.of(" --ctorigdstport ", hasChance ? " --ctorigdstport " : " --ctreplsrcport "),
                        dice.oneIn(3) ? "80:5000" : String.valueOf(hosts.serverKey()));
            }
        }
        return words.toString();
    }

    private void once(final StringBuilder words, final String option, final String value) {
        if (words.indexOf(option) < 0) {
            words.append(not()).append(option).append(value);
        }
    }

    private String not() {
        return dice.oneIn(6) ? " !" : "";
    }
}
