package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.testkit.Allocation;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class NatConesTest {

    private static final int ROUNDS = 2_000;
    private static final String CLIENT = "10.0.0.2";
    private static final int OUTSIDE = 9;
    private static final int FIRST_PORT = 2000;
    private static final int PORTS = 12;
    private static final int CLIENTS = 8;
    private static final int CHANGES = 60_000;
    private static final NatRange ANY_PORT = range(NatRange.RANDOM, 0, 0);

    @Test
    void shouldForgetWhenTheConnectionIsNeverConfirmed() {
        try (NatBox box = new NatBox()) {
            final NatRange one = range(NatRange.MAP_PORTS, 5000, 5000);
            final long first = begin(box, CLIENT, 1000, "8.8.8.8");
            assertTrue(box.nat.setup(first, one, true));
            final long second = begin(box, CLIENT, 1001, "8.8.4.4");
            assertFalse(box.nat.setup(second, one, true));
            box.worker(true).free(first);
            assertTrue(box.nat.setup(second, one, true));
            assertEquals(5000, port(second));
            final long third = inbound(box, 5000);
            assertTrue(box.nat.setupFromCone(third));
            assertEquals("10.0.0.2 7.7.7.7 1001 53", NatBox.text(third, ConnDirection.REPLY));
        }
    }

    @Test
    void shouldLiveWhileAnyOfItsConnectionsLives() {
        try (NatBox box = new NatBox()) {
            final long[] entries = new long[40];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = begin(box, CLIENT, 1000, "8.8.8." + i);
                assertTrue(box.nat.setup(entries[i], ANY_PORT, true) && box.confirm(entries[i]));
                assertEquals(port(entries[0]), port(entries[i]));
            }
            final int port = port(entries[0]);
            for (int i = 0; i < entries.length; i++) {
                final long stranger = inbound(box, port);
                assertTrue(box.nat.setupFromCone(stranger));
                box.worker(true).free(stranger);
                // The oldest, the newest, the oldest but one and so on.
                box.worker(true).kill(entries[i % 2 == 0 ? i / 2 : entries.length - 1 - i / 2]);
                box.boundary();
            }
            assertFalse(box.nat.setupFromCone(inbound(box, port)));
        }
    }

    @Test
    void shouldHaveOneForEachPortProtocolAndZone() {
        try (NatBox box = new NatBox()) {
            final long first = cone(box, CLIENT, 1000);
            assertNotEquals(port(first), port(cone(box, CLIENT, 1001)));
            assertNotEquals(port(first), port(cone(box, "10.0.0.3", 1000)));
            assertEquals(port(first), port(cone(box, CLIENT, 1000)));
            final long other = box.begin(true, IpProtocol.UDPLITE, TestAddress.parse(CLIENT), TestAddress.parse("8.8.8.8"),
                    ConnLayout.keys(1000, 53));
            assertTrue(box.nat.setup(other, range(0, 0, 0), true));
            assertEquals(1000, port(other));
            assertFalse(box.nat.setupFromCone(other));
            box.originalZone = 1;
            assertNotEquals(port(first), port(cone(box, CLIENT, 1000)));
            assertFalse(box.nat.setupFromCone(inbound(box, port(first))));
            box.originalZone = 0;
            assertTrue(box.nat.setupFromCone(inbound(box, port(first))));
        }
    }

    @Test
    void shouldNotSettleWhatIsSettled() {
        try (NatBox box = new NatBox()) {
            final int port = port(cone(box, CLIENT, 1000));
            final long stranger = inbound(box, port);
            assertTrue(box.nat.setupNull(stranger, false));
            assertFalse(box.nat.setupFromCone(stranger));
            assertEquals("192.0.2.1 7.7.7.7 " + port + " 53", NatBox.text(stranger, ConnDirection.REPLY));
        }
    }

    @Test
    void shouldRefuseWhenAnotherConnectionHasTheTuple() {
        try (NatBox box = new NatBox()) {
            final long plain = begin(box, "10.0.0.3", 4000, "8.8.4.4");
            assertTrue(box.nat.setup(plain, new NatRange(NatRange.MAP_ADDRESSES, 0, 0xC000_0201L, 0, 0xC000_0201L, 0, 0, 0), true));
            assertTrue(box.confirm(plain));
            final long first = begin(box, CLIENT, 4000, "8.8.8.8");
            assertTrue(box.nat.setup(first, range(0, 0, 0), true));
            assertEquals(4000, port(first));
            assertFalse(box.nat.setup(begin(box, CLIENT, 4000, "8.8.4.4"), range(0, 0, 0), true));
        }
    }

    @Test
    void shouldFindWhatWasThereWhenTheLimitChanges() {
        try (NatBox box = new NatBox()) {
            final int[] ports = new int[64];
            final long[] entries = new long[ports.length];
            for (int i = 0; i < ports.length; i++) {
                box.limit().setMax(i % 3 == 0 ? NatBox.ENTRIES : 64 << i % 3);
                entries[i] = begin(box, CLIENT, 1000 + i, "8.8.8.8");
                assertTrue(box.nat.setup(entries[i], ANY_PORT, true));
                ports[i] = port(entries[i]);
            }
            box.limit().setMax(NatBox.ENTRIES);
            for (int i = 0; i < ports.length; i++) {
                final long stranger = inbound(box, ports[i]);
                assertTrue(box.nat.setupFromCone(stranger));
                assertEquals(1000 + i, ConnLayout.sourceKey(ConnLayout.keysOf(stranger, ConnDirection.REPLY)));
                box.worker(true).free(stranger);
                box.worker(true).free(entries[i]);
                assertFalse(box.nat.setupFromCone(inbound(box, ports[i])));
            }
        }
    }

    @Test
    void shouldNotTouchTheHeapWhenConesComeAndGo() {
        final long[] source = TestAddress.parse(CLIENT);
        final long[] destination = TestAddress.parse("8.8.8.8");
        final long[] outside = TestAddress.parse("192.0.2.1");
        try (NatBox box = new NatBox()) {
            final int[] port = {0};
            Allocation.atMost(ROUNDS - 1, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    box.boundary();
                    final long entry = box.begin(true, IpProtocol.UDP, source, destination, ConnLayout.keys(++port[0] & 0xFFFF, 53));
                    assertTrue(box.nat.setup(entry, ANY_PORT, true) && box.confirm(entry));
                    final long back = box.begin(true, IpProtocol.UDP, destination, outside, ConnLayout.keys(54, port(entry)));
                    assertTrue(box.nat.setupFromCone(back));
                    box.worker(true).free(back);
                    if (i % 40 != 0) {
                        box.worker(true).kill(entry);
                    }
                }
            });
        }
    }

    /** A source has one port, and a port one source, at every moment, whatever two workers do. */
    @Test
    @Timeout(60)
    void shouldBeOneAtATimeWhenTwoWorkersComeAndGo() throws Exception {
        final ConnLimit limit = new ConnLimit(0, 2);
        // More than begin, so that none is dropped early when a worker is not at a boundary for long.
        final ConnTable table4 = new ConnTable(ConnLayout.FAMILY_IPV4, 4 * CHANGES, limit, 1, 2, 2);
        final ConnTable table6 = new ConnTable(ConnLayout.FAMILY_IPV6, 16, limit, 1, 2, 2);
        final Holders holders = new Holders();
        final ExecutorService threads = Executors.newFixedThreadPool(2);
        try (NatSources sources4 = new NatSources(table4, 4 * CHANGES, 3, 4); NatSources sources6 = new NatSources(table6, 16, 3, 4)) {
            final Future<?>[] runs = new Future<?>[2];
            for (int w = 0; w < 2; w++) {
                final int number = w;
                final NatWorker nat = new NatWorker(sources4, sources6, w, w);
                runs[w] = threads.submit((Callable<Void>) () -> {
                    comeAndGo(table4.worker(number), nat, holders, new SplittableRandom(number));
                    return null;
                });
            }
            for (final Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdown();
            assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
            table4.close();
            table6.close();
            limit.close();
        }
    }

    private static void comeAndGo(final TableWorker worker, final NatWorker nat, final Holders holders, final SplittableRandom random) {
        final NatRange range = new NatRange(NatRange.FULL_CONE | NatRange.MAP_PORTS, 0, 0, 0, 0, FIRST_PORT, FIRST_PORT + PORTS - 1, 0);
        final long[] entries = new long[8];
        int settled = 0;
        int entered = 0;
        for (int round = 0; round < CHANGES; round++) {
            worker.boundary(round);
            final int at = random.nextInt(entries.length);
            if (entries[at] != 0) {
                holders.leave(entries[at]);
                worker.kill(entries[at]);
                entries[at] = 0;
                continue;
            }
            final boolean back = random.nextInt(4) == 0;
            final int client = 1 + random.nextInt(CLIENTS);
            final int server = random.nextInt();
            final int from = back ? server : client;
            final int to = back ? OUTSIDE : server;
            final int keys = back ? ConnLayout.keys(53, FIRST_PORT + random.nextInt(PORTS)) : ConnLayout.keys(client, 53);
            final long entry = worker.allocate(worker.hash4(from, to, keys, IpProtocol.UDP, 0));
            ConnLayout.setProtocol(entry, IpProtocol.UDP);
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, from, to, keys);
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, to, from, Integer.rotateLeft(keys, 16));
            Deadline.setLength(entry, Deadline.SECOND_NS);
            final boolean done = back ? nat.setupFromCone(entry) : nat.setupTo(entry, range, 0, OUTSIDE, true);
            if (done) {
                holders.enter(entry);
                settled += back ? 0 : 1;
                entered += back ? 1 : 0;
            }
            if (done && worker.confirm(entry) == ConfirmResult.CONFIRMED) {
                entries[at] = entry;
            } else {
                if (done) {
                    holders.leave(entry);
                }
                worker.free(entry);
            }
        }
        for (final long entry : entries) {
            if (entry != 0) {
                holders.leave(entry);
                worker.kill(entry);
            }
        }
        worker.away();
        assertTrue(settled > 5_000 && entered > 100, "settled=" + settled + " entered=" + entered);
    }

    /** Which client has a port, and which port a client, by connections that say so. */
    private static final class Holders {

        private static final int COUNT_BITS = 16;

        private final AtomicIntegerArray clients = new AtomicIntegerArray(PORTS);
        private final AtomicIntegerArray ports = new AtomicIntegerArray(CLIENTS + 1);

        void enter(final long entry) {
            final int client = client(entry);
            final int port = portOf(entry);
            assertEquals(client, 1 + add(clients, port - FIRST_PORT, client - 1), "port " + port);
            assertEquals(port, FIRST_PORT + add(ports, client, port - FIRST_PORT), "client " + client);
        }

        void leave(final long entry) {
            clients.decrementAndGet(portOf(entry) - FIRST_PORT);
            ports.decrementAndGet(client(entry));
        }

        private static int add(final AtomicIntegerArray array, final int index, final int value) {
            return array.updateAndGet(index, seen -> (seen & (1 << COUNT_BITS) - 1) == 0 ? value << COUNT_BITS | 1 : seen + 1) >>> COUNT_BITS;
        }

        private static boolean isBack(final long entry) {
            return ConnLayout.destination4(entry, ConnDirection.ORIGINAL) == OUTSIDE;
        }

        private static int client(final long entry) {
            return isBack(entry) ? ConnLayout.source4(entry, ConnDirection.REPLY) : ConnLayout.source4(entry, ConnDirection.ORIGINAL);
        }

        private static int portOf(final long entry) {
            return ConnLayout.destinationKey(ConnLayout.keysOf(entry, isBack(entry) ? ConnDirection.ORIGINAL : ConnDirection.REPLY));
        }
    }

    private static NatRange range(final int flags, final int least, final int most) {
        return new NatRange(NatRange.FULL_CONE | NatRange.MAP_ADDRESSES | flags, 0, 0xC000_0201L, 0, 0xC000_0201L, least, most, 0);
    }

    private static long begin(final NatBox box, final String source, final int port, final String destination) {
        return box.begin(true, IpProtocol.UDP, TestAddress.parse(source), TestAddress.parse(destination), ConnLayout.keys(port, 53));
    }

    private static long cone(final NatBox box, final String source, final int port) {
        final long entry = begin(box, source, port, "8.8.8.8");
        assertTrue(box.nat.setup(entry, ANY_PORT, true));
        return entry;
    }

    private static long inbound(final NatBox box, final int port) {
        return box.begin(true, IpProtocol.UDP, TestAddress.parse("7.7.7.7"), TestAddress.parse("192.0.2.1"), ConnLayout.keys(53, port));
    }

    private static int port(final long entry) {
        return ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.REPLY));
    }
}
