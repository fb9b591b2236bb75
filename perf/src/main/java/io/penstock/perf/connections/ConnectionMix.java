package io.penstock.perf.connections;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What becomes of flows: how they are tracked and translated. */
public enum ConnectionMix {

    /** Tracked, as they are; packets of both directions. */
    ESTABLISHED(false, false, true),
    /** Sources are translated; packets of both directions. */
    SNAT(true, false, true),
    /** Destinations are translated; packets of both directions. */
    DNAT(false, true, true),
    /** Sources are translated, and every packet is the first of a connection. */
    NEW(true, false, false);

    private static final long SEED = 9693;
    private static final int NETWORK_10 = 0x0A00_0000;
    private static final int HOSTS = 1 << 24;
    /** Below the flows' ports: no flow goes by these rules, however many come. */
    private static final int RULE_PORTS = 1023;

    private final boolean source;
    private final boolean destination;
    private final boolean answered;

    ConnectionMix(final boolean source, final boolean destination, final boolean answered) {
        this.source = source;
        this.destination = destination;
        this.answered = answered;
    }

    /** Whether sources are translated. */
    public boolean translatesSource() {
        return source;
    }

    /** Whether destinations are translated. */
    public boolean translatesDestination() {
        return destination;
    }

    /** Whether packets come in both directions. */
    public boolean isAnswered() {
        return answered;
    }

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(ConnectionMix::text).toList();
    }

    /** The mix of that name, or null. */
    public static ConnectionMix of(final String text) {
        return Arrays.stream(values()).filter(mix -> mix.text().equals(text)).findFirst().orElse(null);
    }

    /**
     * For iptables-restore or ip6tables-restore: what is established is accepted first; what begins goes by rules that take none of the flows, and the last
     * one accepts it. Everything else is dropped, so that a packet whose connection is not found shows.
     *
     * @param between rules that take nothing, between the first and the last
     */
    public String saveText(final boolean ipv6, final int between) {
        final StringBuilder text = new StringBuilder();
        if (source || destination) {
            text.append("*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n")
                    .append(source
                            ? "-A POSTROUTING -o wan -j SNAT --to-source " + (ipv6 ? FlowNetwork.PUBLIC6 : FlowNetwork.PUBLIC4)
                            : "-A PREROUTING -i lan -j DNAT --to-destination " + (ipv6 ? FlowNetwork.SERVERS6 : FlowNetwork.SERVERS4))
                    .append("\nCOMMIT\n");
        }
        text.append("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                + "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n");
        rulesBetween(text, ipv6, between);
        return text.append("-A FORWARD -i lan -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n").toString();
    }

    /** Rules that take none of the flows: each drops datagrams from a random host of network 10 to a port below theirs. */
    static void rulesBetween(final StringBuilder text, final boolean ipv6, final int count) {
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < count; i++) {
            final int host = NETWORK_10 | random.nextInt(HOSTS);
            text.append("-A FORWARD -s ").append(ipv6 ? FlowNetwork.client6(host) + "/128" : FlowNetwork.address4(host) + "/32")
                    .append(" -p udp -m udp --dport ").append(1 + i % RULE_PORTS).append(" -j DROP\n");
        }
    }
}
