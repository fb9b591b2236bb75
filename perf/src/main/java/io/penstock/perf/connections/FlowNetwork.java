package io.penstock.perf.connections;

/**
 * Where flows come from and go to: clients of a network behind {@code lan}'s gateway, servers behind {@code wan}'s. An IPv6 address differs from others of
 * its network in the last four bytes, which are the IPv4 address of the same host.
 *
 * <p>Source: servers are of the benchmarking networks of RFC 2544, appendix C.2.2, and RFC 5180, section 8; ports are random as in RFC 4814.
 *
 * <p>Threads: any.
 */
public final class FlowNetwork {

    /** A configuration: the ports and their network. */
    public static final String CONFIGURATION = """
            ports: { lan: { device: lan }, wan: { device: wan } }
            workers: { idle: spin }
            local: kernel
            network:
              addresses:
                lan: [100.64.0.1/24, "2001:db8:1::fe/64"]
                wan: [192.0.2.1/24, "2001:db8:2::1/64"]
              routes:
                - { to: 10.0.0.0/8, via: 100.64.0.2, port: lan }
                - { to: "2001:db8:10::/64", via: "2001:db8:1::2", port: lan }
                - { to: 0.0.0.0/0, via: 192.0.2.254, port: wan }
                - { to: "::/0", via: "2001:db8:2::fe", port: wan }
            """;

    /** What sources are translated to: 252 addresses, with the ports for 16 million flows to one server. */
    public static final String PUBLIC4 = "192.0.2.2-192.0.2.253";
    static final String PUBLIC6 = "2001:db8:2::c000:202-2001:db8:2::c000:2fd";
    /** What destinations are translated to. */
    public static final String SERVERS4 = "198.18.0.1-198.18.0.252";
    static final String SERVERS6 = "2001:2::c612:1-2001:2::c612:fc";

    /** The first eight bytes of IPv6 addresses. */
    static final long CLIENT_PREFIX = 0x2001_0DB8_0010_0000L;
    static final long SERVER_PREFIX = 0x2001_0002_0000_0000L;
    static final long PUBLIC_PREFIX = 0x2001_0DB8_0002_0000L;
    static final long VIRTUAL_PREFIX = 0x2001_0DB8_0003_0000L;

    private static final int CLIENTS = 0x0A00_0000;
    private static final int CLIENT_MASK = 0xFF_FFFF;
    private static final int SERVERS = 0xC612_0000;
    private static final int SERVER_MASK = 0x1_FFFF;
    /** The addresses that are translated to servers': 203.0.113.0 to 127. */
    private static final int VIRTUAL = 0xCB00_7100;
    private static final int VIRTUAL_MASK = 0x7F;
    /** Odd, so that multiplying by it permutes the clients: each of the first 16 million flows has its own. */
    private static final int SPREAD = 0x9E_3779;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 65_536 - FIRST_PORT;
    private static final int HALF = 16;
    private static final int LOW = 0xFFFF;
    private static final long MIX1 = 0xBF58_476D_1CE4_E5B9L;
    private static final long MIX2 = 0x94D0_49BB_1331_11EBL;

    private FlowNetwork() {
    }

    /** The client of a flow. */
    static int client(final long flow) {
        return CLIENTS | (int) flow * SPREAD & CLIENT_MASK;
    }

    /** Whom a client talks to. */
    static int server(final long bits, final boolean virtual) {
        return virtual ? VIRTUAL | (int) bits & VIRTUAL_MASK : SERVERS | (int) bits & SERVER_MASK;
    }

    /** A flow's random bits. Source: Stafford's variant 13 of MurmurHash3's finalizer. */
    static long bits(final long flow) {
        final long once = (flow ^ flow >>> 30) * MIX1;
        final long twice = (once ^ once >>> 27) * MIX2;
        return twice ^ twice >>> 31;
    }

    static int clientPort(final long bits) {
        return FIRST_PORT + (int) ((bits >>> 48) * PORTS >>> HALF);
    }

    static int serverPort(final long bits) {
        return FIRST_PORT + (int) ((bits >>> 32 & LOW) * PORTS >>> HALF);
    }

    static String address4(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + '.' + (address >>> 8 & 0xFF) + '.' + (address & 0xFF);
    }

    static String client6(final int host) {
        return "2001:db8:10::" + Integer.toHexString(host >>> HALF) + ':' + Integer.toHexString(host & LOW);
    }
}
