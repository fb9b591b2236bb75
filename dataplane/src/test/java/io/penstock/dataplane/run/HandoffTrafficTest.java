package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two workers and a port with one queue: what the second worker receives elsewhere reaches it through a hand-off. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class HandoffTrafficTest {

    /** Generic XDP on veth sees what was sent by queue n on queue n - 1: with two, the second would get nothing. */
    private static final int SERVER_QUEUES = 3;

    private static final int FLOWS = 16;
    private static final int ROUNDS = 100;
    private static final int PACKETS = FLOWS * ROUNDS;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = PortConfig.Attach.class, names = {"NATIVE", "GENERIC"})
    void shouldArriveWhenThePortHasFewerQueuesThanThereAreWorkers(final PortConfig.Attach attach) throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, SERVER_QUEUES)) {
            router.kernelForwards(true).start(twoWorkers(attach));
            final String note = "port d0 has fewer queues than there are workers: the others' packets cross to it with a copy "
                    + "(handed_off): device=d0 queues=1 workers=2";
            assertTrue(router.messages().contains(note), router.messages());
            router.ping(router.client, TestRouter.SERVER);
            exchange(router);
            // Each worker shows its counts within a millisecond of its own.
            final CounterSnapshot stat = router.stat(now -> now.sum(WorkerCounter.FORWARDED) >= 2 * (PACKETS + 20)
                    && now.sum(WorkerCounter.PACKETS) >= 2 * (PACKETS + 20)
                    && now.sum(WorkerCounter.HANDED_OFF) == now.sum(WorkerCounter.HANDED_IN));
            assertEquals(2 * (PACKETS + 20), stat.sum(WorkerCounter.FORWARDED));
            assertEquals(0, stat.unaccounted());
            assertEquals(0, stat.dropped().size(), stat.dropped().toString());
            final CounterSnapshot.Worker second = stat.workers().get(1);
            assertTrue(second.get(WorkerCounter.PACKETS) > 0, "no flow was received by the second worker");
            assertEquals(second.get(WorkerCounter.PACKETS), second.get(WorkerCounter.HANDED_OFF));
            assertEquals(0, second.get(WorkerCounter.FORWARDED));
            assertEquals(second.get(WorkerCounter.HANDED_OFF), stat.workers().getFirst().get(WorkerCounter.HANDED_IN));
            assertEquals(second.get(WorkerCounter.HANDED_OFF), stat.ports().getFirst().get(PortCounter.HANDED_OFF));
            assertEquals(PACKETS + 20, stat.ports().getFirst().get(PortCounter.TX_PACKETS));
        }
    }

    @ParameterizedTest
    @EnumSource(value = PortConfig.Attach.class, names = {"NATIVE", "PACKET"})
    void shouldServeAllByOneWorkerWhenEveryPortHasOneQueue(final PortConfig.Attach attach) throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(attach != PortConfig.Attach.PACKET).start(twoWorkers(attach));
            assertTrue(router.messages().contains("the worker on CPU " + cpus().getLast() + " receives nothing: no port has "
                    + "more than 1 queue; give workers: { cpus: } fewer CPUs or a device more queues"), router.messages());
            router.ping(router.client, TestRouter.SERVER);
            final CounterSnapshot stat = router.stat(now -> now.sum(WorkerCounter.FORWARDED) >= 40);
            assertEquals(0, stat.unaccounted());
            assertEquals(0, stat.sum(WorkerCounter.HANDED_OFF));
        }
    }

    /** Every flow's datagram to the client, then the client's answers, so often; each must arrive once. */
    private static void exchange(final TestRouter router) throws Exception {
        final List<DatagramChannel> all = new ArrayList<>();
        try {
            final DatagramChannel client = open(router.client, TestRouter.CLIENT, all);
            final List<DatagramChannel> flows = new ArrayList<>();
            for (int i = 0; i < FLOWS; i++) {
                flows.add(open(router.server, TestRouter.SERVER, all));
            }
            final ByteBuffer bytes = ByteBuffer.allocateDirect(1400);
            for (int round = 0; round < ROUNDS; round++) {
                for (int flow = 0; flow < FLOWS; flow++) {
                    bytes.clear().limit(8 + (round * FLOWS + flow) % 1392).putInt(0, round).putInt(4, flow);
                    flows.get(flow).send(bytes, client.getLocalAddress());
                }
                int seen = 0;
                for (int i = 0; i < FLOWS; i++) {
                    final InetSocketAddress from = receive(client, bytes, round);
                    seen |= 1 << bytes.getInt(4);
                    client.send(bytes, from);
                }
                assertEquals((1 << FLOWS) - 1, seen, "flows that arrived in round " + round);
                for (int flow = 0; flow < FLOWS; flow++) {
                    receive(flows.get(flow), bytes, round);
                    assertEquals(flow, bytes.getInt(4));
                }
            }
        } finally {
            for (final DatagramChannel channel : all) {
                channel.close();
            }
        }
    }

    private static InetSocketAddress receive(final DatagramChannel channel, final ByteBuffer bytes, final int round)
            throws IOException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        bytes.clear();
        InetSocketAddress from = (InetSocketAddress) channel.receive(bytes);
        while (from == null) {
            assertTrue(System.nanoTime() - deadline < 0, "nothing arrived in round " + round);
            LockSupport.parkNanos(20_000);
            from = (InetSocketAddress) channel.receive(bytes);
        }
        bytes.flip();
        assertEquals(round, bytes.getInt(0));
        assertEquals(8 + (round * FLOWS + bytes.getInt(4)) % 1392, bytes.limit());
        return from;
    }

    private static DatagramChannel open(final TestNetNs in, final String address, final List<DatagramChannel> all)
            throws Exception {
        return NetNs.within(in.name(), () -> {
            final DatagramChannel channel = DatagramChannel.open();
            all.add(channel);
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(address, 0));
            return channel;
        });
    }

    private static Configuration twoWorkers(final PortConfig.Attach attach) {
        Assumptions.assumeTrue(cpus().size() == 2, "lacking: two CPUs");
        return DataPlaneTest.configuration(attach, cpus());
    }

    private static List<Integer> cpus() {
        return CpuAffinity.current().stream().limit(2).boxed().toList();
    }
}
