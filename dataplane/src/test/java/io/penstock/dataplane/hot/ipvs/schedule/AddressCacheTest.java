package io.penstock.dataplane.hot.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is remembered of addresses, as several workers write and read it. */
final class AddressCacheTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 200_000;
    /** Few sets, many addresses: workers meet, and entries take each other's place. */
    private static final int ADDRESSES = 100;
    private static final int WIDTH = 4;
    private static final long FOREVER_NS = Long.MAX_VALUE;

    @Test
    void shouldNeverMixEntriesWhenWorkersWriteAndReadAtOnce() throws Exception {
        final AddressCache cache = new AddressCache(WIDTH);
        final long[] addresses = addressesOfOneSet();
        long read = 0;
        try (ExecutorService workers = Executors.newFixedThreadPool(THREADS)) {
            final List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                final long seed = i;
                all.add(workers.submit(() -> work(cache, addresses, new SplittableRandom(seed))));
            }
            for (final Future<Long> one : all) {
                read += one.get();
            }
        }
        final long found = read;
        assertTrue(found > 0, () -> "found=" + found);
    }

    /** Each entry's servers are multiples of its address: anything else is of two entries. */
    private static long work(final AddressCache cache, final long[] addresses, final SplittableRandom random) {
        final int set = AddressCache.set(0, addresses[0]);
        long found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final long address = addresses[random.nextInt(ADDRESSES)];
            if (random.nextInt(4) == 0) {
                if (cache.beginWrite(set)) {
                    final int entry = cache.find(set, 0, address, round, FOREVER_NS);
                    if (entry == AddressCache.ABSENT) {
                        cache.put(set, 0, address, (int) address, round);
                    } else {
                        cache.add(entry, (int) address * (1 + random.nextInt(9)), round);
                    }
                    cache.endWrite(set);
                }
                continue;
            }
            final int sequence = cache.beginRead(set);
            if (sequence == AddressCache.BUSY) {
                continue;
            }
            final int entry = cache.find(set, 0, address, round, FOREVER_NS);
            long strange = 0;
            for (int i = 0; entry != AddressCache.ABSENT && cache.id(entry, i) != 0; i++) {
                strange |= cache.id(entry, i) % address;
            }
            if (cache.hasRead(set, sequence) && entry != AddressCache.ABSENT) {
                assertEquals(0, strange);
                found++;
            }
        }
        return found;
    }

    @Test
    void shouldGiveUpWhenAnotherWorkerWrites() {
        final AddressCache cache = new AddressCache(1);
        final int sequence = cache.beginRead(3);
        assertTrue(cache.hasRead(3, sequence));
        assertTrue(cache.beginWrite(3));
        assertFalse(cache.beginWrite(3));
        assertEquals(AddressCache.BUSY, cache.beginRead(3));
        assertFalse(cache.hasRead(3, sequence));
        assertTrue(cache.beginWrite(4));
        cache.endWrite(3);
        assertFalse(cache.hasRead(3, sequence));
        assertTrue(cache.hasRead(3, cache.beginRead(3)));
        assertTrue(cache.beginWrite(3));
    }

    @Test
    void shouldTellAddressesApartWhenOneIsZeroOrHalvesAreExchanged() {
        final AddressCache cache = new AddressCache(WIDTH);
        final int set = 0;
        assertEquals(AddressCache.ABSENT, cache.find(set, 0, 0, 0, FOREVER_NS));
        assertTrue(cache.beginWrite(set));
        cache.put(set, 1, 2, 7, 0);
        assertEquals(AddressCache.ABSENT, cache.find(set, 0, 0, 0, FOREVER_NS));
        assertEquals(AddressCache.ABSENT, cache.find(set, 2, 1, 0, FOREVER_NS));
        cache.put(set, 0, 0, 8, 0);
        assertEquals(8, cache.id(cache.find(set, 0, 0, 0, FOREVER_NS), 0));
        final int entry = cache.find(set, 1, 2, 0, FOREVER_NS);
        cache.add(entry, 9, 5);
        cache.add(entry, 10, 6);
        cache.remove(entry, 1, 7);
        assertEquals(10, cache.id(entry, 0));
        assertEquals(7, cache.id(entry, 1));
        assertEquals(0, cache.id(entry, 2));
        assertEquals(7, cache.changedNs(entry));
        cache.endWrite(set);
    }

    @Test
    void shouldFindServersByNumberWhenSomeHaveLeft() {
        final AddressCache cache = new AddressCache(1);
        final Candidate[] servers = new Candidate[200];
        for (int i = 0; i < servers.length; i++) {
            servers[i] = new Numbered(i);
        }
        final Roster before = new Roster(servers, 0, null);
        final ServerIds ids = new ServerIds(before, cache, null, null);
        final Candidate[] left = new Candidate[101];
        for (int i = 0; i < left.length - 1; i++) {
            left[i] = servers[servers.length - 1 - 2 * i];
        }
        left[left.length - 1] = new Numbered(0);
        final ServerIds after = new ServerIds(new Roster(left, 0, before), cache, before, ids);
        for (int i = 0; i < servers.length; i++) {
            assertEquals(i, ids.index(ids.id(i)));
            assertEquals(i % 2 == 0 ? Scheduler.NONE : (servers.length - 1 - i) / 2, after.index(ids.id(i)));
        }
        final int last = left.length - 1;
        assertEquals(last, after.index(after.id(last)));
        assertEquals(Scheduler.NONE, ids.index(after.id(last)), "a number is given once");
    }

    private record Numbered(int port) implements Candidate {

        @Override
        public int weight() {
            return 1;
        }

        @Override
        public boolean isOverloaded() {
            return false;
        }

        @Override
        public long active() {
            return 0;
        }

        @Override
        public long inactive() {
            return 0;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int family() {
            return 4;
        }

        @Override
        public long high() {
            return 0;
        }

        @Override
        public long low() {
            return 0;
        }
    }

    private static long[] addressesOfOneSet() {
        final long[] addresses = new long[ADDRESSES];
        int count = 0;
        for (long address = 1; count < ADDRESSES; address++) {
            if (AddressCache.set(0, address) == 0) {
                addresses[count++] = address;
            }
        }
        return addresses;
    }
}
