package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Matches of rates and shares, which all workers have in common. */
final class RateHotMatchTest {

    private static final long MS = 1_000_000;

    private static int taken(final HotMatch match, final long nowNs, final int packets) {
        final RulePacket packet = new RulePacket();
        packet.nowNs = nowNs;
        int taken = 0;
        for (int i = 0; i < packets; i++) {
            taken += match.matches(packet) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void shouldTakeTheBurstAtOnceAndThenOneForEachPeriod() {
        final HotLimit limit = new HotLimit(100 * MS, 500 * MS, 7 * MS);
        assertEquals(5, taken(limit, 7 * MS, 20));
        assertEquals(0, taken(limit, 106 * MS, 20));
        assertEquals(1, taken(limit, 107 * MS, 20));
        assertEquals(3, taken(limit, 450 * MS, 20));
    }

    @Test
    void shouldSaveUpNoMoreThanTheBurst() {
        final HotLimit limit = new HotLimit(100 * MS, 500 * MS, 0);
        assertEquals(5, taken(limit, 3_600_000 * MS, 20));
    }

    @Test
    void shouldTakeNothingTwiceWhenWorkersClocksDiffer() {
        final HotLimit limit = new HotLimit(100 * MS, 100 * MS, 1000 * MS);
        assertEquals(1, taken(limit, 1000 * MS, 3));
        assertEquals(0, taken(limit, 990 * MS, 3));
    }

    @Test
    void shouldTakeTurnsFromThePacketGiven() {
        final HotNth first = new HotNth(3, 0, false);
        final HotNth second = new HotNth(3, 1, true);
        final List<Boolean> answers = new ArrayList<>();
        final RulePacket packet = new RulePacket();
        for (int i = 0; i < 6; i++) {
            answers.add(first.matches(packet));
        }
        for (int i = 0; i < 6; i++) {
            answers.add(second.matches(packet));
        }
        assertEquals(List.of(true, false, false, true, false, false, true, false, true, true, false, true), answers);
    }

    @Test
    void shouldTakeAShareByTheUpperBits() {
        try (PacketInMemory memory = new PacketInMemory()) {
            final RulePacket packet = memory.v4("45000014000000000000000000000000000000000000");
            assertTrue(new HotRandom((4711 >>> 1) + 1, false).matches(packet));
            assertFalse(new HotRandom(4711 >>> 1, false).matches(packet));
            assertTrue(new HotRandom(0, true).matches(packet));
        }
    }

    @Test
    void shouldTakeExactlyTheBurstWhenWorkersRace() throws InterruptedException {
        final HotLimit limit = new HotLimit(1000 * MS, 50_000 * MS, 0);
        final AtomicInteger sum = new AtomicInteger();
        final List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(Thread.ofPlatform().start(() -> sum.addAndGet(taken(limit, 0, 1000))));
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        assertEquals(50, sum.get());
    }
}
