package io.penstock.perf.connections;

/**
 * One client and one server on the two sides of a gateway, and what it translates the client to: connections differ in their ports.
 *
 * <pre>
 *  initiator              gateway                     responder
 *  198.18.0.2 ---- 198.18.0.1 | 198.19.0.1 ---- 198.19.0.2
 *                  translates to 198.19.0.3
 * </pre>
 *
 * <p>Source: RFC 9693, section 3.1; addresses of RFC 2544, appendix C.2.2. Threads: any.
 */
public final class PairNetwork {

    /** The client's address. */
    public static final int INITIATOR = 0xC612_0002;
    /** The server's. */
    public static final int RESPONDER = 0xC613_0002;
    /** What the client's is translated to: none of the gateway's own. */
    public static final int TRANSLATED = 0xC613_0003;

    /** A configuration: ports {@code lan} and {@code wan}, and their networks. */
    public static final String CONFIGURATION = """
            ports: { lan: { device: lan }, wan: { device: wan } }
            workers: { idle: spin }
            local: kernel
            network:
              addresses:
                lan: [198.18.0.1/16]
                wan: [198.19.0.1/16]
            """;

    private PairNetwork() {
    }

    /**
     * For iptables-restore: what is established passes, what begins at the client's side begins a connection, and everything else is dropped, so
     * that a packet whose connection is not found shows.
     *
     * @param translates whether the client's address is translated
     * @param in         the port of the client's side
     * @param out        the server's
     * @param between    rules that take no packet of these connections, and that their first packets go through
     */
    public static String rules(final boolean translates, final String in, final String out, final int between) {
        final StringBuilder text = new StringBuilder();
        if (translates) {
            text.append("*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o ")
                    .append(out).append(" -j SNAT --to-source ").append(FlowNetwork.address4(TRANSLATED)).append("\nCOMMIT\n");
        }
        text.append("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                + "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n");
        ConnectionMix.rulesBetween(text, false, between);
        return text.append("-A FORWARD -i ").append(in).append(" -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n").toString();
    }
}
