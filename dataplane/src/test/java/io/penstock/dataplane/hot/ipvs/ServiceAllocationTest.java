package io.penstock.dataplane.hot.ipvs;

import static io.penstock.dataplane.hot.ipvs.ServicePackets.INIT;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.ack;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.error;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.sctp;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.syn;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.synAck;
import static io.penstock.dataplane.hot.ipvs.ServicePackets.udp;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.CLIENT6;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP;
import static io.penstock.dataplane.hot.ipvs.ServiceRig.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets of virtual services allocate nothing, whatever becomes of them. */
final class ServiceAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Rounds that are measured at a time, and how often at the most: code that the JIT compiler has not compiled yet may allocate. */
    private static final int ROUNDS = 500;
    private static final int WINDOWS = 100;
    private static final long ROUND_NS = 20_000_000;
    private static final int SOURCE_PORT4 = Packets.IP + 20;
    private static final int SOURCE_PORT6 = Packets.IP + 40;

    private final ServiceRig rig = new ServiceRig();
    private final Batch batch = new Batch();

    @AfterEach
    void end() {
        rig.engine.assertBooks();
        rig.close();
    }

    private void assertAllocatesNothing(final Runnable round) {
        long least = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS && least >= ROUNDS; window++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                round.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        final long bytes = least;
        assertTrue(bytes < ROUNDS, () -> "less than a byte a round: bytes=" + bytes);
    }

    private Feed feed(final List<byte[]> packets, final boolean changesPorts) {
        final Feed feed = new Feed(packets, changesPorts);
        for (final Device device : rig.engine.devices) {
            rig.engine.lane.port(device, feed);
        }
        rig.engine.lane.local(feed);
        return feed;
    }

    private void round(final Feed feed, final int port) {
        rig.engine.nowNs += ROUND_NS;
        Arrays.fill(batch.inPort, port);
        batch.nowNs = rig.engine.nowNs;
        batch.count = feed.receive(batch, Batch.CAPACITY);
        rig.engine.lane.process(batch);
        rig.engine.lane.tend(rig.engine.nowNs);
    }

    private void server(final ServiceKey key, final boolean is4, final int port, final Forwarding method) throws ServiceProblem {
        for (int i = 1; i <= 3; i++) {
            rig.server(key, is4 ? "10.1.0." + i : "2001:db8:1::" + i, port, method);
        }
    }

    @Test
    void shouldAllocateNothingForPacketsOfConnections() throws ServiceProblem {
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final List<byte[]> fromClients = new ArrayList<>();
        final List<byte[]> fromServers = new ArrayList<>();
        for (final boolean is4 : new boolean[] {true, false}) {
            int port = 80;
            for (final Forwarding method : List.of(Forwarding.MASQUERADE, Forwarding.ROUTE, Forwarding.TUNNEL, Forwarding.FULL)) {
                final ServiceKey key = rig.add(ServiceRig.tcp(is4 ? VIP : VIP6, port), "rr", 0, port % 2 == 0 ? 300 : 0);
                rig.server(key, is4 ? "10.1.0.1" : "2001:db8:1::1", port, method);
                final String client = is4 ? CLIENT : CLIENT6;
                rig.fromClient(syn(client, 4000, is4 ? VIP : VIP6, port));
                fromClients.add(ack(client, 4000, is4 ? VIP : VIP6, port));
                if (method == Forwarding.MASQUERADE) {
                    fromServers.add(synAck(is4 ? "10.1.0.1" : "2001:db8:1::1", port, client, 4000));
                    fromServers.add(error(is4 ? "10.1.0.1" : "2001:db8:1::1", client, is4 ? 3 : 1, 1, 0,
                            rig.engine.ports[TestEngine.WAN].sent.getLast()));
                    fromClients.add(error(client, is4 ? VIP : VIP6, is4 ? 3 : 1, 1, 0, synAck(is4 ? VIP : VIP6, port, client, 4000)));
                }
                port++;
            }
        }
        final Feed clients = feed(fromClients, false);
        final Feed servers = new Feed(fromServers, false);
        final long before = rig.engine.counters().forwarded;
        assertAllocatesNothing(() -> {
            round(clients, TestEngine.LAN);
            round(servers, TestEngine.WAN);
        });
        assertEquals(clients.given + servers.given, rig.engine.counters().forwarded - before);
        assertEquals(0, rig.engine.counters().hookExceptions);
    }

    @Test
    void shouldAllocateNothingForNewConnections() throws ServiceProblem {
        rig.services.setSetting(ServiceRegistry.SOURCES, VIP + "," + VIP6);
        final List<byte[]> packets = new ArrayList<>();
        for (final boolean is4 : new boolean[] {true, false}) {
            final String client = is4 ? CLIENT : CLIENT6;
            final String vip = is4 ? VIP : VIP6;
            int port = 80;
            for (final Forwarding method : List.of(Forwarding.MASQUERADE, Forwarding.ROUTE, Forwarding.TUNNEL, Forwarding.FULL)) {
                for (final String scheduler : List.of("rr", "wlc", "sh", "mh", "lblcr", "twos", "maglev")) {
                    final ServiceKey key = rig.add(ServiceRig.tcp(vip, port), scheduler, 0, scheduler.equals("rr") ? 300 : 0);
                    server(key, is4, port, method);
                    packets.add(syn(client, 4000, vip, port));
                    port++;
                }
            }
            server(rig.add(ServiceRig.udp(vip, 53), "wrr", ServiceSpec.ONE_PACKET, 0), is4, 53, Forwarding.MASQUERADE);
            packets.add(udp(client, 4000, vip, 53));
            server(rig.add(ServiceRig.sctp(vip, 53), "nq"), is4, 53, Forwarding.MASQUERADE);
            packets.add(sctp(client, 4000, vip, 53, INIT));
        }
        final Feed feed = feed(packets, true);
        assertAllocatesNothing(() -> round(feed, TestEngine.LAN));
        assertEquals(feed.given, rig.engine.counters().forwarded);
        assertEquals(0, rig.engine.counters().hookExceptions);
        assertTrue(rig.services.total().connections() > ROUNDS, () -> rig.services.total().toString());
    }

    /** A port that is given the same packets again and again, each time from other source ports if so wanted, and takes all. */
    private final class Feed implements PortIo {

        private final byte[][] packets;
        private final boolean changesPorts;
        private final PortTally tally = new PortTally();
        private long given;
        private int next;
        private int port;

        private Feed(final List<byte[]> packets, final boolean changesPorts) {
            this.packets = packets.toArray(byte[][]::new);
            this.changesPorts = changesPorts;
        }

        @Override
        public int receive(final Batch b, final int max) {
            for (int slot = 0; slot < max; slot++) {
                final byte[] packet = packets[next];
                next = next + 1 == packets.length ? 0 : next + 1;
                if (changesPorts) {
                    port = next == 0 ? port + 1 : port;
                    final int at = packet[Packets.IP] >> 4 == 4 ? SOURCE_PORT4 : SOURCE_PORT6;
                    packet[at] = (byte) (0x40 | port >> 8 & 0x3F);
                    packet[at + 1] = (byte) port;
                }
                final long frame = rig.engine.frames.pop() + MemoryPortIo.HEADROOM;
                Regions.window(frame, packet.length);
                Memory.copyFromArray(packet, 0, frame, packet.length);
                b.frame[slot] = frame;
                b.length[slot] = packet.length;
            }
            given += max;
            return max;
        }

        @Override
        public int send(final TxQueue queue) {
            for (int i = 0; i < queue.count; i++) {
                rig.engine.frames.push(queue.frame[i]);
            }
            return queue.count;
        }

        @Override
        public PortTally tally() {
            return tally;
        }
    }
}
