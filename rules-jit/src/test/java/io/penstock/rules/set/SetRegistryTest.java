package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.hot.set.PacketSet;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names, references, time: on a clock that is moved by hand. */
final class SetRegistryTest {

    private static final long SECOND_NS = 1_000_000_000;
    private static final SetQuery SOURCE = SetQuery.of(1, 1);

    /** One worker, which passes a boundary when it is told to. */
    private static final class OneWorker implements Boundaries {

        private long passed;
        private int asked;

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public long observe(final int worker) {
            return passed;
        }

        @Override
        public boolean hasPassed(final int worker, final long seen) {
            asked++;
            return passed > seen;
        }
    }

    private final OneWorker worker = new OneWorker();
    private final SetPacket packets = new SetPacket();
    private long nowNs = 5 * SECOND_NS;
    private final SetRegistry sets = new SetRegistry(worker, () -> nowNs);

    @AfterEach
    void close() {
        sets.close();
        packets.close();
    }

    private void create(final String words) throws SetProblem {
        sets.create(SetLines.spec(List.of(words.split(" "))), false);
    }

    private void add(final String words) throws SetProblem {
        final List<String> all = List.of(words.split(" "));
        sets.add(all.get(0), SetLines.element(sets.header(all.get(0)).spec().type(), all.subList(1, all.size())), false);
    }

    private boolean test(final String words) throws SetProblem {
        final List<String> all = List.of(words.split(" "));
        return sets.test(all.get(0), SetLines.element(sets.header(all.get(0)).spec().type(), all.subList(1, all.size())));
    }

    private List<String> members(final String name) throws SetProblem {
        final List<String> members = new ArrayList<>();
        final SetType type = sets.header(name).spec().type();
        sets.list(name, element -> members.add(SetLines.text(type, element)));
        return members.stream().sorted().toList();
    }

    private boolean asks(final String name, final String packet) {
        final SetPlace place = sets.acquire(name, "test").orElseThrow();
        sets.release(place, "test");
        return place.test(packets.of(packet, nowNs), SOURCE);
    }

    @Test
    void shouldEndAnElementWhenItsTimeIsOver() throws SetProblem {
        create("a hash:ip timeout 10");
        add("a 10.0.0.1");
        add("a 10.0.0.2 timeout 0");
        add("a 10.0.0.3 timeout 3");
        nowNs += 2 * SECOND_NS + SECOND_NS / 2;
        assertEquals(List.of("10.0.0.1 timeout 7", "10.0.0.2 timeout 0", "10.0.0.3 timeout 1"), members("a"));
        assertEquals(3, sets.header("a").elements());
        assertTrue(asks("a", "10.0.0.3 10.0.0.9 udp 1 2"));
        nowNs += SECOND_NS;
        assertFalse(asks("a", "10.0.0.3 10.0.0.9 udp 1 2"));
        assertFalse(test("a 10.0.0.3"));
        assertEquals(2, sets.header("a").elements());
        assertEquals(SetProblem.Code.EXIST, assertThrows(SetProblem.class,
                () -> sets.delete("a", SetLines.element(SetType.HASH_IP, List.of("10.0.0.3")), false)).code());
        add("a 10.0.0.3");
        assertEquals(List.of("10.0.0.1 timeout 6", "10.0.0.2 timeout 0", "10.0.0.3 timeout 10"), members("a"));
        nowNs += 100 * SECOND_NS;
        sets.maintain();
        assertEquals(List.of("10.0.0.2 timeout 0"), members("a"));
    }

    @Test
    void shouldLookForNoLengthWhenItsLastNetworkIsOver() throws SetProblem {
        create("n hash:net timeout 100 comment");
        add("n 10.0.0.0/8 comment whole");
        add("n 10.1.1.0/24 timeout 5 nomatch comment part");
        assertFalse(asks("n", "10.1.1.1 10.0.0.9 udp 1 2"));
        nowNs += 6 * SECOND_NS;
        assertTrue(asks("n", "10.1.1.1 10.0.0.9 udp 1 2"));
        sets.maintain();
        final SetPlace place = sets.acquire("n", "test").orElseThrow();
        assertTrue(place.get().add(packets.of("11.1.1.1 10.0.0.9 udp 1 2", nowNs), SOURCE));
        assertEquals(List.of("10.0.0.0/8 timeout 94 comment \"whole\"", "11.0.0.0/8 timeout 100"), members("n"));
        sets.release(place, "test");
    }

    @Test
    void shouldSweepABitmapAsOftenAsTheKernelWhenElementsAreOver() throws SetProblem {
        create("b bitmap:port range 0-100 timeout 30");
        add("b 5 timeout 1");
        add("b 6");
        sets.maintain();
        nowNs += 2 * SECOND_NS;
        sets.maintain();
        assertFalse(test("b 5"));
        assertEquals(2, sets.header("b").elements());
        assertEquals(List.of("6 timeout 28"), members("b"));
        nowNs += 9 * SECOND_NS;
        sets.maintain();
        assertEquals(1, sets.header("b").elements());
    }

    @Test
    void shouldSweepAndFlushABitmapToItsEndWhenItIsLarge() throws SetProblem {
        create("b bitmap:port range 0-65535 timeout 30 comment");
        add("b 0-65534 timeout 1 comment all");
        add("b 65535");
        assertEquals(65_536, sets.header("b").elements());
        nowNs += 11 * SECOND_NS;
        sets.maintain();
        assertEquals(1, sets.header("b").elements());
        add("b 0-65534 comment all");
        sets.flush("b");
        assertEquals(0, sets.header("b").elements());
        assertFalse(test("b 0") || test("b 65534"));
    }

    @Test
    void shouldLetGoOfAMemberWhenItsTimeInAListIsOver() throws SetProblem {
        create("a hash:ip");
        create("l list:set timeout 30");
        add("a 10.0.0.1");
        add("l a timeout 1");
        sets.maintain();
        assertTrue(asks("l", "10.0.0.1 10.0.0.9 udp 1 2"));
        assertEquals(1, sets.header("a").references());
        nowNs += 2 * SECOND_NS;
        assertFalse(asks("l", "10.0.0.1 10.0.0.9 udp 1 2"));
        assertEquals(List.of(), members("l"));
        assertEquals(1, sets.header("a").references());
        nowNs += 10 * SECOND_NS;
        sets.maintain();
        assertEquals(0, sets.header("a").references());
        sets.destroy("a");
    }

    @Test
    void shouldStartTheTimeOfAnAddressWhenItsMacIsLearnt() throws SetProblem {
        create("m bitmap:ip,mac range 10.0.0.0/24 timeout 30");
        add("m 10.0.0.1 timeout 8");
        nowNs += 100 * SECOND_NS;
        assertEquals(List.of("10.0.0.1 timeout 8"), members("m"));
        final SetPlace place = sets.acquire("m", "test").orElseThrow();
        final SetQuery query = SetQuery.of(2, 3);
        assertTrue(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), query));
        nowNs += 7 * SECOND_NS;
        assertTrue(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), query));
        assertEquals(List.of("10.0.0.1,02:00:00:00:00:02 timeout 1"), members("m"));
        nowNs += SECOND_NS;
        assertFalse(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), query));
        sets.release(place, "test");
    }

    @Test
    void shouldTellWhoHoldsASetWhenItShallBeDestroyed() throws SetProblem {
        create("a hash:ip");
        create("l list:set");
        add("l a");
        final SetPlace place = sets.acquire("a", "table filter").orElseThrow();
        assertSame(place, sets.acquire("a", "table filter").orElseThrow());
        assertEquals(3, sets.header("a").references());
        final SetProblem problem = assertThrows(SetProblem.class, () -> sets.destroy("a"));
        assertEquals(SetProblem.Code.BUSY, problem.code());
        assertEquals("list l, table filter (2 times)", problem.users());
        sets.rename("l", "other");
        final SetProblem all = assertThrows(SetProblem.class, sets::destroyAll);
        assertEquals("a", all.set());
        assertEquals("list other, table filter (2 times)", all.users());
        sets.rename("other", "l");
        sets.release(place, "table filter");
        sets.release(place, "table filter");
        assertEquals("this user does not hold the set: name=a, user=table filter; a reference is let go of once",
                assertThrows(IllegalStateException.class, () -> sets.release(place, "table filter")).getMessage());
        sets.flush("l");
        sets.destroy("a");
        assertFalse(sets.exists("a"));
        assertEquals("there is no such set any more: user=table nat; a reference is let go of once",
                assertThrows(IllegalStateException.class, () -> sets.release(place, "table nat")).getMessage());
        assertSame(PacketSet.NONE, place.get());
    }

    @Test
    void shouldExchangeWhatIsUnderTwoNamesWhenTheyAreSwapped() throws SetProblem {
        create("a hash:ip");
        create("b bitmap:ip range 10.0.0.0/24");
        create("l list:set");
        add("a 10.0.0.1");
        add("b 10.0.0.2");
        add("l a");
        final SetPlace place = sets.acquire("b", "test").orElseThrow();
        sets.swap("a", "b");
        assertEquals(SetType.BITMAP_IP, sets.header("a").spec().type());
        assertEquals("a", sets.header("a").spec().name());
        assertTrue(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), SOURCE));
        assertTrue(asks("l", "10.0.0.2 10.0.0.9 udp 1 2"));
        assertFalse(asks("l", "10.0.0.1 10.0.0.9 udp 1 2"));
        assertEquals(1, sets.header("a").references());
        assertEquals(List.of("a"), members("l"));
        sets.release(place, "test");
    }

    @Test
    void shouldTellListsLastAndUseTheLowestNumberWhenListed() throws SetProblem {
        create("l list:set");
        create("a hash:ip");
        create("b hash:ip");
        create("c hash:ip");
        assertEquals(List.of("a", "b", "c", "l"), sets.names());
        sets.destroy("a");
        create("d hash:ip");
        assertEquals(List.of("d", "b", "c", "l"), sets.names());
        sets.rename("b", "e");
        assertEquals(List.of("d", "e", "c", "l"), sets.names());
        assertEquals(4, sets.familyOf("e"));
        assertEquals(0, sets.familyOf("l"));
        assertEquals(-1, sets.familyOf("b"));
    }

    @Test
    void shouldFreeMemoryOfTheLastSetWhenWorkersHavePassed() throws SetProblem {
        create("a hash:ip");
        sets.destroy("a");
        sets.maintain();
        final int before = worker.asked;
        sets.maintain();
        assertTrue(worker.asked > before, "it waits");
        worker.passed++;
        sets.maintain();
        final int after = worker.asked;
        sets.maintain();
        assertEquals(after, worker.asked, "nothing waits");
    }

    @Test
    void shouldLookAfterAllSetsWhenThereAreMany() throws SetProblem {
        for (int i = 0; i < 200; i++) {
            create("s" + i + " list:set timeout 1");
            create("b" + i + " bitmap:port range 0-1");
            add("s" + i + " b" + i);
        }
        nowNs += 10 * SECOND_NS;
        sets.maintain();
        for (int i = 0; i < 200; i++) {
            assertEquals(0, sets.header("b" + i).references(), "set=" + i);
        }
    }

    /** The kernel allows a process some 65,000 mappings, and there may be as many sets. */
    @Test
    void shouldShareMappingsWhenThereAreManyBitmaps() throws Exception {
        final long before = mappings();
        for (int i = 0; i < 500; i++) {
            create("b" + i + " bitmap:port range 0-65535 timeout 10");
            add("b" + i + " 7");
        }
        assertTrue(mappings() - before < 100, () -> "before=" + before);
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    @Test
    void shouldGiveUpAnElementWhenAFullSetMay() throws SetProblem {
        create("a hash:net maxelem 2 forceadd comment");
        add("a 10.0.0.0/8 comment x");
        add("a 11.0.0.0/9");
        add("a 12.0.0.0/10");
        assertEquals(2, sets.header("a").elements());
        assertTrue(test("a 12.0.0.1"));
        sets.flush("a");
        create("z hash:ip maxelem 0");
        assertEquals(SetProblem.Code.HASH_FULL, assertThrows(SetProblem.class, () -> add("z 10.0.0.1")).code());
    }

    @Test
    void shouldForgetCommentsWhenPacketsDeleteTheirElements() throws SetProblem {
        create("b bitmap:ip range 10.0.0.0/24 comment");
        add("b 10.0.0.1 comment one");
        final long before = sets.header("b").memory();
        final SetPlace place = sets.acquire("b", "test").orElseThrow();
        assertTrue(place.get().delete(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), SOURCE));
        sets.maintain();
        assertTrue(sets.header("b").memory() < before);
        sets.release(place, "test");
    }

    @Test
    void shouldGiveWhatAnElementHasWhenAPacketMatches() throws SetProblem {
        create("s hash:net skbinfo");
        add("s 10.0.0.0/8 skbmark 0x11/0xff skbprio 1:2 skbqueue 3");
        add("s 10.1.0.0/16");
        assertTrue(asks("s", "10.2.0.1 10.0.0.9 udp 1 2"));
        assertTrue(packets.packet.sets.hasSkbinfo);
        assertEquals(0x11, packets.packet.sets.skbMark);
        assertEquals(0xFF, packets.packet.sets.skbMask);
        assertEquals(0x1_0002, packets.packet.sets.skbPrio);
        assertEquals(3, packets.packet.sets.skbQueue);
        assertFalse(asks("s", "11.2.0.1 10.0.0.9 udp 1 2"));
        assertFalse(packets.packet.sets.hasSkbinfo);
        assertEquals(0, packets.packet.sets.skbMark);
    }

    @Test
    void shouldTellMoreBucketsWhenANetworkHasManyDevices() throws SetProblem {
        create("d hash:net,iface comment");
        for (int i = 0; i < 64; i++) {
            add("d 10.0.0.0/8,eth" + i + " comment c" + i);
        }
        assertEquals(SetProblem.Code.HASH_FULL, assertThrows(SetProblem.class, () -> add("d 10.0.0.0/8,eth64")).code());
        assertEquals(64, sets.header("d").spec().bucketsize());
        assertTrue(members("d").contains("10.0.0.0/8,eth63 comment \"c63\""));
        assertTrue(test("d 10.9.9.9,eth63"));
        assertFalse(test("d 10.9.9.9,eth64"));
        sets.delete("d", SetLines.element(SetType.HASH_NET_IFACE, List.of("10.0.0.0/8,eth63")), false);
        add("d 10.0.0.0/8,eth64");
        assertTrue(test("d 10.9.9.9,eth64"));
    }

    @Test
    void shouldAskTheFirstOfTwoWhenAPacketsDeviceIsBoth() throws SetProblem {
        create("d hash:net,iface");
        add("d 10.0.0.0/8,tp0 nomatch");
        add("d 10.0.0.0/8,tp wildcard");
        final SetPlace place = sets.acquire("d", "test").orElseThrow();
        assertFalse(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), SetQuery.of(2, 3)));
        sets.flush("d");
        add("d 10.0.0.0/8,t wildcard");
        sets.add("d", SetLines.element(SetType.HASH_NET_IFACE, List.of("10.0.0.0/8,t", "nomatch")), true);
        assertFalse(place.test(packets.of("10.0.0.1 10.0.0.9 udp 1 2", nowNs), SetQuery.of(2, 3)));
        sets.release(place, "test");
    }

    @Test
    void shouldAskForTheRangeBeforeThePrefixLengthWhenBothAreWrong() throws SetProblem {
        create("b bitmap:ip range 10.1.0.16-10.1.0.31");
        assertEquals(SetProblem.Code.BITMAP_RANGE, assertThrows(SetProblem.class, () -> add("b 10.0.0.0/0")).code());
        assertEquals(SetProblem.Code.INVALID_CIDR, assertThrows(SetProblem.class, () -> add("b 10.1.0.17/0")).code());
        assertEquals(SetProblem.Code.BITMAP_RANGE, assertThrows(SetProblem.class, () -> add("b 10.1.0.17/24")).code());
    }
}
