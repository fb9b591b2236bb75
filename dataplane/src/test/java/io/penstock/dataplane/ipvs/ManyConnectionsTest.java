package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.ipvs.ServiceRig;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.netlink.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of all connections, where there are many of them. */
final class ManyConnectionsTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CLIENTS = 2;
    private static final int FIRST_PORT = 2000;
    private static final int OF_CLIENT = 50_000;
    private static final int OF_IPV6 = 5000;
    private static final int CLOSED = 20_000;
    private static final long SLICE_NS = 1_100_000;
    private static final long PATIENCE_SECONDS = 20;
    /** How many bytes are printed between two commands of somebody else. */
    private static final int OFTEN = 500_000;

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private void pass(final int port, final int count, final IntFunction<byte[]> packet) {
        for (int from = 0; from < count; from += Batch.CAPACITY) {
            final byte[][] packets = new byte[Math.min(Batch.CAPACITY, count - from)][];
            for (int i = 0; i < packets.length; i++) {
                packets[i] = packet.apply(from + i);
            }
            rig.engine.receive(port, packets);
            rig.engine.ports[TestEngine.LAN].sent.clear();
            rig.engine.ports[TestEngine.WAN].sent.clear();
            rig.engine.nowNs += SLICE_NS;
            rig.engine.boundary();
        }
    }

    /** Standard output: what is written there holds nobody up. */
    private final class Output extends ByteArrayOutputStream {

        private final ExecutorService others;
        private final ServiceKey key;
        private int made;

        private Output(final ExecutorService others, final ServiceKey key) {
            this.others = others;
            this.key = key;
        }

        @Override
        public synchronized void write(final byte[] bytes, final int offset, final int length) {
            super.write(bytes, offset, length);
            assertFalse(Thread.holdsLock(rig.services), "the services wait for who reads");
            if (size() > (made + 1) * OFTEN) {
                made++;
                try {
                    others.submit(() -> rig.server(key, "10.1.1." + made, 53, Forwarding.MASQUERADE)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (final Exception e) {
                    throw new IllegalStateException("another command does not come to the services", e);
                }
            }
        }
    }

    @Test
    void shouldListAllWhileOthersComeToTheServices() throws ServiceProblem {
        final ServiceKey dns = rig.add(ServiceRig.udp(ServiceRig.VIP, 53), "rr");
        rig.server(dns, "10.1.0.1", 5353, Forwarding.MASQUERADE);
        final ServiceKey dns6 = rig.add(ServiceRig.udp(ServiceRig.VIP6, 53), "rr");
        rig.server(dns6, "2001:db8:1::5", 5353, Forwarding.MASQUERADE);
        final Set<String> expected = new HashSet<>();
        for (int client = 1; client <= CLIENTS; client++) {
            final String address = "10.0.0." + client;
            pass(TestEngine.LAN, OF_CLIENT, i -> FlowPackets.udp(address, FIRST_PORT + i, ServiceRig.VIP, 53, 9));
            for (int i = 0; i < OF_CLIENT; i++) {
                expected.add("UDP UDP " + address + ':' + (FIRST_PORT + i) + " 10.0.0.254:53 10.1.0.1:5353");
            }
        }
        pass(TestEngine.LAN, OF_IPV6, i -> FlowPackets.udp(ServiceRig.CLIENT6, FIRST_PORT + i, ServiceRig.VIP6, 53, 9));
        for (int i = 0; i < OF_IPV6; i++) {
            expected.add("UDP UDP [2001:db8::1]:" + (FIRST_PORT + i) + " [2001:db8::fe]:53 [2001:db8:1::5]:5353");
        }
        final String text;
        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            final Output output = new Output(others, dns);
            final PrintStream out = new PrintStream(output, false, StandardCharsets.ISO_8859_1);
            assertEquals(0, new IpvsadmCommand(rig.services).run(List.of("-L", "-n", "-c"), InputStream.nullInputStream(), out, out));
            assertTrue(output.made > 10, () -> "made=" + output.made);
            assertEquals(output.made + 1, rig.services.service(dns).orElseThrow().servers().size());
            text = output.toString(StandardCharsets.ISO_8859_1);
        }
        final List<String> lines = text.lines().skip(2)
                .map(line -> line.replaceFirst("^(\\w+) +\\d+:\\d\\d +", "$1 ").replaceAll(" +", " ")).toList();
        assertEquals(expected.size(), lines.size());
        assertEquals(expected, new HashSet<>(lines));
    }

    @Test
    void shouldCountWhatIsClosedWithoutAnObjectForEach() throws ServiceProblem {
        final ServiceKey web = rig.add(ServiceRig.tcp(ServiceRig.VIP, 80), "rr");
        final ServerOfService one = new ServerOfService(web, rig.server(web, "10.1.0.1", 80, Forwarding.MASQUERADE));
        pass(TestEngine.LAN, CLOSED, this::syn);
        final ServerOfService two = new ServerOfService(web, rig.server(web, "10.1.0.2", 80, Forwarding.MASQUERADE));
        final ServerOfService absent = new ServerOfService(web, new ServerKey(IpAddress.parse("10.1.0.3"), 80));
        assertEquals(List.of(0L, 0L, 0L), closed(one, two, absent));
        pass(TestEngine.WAN, CLOSED, i -> FlowPackets.tcp("10.1.0.1", 80, ServiceRig.CLIENT, FIRST_PORT + i, FlowPackets.RST, 1, 1));
        pass(TestEngine.LAN, 10, i -> syn(CLOSED + i));
        assertEquals(List.of((long) CLOSED, 0L, 0L), closed(one, two, absent));
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            closed(one);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        final long bytes = least;
        assertTrue(bytes < 4 * CLOSED, () -> "bytes=" + bytes);
        rig.pass(30);
        assertEquals(List.of(0L, 0L), closed(one, two));
    }

    @Test
    void shouldCountWhatIsClosedOfAMarksService() throws ServiceProblem {
        rig.rule("-t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 5");
        final ServiceKey mark = rig.add(ServiceKey.ofMark(IpAddress.V4, 5), "rr");
        final ServerOfService one = new ServerOfService(mark, rig.server(mark, "10.1.0.1", 0, Forwarding.MASQUERADE));
        pass(TestEngine.LAN, 2, this::syn);
        assertEquals(List.of(0L), closed(one));
        pass(TestEngine.WAN, 1, i -> FlowPackets.tcp("10.1.0.1", 80, ServiceRig.CLIENT, FIRST_PORT + i, FlowPackets.RST, 1, 1));
        assertEquals(List.of(1L), closed(one));
    }

    private byte[] syn(final int number) {
        return FlowPackets.tcp(ServiceRig.CLIENT, FIRST_PORT + number, ServiceRig.VIP, 80, FlowPackets.SYN, 1, 0);
    }

    private List<Long> closed(final ServerOfService... servers) {
        final Map<ServerOfService, long[]> counts = new HashMap<>();
        for (final ServerOfService server : servers) {
            counts.put(server, new long[1]);
        }
        long next = 0;
        do {
            next = rig.services.closed(next, counts);
        } while (next != 0);
        return List.of(servers).stream().map(server -> counts.get(server)[0]).toList();
    }
}
