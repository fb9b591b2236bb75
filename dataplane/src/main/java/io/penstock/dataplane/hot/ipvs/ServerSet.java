package io.penstock.dataplane.hot.ipvs;

/** Servers whose packets are translated, to be told by what they send from. Threads: workers. */
public final class ServerSet {

    /** None. */
    public static final ServerSet EMPTY = new ServerSet(new Server[0]);

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Server[] slots;
    private final int mask;

    /** These. */
    public ServerSet(final Server[] servers) {
        mask = Integer.highestOneBit(Math.max(1, servers.length) * 4) - 1;
        slots = new Server[mask + 1];
        for (final Server server : servers) {
            int at = start(server.high, server.low, server.port);
            while (slots[at] != null) {
                at = at + 1 & mask;
            }
            slots[at] = server;
        }
    }

    /** Whether one of them has this address and port in a service of the protocol. */
    boolean has(final int family, final int protocol, final long high, final long low, final int port) {
        for (int at = start(high, low, port); slots[at] != null; at = at + 1 & mask) {
            final Server server = slots[at];
            if (server.low == low && server.port == port && server.high == high && server.family == family
                    && (server.service.protocol == protocol || server.service.mark != 0)) {
                return true;
            }
        }
        return false;
    }

    private int start(final long high, final long low, final int port) {
        return (int) ((low ^ high * MIX ^ (long) port << 32) * MIX >>> 40) & mask;
    }
}
