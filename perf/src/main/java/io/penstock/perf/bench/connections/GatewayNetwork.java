package io.penstock.perf.bench.connections;

import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.netns.NetNs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.PairNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Namespaces for clients, a gateway and a server; or for clients and a server alone.
 *
 * <pre>
 *  client  c0 ------------ d0  gateway  d1 ------------ s0  server
 *  198.18.0.2 and up       198.18.255.254/16
 *                                       198.19.0.1/16   198.19.0.2
 *  02:..:01                02:..:02     02:..:03        02:..:04
 *
 *  client  c0 ------------------------------------------ s0  server
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Names start with {@code pw-} and this process's number, so that measurements do not meet.</li>
 *   <li>The gateway has permanent neighbours for all clients and the server. IPv6 is off: nobody sends but those who measure.</li>
 *   <li>Closing removes what was made, also when making it stopped half-way, and nothing is made after it; devices go with their namespaces.</li>
 * </ol>
 *
 * <p>Source: ip-netns(8). Threads: {@link #close} from any.
 */
final class GatewayNetwork implements AutoCloseable {

    static final String CLIENT_DEVICE = "c0";
    static final String PORT_IN = "d0";
    static final String PORT_OUT = "d1";
    static final String SERVER_DEVICE = "s0";

    static final long CLIENT_MAC = 0x0200_0000_0001L;
    static final long PORT_IN_MAC = 0x0200_0000_0002L;
    static final long PORT_OUT_MAC = 0x0200_0000_0003L;
    static final long SERVER_MAC = 0x0200_0000_0004L;

    private static final int BYTE = 0xFF;

    private final String prefix;
    private final boolean direct;
    private final Deque<String> made = new ArrayDeque<>();
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param name   tells networks of one process apart
     * @param direct whether there is no gateway
     */
    GatewayNetwork(final String name, final boolean direct) {
        this.prefix = "pw-" + ProcessHandle.current().pid() + '-' + name + '-';
        this.direct = direct;
    }

    /**
     * Makes it.
     *
     * @param clients addresses, from 198.18.0.2 up
     */
    void build(final int clients) {
        for (final String name : direct ? List.of(client(), server()) : List.of(client(), gateway(), server())) {
            make(name);
            sysctl(name, "net/ipv6/conf/all/disable_ipv6", "1");
            sysctl(name, "net/ipv6/conf/default/disable_ipv6", "1");
            in(name, "link", "set", "lo", "up");
        }
        if (direct) {
            link(client(), CLIENT_DEVICE, CLIENT_MAC, server(), SERVER_DEVICE, SERVER_MAC);
            return;
        }
        sysctl(gateway(), "net/ipv4/ip_forward", "1");
        sysctl(gateway(), "net/ipv4/conf/all/rp_filter", "0");
        sysctl(gateway(), "net/ipv4/conf/default/rp_filter", "0");
        link(client(), CLIENT_DEVICE, CLIENT_MAC, gateway(), PORT_IN, PORT_IN_MAC);
        link(server(), SERVER_DEVICE, SERVER_MAC, gateway(), PORT_OUT, PORT_OUT_MAC);
        in(gateway(), "address", "add", "198.18.255.254/16", "dev", PORT_IN);
        in(gateway(), "address", "add", "198.19.0.1/16", "dev", PORT_OUT);
        neighbour(PairNetwork.RESPONDER, PORT_OUT, SERVER_MAC);
        for (int i = 0; i < clients; i++) {
            neighbour(PairNetwork.INITIATOR + i, PORT_IN, CLIENT_MAC);
        }
    }

    /** The clients' namespace. */
    String client() {
        return prefix + "client";
    }

    /** The gateway's. */
    String gateway() {
        return prefix + "gateway";
    }

    /** The server's. */
    String server() {
        return prefix + "server";
    }

    /** Whom clients send to. */
    long towardsMac() {
        return direct ? SERVER_MAC : PORT_IN_MAC;
    }

    /** Whom the server sends to. */
    long backMac() {
        return direct ? CLIENT_MAC : PORT_OUT_MAC;
    }

    /** Runs an action on the calling thread inside a namespace; whatever it throws comes out unchecked. */
    static <T> T within(final String namespace, final Callable<T> action) {
        try {
            return NetNs.within(namespace, action);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new BenchException("in netns=" + namespace + ": " + e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            Programs.attempt(List.of("ip", "netns", "del", made.pop()));
        }
    }

    private synchronized void make(final String name) {
        if (closed) {
            throw new DemoException("interrupted");
        }
        Programs.run(List.of("ip", "netns", "add", name));
        made.push(name);
    }

    private void neighbour(final int address, final String device, final long mac) {
        in(gateway(), "neigh", "add", (address >>> 24) + "." + (address >>> 16 & BYTE) + '.' + (address >>> 8 & BYTE) + '.' + (address & BYTE),
                "lladdr", mac(mac), "dev", device, "nud", "permanent");
    }

    private static void link(
            final String one, final String device, final long mac, final String other, final String peer, final long peerMac) {
        in(one, "link", "add", device, "address", mac(mac), "type", "veth", "peer", "name", peer, "address", mac(peerMac), "netns", other);
        in(one, "link", "set", device, "up");
        in(other, "link", "set", peer, "up");
    }

    private static void in(final String namespace, final String... arguments) {
        final List<String> all = new ArrayList<>(List.of("ip", "-n", namespace));
        all.addAll(Arrays.asList(arguments));
        Programs.run(all);
    }

    private static void sysctl(final String namespace, final String name, final String value) {
        within(namespace, () -> {
            try {
                Files.writeString(Path.of("/proc/sys", name), value);
            } catch (final IOException e) {
                // A kernel without IPv6 has none of its settings.
                if (!name.contains("ipv6")) {
                    throw e;
                }
            }
            return null;
        });
    }

    private static String mac(final long value) {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format("%02x", value >>> shift & BYTE)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }
}
