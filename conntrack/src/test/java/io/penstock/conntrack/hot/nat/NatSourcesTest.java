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
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of a source's last connections. */
final class NatSourcesTest {

    private static final String CLIENT = "10.0.0.2";
    /** A source is one of many ports of this address: whoever has none of the range's addresses yet gets one by the destination. */
    private static final NatRule MANY = NatRule.parse("rule src 1 1 192.0.2.1 192.0.2.200 0 0 0");
    private static final NatRule ANY_PORT = NatRule.parse("rule src 1 5 192.0.2.1 192.0.2.1 0 0 0");

    @Test
    void shouldFindTheLastSourceWhenAClientSpeaksToAnotherServer() {
        try (NatBox box = new NatBox()) {
            final int port = port(begin(box, ANY_PORT, CLIENT, 1000, "8.8.8.8"));
            final int last = port(begin(box, ANY_PORT, CLIENT, 1000, "8.8.4.4"));
            assertNotEquals(port, last);
            assertEquals(last, port(begin(box, MANY, CLIENT, 1000, "9.9.9.9")));
        }
    }

    @Test
    void shouldNotFindWhatIsOfAnotherPortProtocolOrZone() {
        try (NatBox box = new NatBox()) {
            final long entry = begin(box, ANY_PORT, CLIENT, 1000, "8.8.8.8");
            final NatTuple wanted = wanted(entry);
            assertTrue(finds(box, wanted, 0));
            assertFalse(finds(box, wanted, 1));
            wanted.sourceKey++;
            assertFalse(finds(box, wanted, 0));
            wanted.sourceKey--;
            wanted.protocol = IpProtocol.TCP;
            assertFalse(finds(box, wanted, 0));
        }
    }

    @Test
    void shouldForgetWhenTheConnectionEnds() {
        try (NatBox box = new NatBox()) {
            final long entry = begin(box, ANY_PORT, CLIENT, 1000, "8.8.8.8");
            final NatTuple wanted = wanted(entry);
            box.worker(true).kill(entry);
            assertFalse(finds(box, wanted, 0));
        }
    }

    @Test
    void shouldForgetWhenTheConnectionIsNeverConfirmed() {
        try (NatBox box = new NatBox()) {
            final long entry = unconfirmed(box, ANY_PORT, CLIENT, 1000, "8.8.8.8");
            final NatTuple wanted = wanted(entry);
            assertTrue(finds(box, wanted, 0));
            box.worker(true).free(entry);
            assertFalse(finds(box, wanted, 0));
        }
    }

    @Test
    void shouldRememberTheOldestWhenASourceHasManyConnections() {
        try (NatBox box = new NatBox()) {
            final long first = begin(box, ANY_PORT, CLIENT, 1000, "8.8.8.8");
            final long[] others = new long[50];
            for (int i = 0; i < others.length; i++) {
                others[i] = begin(box, ANY_PORT, CLIENT, 1000, "9.9.9." + (i + 1));
                final long next = unconfirmed(box, MANY, CLIENT, 1000, "7.7.7.7");
                assertEquals(port(others[i]), port(next));
                box.worker(true).free(next);
                box.boundary();
            }
            for (final long other : others) {
                box.worker(true).kill(other);
            }
            box.boundary();
            final NatTuple found = new NatTuple();
            final NatBounds bounds = new NatBounds();
            bounds.set(ANY_PORT.range());
            assertTrue(box.sources4.find(wanted(first), 0, bounds, 0, found));
            assertEquals(port(first), found.sourceKey);
        }
    }

    @Test
    void shouldBeHarmlessWhenASlotOutlivesItsConnection() {
        try (NatBox box = new NatBox()) {
            final long entry = begin(box, ANY_PORT, CLIENT, 1000, "8.8.8.8");
            final NatTuple wanted = wanted(entry);
            box.worker(true).setListener(null);
            box.worker(true).kill(entry);
            assertFalse(finds(box, wanted, 0));
            box.boundary();
            final long next = begin(box, ANY_PORT, "10.0.0.3", 2000, "8.8.8.8");
            assertEquals(entry, next);
            assertFalse(finds(box, wanted, 0));
            assertTrue(finds(box, wanted(next), 0));
        }
    }

    @Test
    void shouldFindWhatWasThereWhenTheLimitChanges() {
        try (NatBox box = new NatBox()) {
            final long[] entries = new long[200];
            for (int i = 0; i < entries.length; i++) {
                box.limit().setMax(new int[] {500, 0, 4000, 1500}[i & 3]);
                entries[i] = begin(box, ANY_PORT, "10.0.0." + i, 1000, "8.8.8.8");
            }
            for (final long entry : entries) {
                assertTrue(finds(box, wanted(entry), 0));
                final NatTuple wanted = wanted(entry);
                box.worker(true).kill(entry);
                assertFalse(finds(box, wanted, 0));
            }
        }
    }

    @Test
    @Timeout(60)
    void shouldFindWhatIsRightOrNothingWhenTwoWorkersComeAndGo() throws Exception {
        final ConnLimit limit = new ConnLimit(0, 2);
        final ConnTable table4 = new ConnTable(ConnLayout.FAMILY_IPV4, 1024, limit, 1, 2, 2);
        final ConnTable table6 = new ConnTable(ConnLayout.FAMILY_IPV6, 16, limit, 1, 2, 2);
        final ExecutorService threads = Executors.newFixedThreadPool(2);
        try (NatSources sources4 = new NatSources(table4, 1024, 3, 4); NatSources sources6 = new NatSources(table6, 16, 3, 4)) {
            final Future<?>[] runs = new Future<?>[2];
            for (int w = 0; w < 2; w++) {
                final int number = w;
                final NatWorker nat = new NatWorker(sources4, sources6, w, w);
                runs[w] = threads.submit((Callable<Void>) () -> {
                    comeAndGo(table4.worker(number), nat, sources4, new SplittableRandom(number));
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

    /** Few clients, so that both workers use the same buckets; a client's rewritten address tells whose it is. */
    private static void comeAndGo(final TableWorker worker, final NatWorker nat, final NatSources sources, final SplittableRandom random) {
        final long[] entries = new long[64];
        final NatTuple found = new NatTuple();
        final NatBounds bounds = new NatBounds();
        for (int round = 0; round < 20_000; round++) {
            worker.boundary(round);
            final int at = random.nextInt(entries.length);
            if (entries[at] != 0) {
                worker.kill(entries[at]);
                entries[at] = 0;
                continue;
            }
            final int client = random.nextInt(8);
            final int server = random.nextInt();
            final int keys = ConnLayout.keys(client, 53);
            final long entry = worker.allocate(worker.hash4(client, server, keys, IpProtocol.UDP, 0));
            if (entry == 0) {
                // The other worker has not been at a boundary for long.
                continue;
            }
            ConnLayout.setProtocol(entry, IpProtocol.UDP);
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, client, server, keys);
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, server, client, ConnLayout.keys(53, client));
            Deadline.setLength(entry, Deadline.SECOND_NS);
            final NatTuple wanted = wanted(entry);
            bounds.set(0, 1000 + client);
            if (sources.find(wanted, 0, bounds, 0, found)) {
                assertEquals(1000 + client, found.sourceLow);
                assertEquals(client, found.sourceKey);
            }
            assertTrue(nat.setupTo(entry, new NatRange(0, 0, 0, 0, 0, 0, 0, 0), 0, 1000 + client, true));
            if (worker.confirm(entry) == ConfirmResult.CONFIRMED) {
                entries[at] = entry;
            } else {
                worker.free(entry);
            }
        }
        worker.away();
    }

    private static long begin(final NatBox box, final NatRule rule, final String source, final int port, final String destination) {
        final long entry = unconfirmed(box, rule, source, port, destination);
        assertTrue(box.confirm(entry));
        return entry;
    }

    private static long unconfirmed(final NatBox box, final NatRule rule, final String source, final int port, final String destination) {
        final long entry =
                box.begin(true, IpProtocol.UDP, TestAddress.parse(source), TestAddress.parse(destination), ConnLayout.keys(port, 53));
        assertTrue(box.nat.setup(entry, rule.range(), true));
        return entry;
    }

    private static int port(final long entry) {
        return ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.REPLY));
    }

    /** A connection's source as it came. */
    private static NatTuple wanted(final long entry) {
        final NatTuple tuple = new NatTuple();
        tuple.load(entry);
        tuple.sourceLow = Integer.toUnsignedLong(ConnLayout.source4(entry, ConnDirection.ORIGINAL));
        tuple.sourceKey = ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL));
        return tuple;
    }

    private static boolean finds(final NatBox box, final NatTuple wanted, final int zone) {
        final NatBounds bounds = new NatBounds();
        bounds.set(ANY_PORT.range());
        return box.sources4.find(wanted, zone, bounds, 0, new NatTuple());
    }
}
