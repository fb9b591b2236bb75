package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.netns.NetNs;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Three network namespaces in a row: generator, device under test, sink.
 *
 * <pre>
 *  gen  g0 ------------ d0  dut  d1 ------------ s0  sink
 *  flows from           198.18.255.254/16
 *  198.18.0.0 up                     198.19.0.1/24   198.19.0.2
 *  02:..:01             02:..:02     02:..:03        02:..:04
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Names start with {@code pw-} and this process's number, so that measurements do not meet.</li>
 *   <li>The device under test has a route and permanent neighbours for the sink, which is several servers, so that nothing is resolved while it
 *       is measured. IPv6 is off: nobody but the generator sends.</li>
 *   <li>Closing removes what was made, also when making it stopped half-way, and nothing is made after it; the devices go with
 *       their namespaces.</li>
 * </ol>
 *
 * <p>Source: ip-netns(8); the addresses are the benchmarking networks of RFC 2544, appendix C.2.2. Threads: {@link #close}
 * from any.
 */
final class WireNetwork implements AutoCloseable {

    static final String GENERATOR_DEVICE = "g0";
    static final String PORT_IN = "d0";
    static final String PORT_OUT = "d1";
    static final String SINK_DEVICE = "s0";

    static final long GENERATOR_MAC = 0x0200_0000_0001L;
    static final long PORT_IN_MAC = 0x0200_0000_0002L;
    static final long PORT_OUT_MAC = 0x0200_0000_0003L;
    static final long SINK_MAC = 0x0200_0000_0004L;

    /** Of the virtual service that the device under test may have, and of its servers: the generator's usual one. */
    static final int SERVICE_PORT = 9000;

    /** The first flow's; 16,384 addresses hold the largest number of flows. */
    private static final byte[] FIRST_SOURCE = {(byte) 198, 18, 0, 1};
    private static final byte[] SINK_ADDRESS = {(byte) 198, 19, 0, 2};
    private static final byte[] PORT_IN_ADDRESS = {(byte) 198, 18, (byte) 255, (byte) 254};

    /** The field of a line of /proc/net/dev: bytes packets errs drop fifo frame compressed multicast, then the same for sending. */
    private static final int RX_DROPPED = 3;
    static final int TX_DROPPED = 11;

    private final String prefix;
    private final Deque<String> made = new ArrayDeque<>();
    private boolean closed;

    /** Nothing yet; {@code device} tells networks of one process apart. */
    WireNetwork(final String device) {
        this.prefix = "pw-" + ProcessHandle.current().pid() + '-' + device + '-';
    }

    /**
     * Makes namespaces, links, addresses, routes and neighbours.
     *
     * @param toAnywhere whether the sink is a router to all other networks, for captures
     */
    void build(final boolean toAnywhere) {
        for (final String name : List.of(generator(), dut(), sink())) {
            make(name);
            sysctl(name, Map.of("net/ipv6/conf/all/disable_ipv6", "1", "net/ipv6/conf/default/disable_ipv6", "1"));
            in(name, "link", "set", "lo", "up");
        }
        sysctl(dut(), Map.of("net/ipv4/ip_forward", "1", "net/ipv4/conf/all/rp_filter", "0",
                "net/ipv4/conf/default/rp_filter", "0"));
        link(generator(), GENERATOR_DEVICE, GENERATOR_MAC, PORT_IN, PORT_IN_MAC);
        link(sink(), SINK_DEVICE, SINK_MAC, PORT_OUT, PORT_OUT_MAC);
        in(dut(), "address", "add", "198.18.255.254/16", "dev", PORT_IN);
        in(dut(), "address", "add", "198.19.0.1/24", "dev", PORT_OUT);
        WireTracking.servers().forEach(server ->
                in(dut(), "neigh", "add", server, "lladdr", mac(SINK_MAC), "dev", PORT_OUT, "nud", "permanent"));
        if (toAnywhere) {
            // Some ask a gateway for its address whatever is known of it.
            in(sink(), "address", "add", "198.19.0.2/24", "dev", SINK_DEVICE);
            in(dut(), "route", "add", "default", "via", "198.19.0.2", "dev", PORT_OUT);
        }
    }

    /**
     * Frames so far that the device under test had sent and that the sink's ring had no room for: dropped by the device's end of
     * the link as it sent, or by the sink's as it received. What the sink itself takes off the wire is not among them.
     */
    long sinkDrops() {
        return within(dut(), () -> dropped(PORT_OUT, TX_DROPPED)) + within(sink(), () -> dropped(SINK_DEVICE, RX_DROPPED));
    }

    // Of the calling thread's namespace. Source: proc_pid_net(5), dev.
    private static long dropped(final String device, final int field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/net/dev"))) {
            return dropped(lines.toList(), device, field);
        }
    }

    /** From the lines of /proc/net/dev. */
    static long dropped(final List<String> lines, final String device, final int field) {
        return lines.stream().map(String::strip).filter(line -> line.startsWith(device + ':'))
                .mapToLong(line -> Long.parseLong(line.substring(device.length() + 1).strip().split(" +")[field])).sum();
    }

    /** The generator's namespace. */
    String generator() {
        return prefix + "gen";
    }

    /** The namespace of the device under test. */
    String dut() {
        return prefix + "dut";
    }

    /** The sink's namespace. */
    String sink() {
        return prefix + "sink";
    }

    static byte[] firstSource() {
        return FIRST_SOURCE.clone();
    }

    static byte[] sinkAddress() {
        return SINK_ADDRESS.clone();
    }

    static byte[] portInAddress() {
        return PORT_IN_ADDRESS.clone();
    }

    /** A server's, from 0: the first one is {@link #sinkAddress}. */
    static byte[] serverAddress(final int number) {
        final byte[] address = sinkAddress();
        address[address.length - 1] += (byte) number;
        return address;
    }

    /** As {@code ip} writes it. */
    static String mac(final long value) {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format("%02x", value >>> shift & 0xFF)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
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

    private void link(final String end, final String device, final long mac, final String port, final long portMac) {
        in(end, "link", "add", device, "address", mac(mac), "type", "veth",
                "peer", "name", port, "address", mac(portMac), "netns", dut());
        in(end, "link", "set", device, "up");
        in(dut(), "link", "set", port, "up");
    }

    private static void in(final String namespace, final String... arguments) {
        final String[] all = new String[arguments.length + 3];
        all[0] = "ip";
        all[1] = "-n";
        all[2] = namespace;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        Programs.run(List.of(all));
    }

    private static void sysctl(final String namespace, final Map<String, String> values) {
        within(namespace, () -> {
            for (final Map.Entry<String, String> value : values.entrySet()) {
                try {
                    Files.writeString(Path.of("/proc/sys", value.getKey()), value.getValue());
                } catch (final IOException e) {
                    // A kernel without IPv6 has none of its settings.
                    if (!value.getKey().contains("ipv6")) {
                        throw e;
                    }
                }
            }
            return null;
        });
    }
}
