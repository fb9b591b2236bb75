package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.hot.RulePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists of {@code -m recent}: what {@code recent_mt} does with them. */
final class HotRecentTest {

    private static final long S = 1_000_000_000;
    private static final String V6 = "60000000 00001140 20010db8000000000000000000000001 20010db8000000000000000000000002";

    private final PacketInMemory memory = new PacketInMemory();
    private final RecentTable table = new RecentTable(-1, -1, 3);

    @AfterEach
    void close() {
        table.close();
        memory.close();
    }

    private RulePacket from(final int address, final long nowNs) {
        final RulePacket packet = memory.v4("45000014 00000000 40110000 00000000 0a0000ff");
        Ipv4Layout.setSource(packet.network, address);
        packet.nowNs = nowNs;
        packet.uid = RulePacket.NO_SOCKET;
        return packet;
    }

    private HotRecent rule(final int action, final long seconds, final int hits) {
        table.require(hits);
        return new HotRecent(table, action, false, seconds, false, hits, false, false);
    }

    @Test
    void shouldFindAnAddressOnlyAfterItWasSet() {
        assertFalse(rule(HotRecent.CHECK, 0, 0).matches(from(1, 5)));
        assertTrue(rule(HotRecent.SET, 0, 0).matches(from(1, 5)));
        assertTrue(rule(HotRecent.CHECK, 0, 0).matches(from(1, 5)));
        assertFalse(rule(HotRecent.CHECK, 0, 0).matches(from(2, 5)));
        assertTrue(rule(HotRecent.REMOVE, 0, 0).matches(from(1, 5)));
        assertFalse(rule(HotRecent.REMOVE, 0, 0).matches(from(1, 5)));
    }

    @Test
    void shouldTurnTheAnswerRoundWhenInverted() {
        final HotRecent check = new HotRecent(table, HotRecent.CHECK, true, 0, false, 0, false, false);
        table.require(0);
        assertTrue(check.matches(from(1, 5)));
        assertFalse(new HotRecent(table, HotRecent.SET, true, 0, false, 0, false, false).matches(from(1, 5)));
        assertFalse(check.matches(from(1, 5)));
    }

    @Test
    void shouldKeepFamiliesApartWhenTheyShareAList() {
        table.require(0);
        final RulePacket v6 = memory.v6(V6);
        assertTrue(rule(HotRecent.SET, 0, 0).matches(v6));
        assertTrue(rule(HotRecent.CHECK, 0, 0).matches(v6));
        assertFalse(rule(HotRecent.CHECK, 0, 0).matches(from(0x20010db8, 5)));
    }

    @Test
    void shouldCountHitsWithinTheSecondsAsked() {
        final HotRecent update = rule(HotRecent.UPDATE, 10, 3);
        rule(HotRecent.SET, 0, 0).matches(from(1, 100 * S));
        rule(HotRecent.SET, 0, 0).matches(from(1, 105 * S));
        assertFalse(update.matches(from(1, 106 * S)));
        rule(HotRecent.SET, 0, 0).matches(from(1, 107 * S));
        assertTrue(update.matches(from(1, 108 * S)));
        assertTrue(rule(HotRecent.CHECK, 10, 4).matches(from(1, 110 * S)));
        assertFalse(rule(HotRecent.CHECK, 10, 4).matches(from(1, 111 * S)));
    }

    @Test
    void shouldMakeRoomByTheAddressLongestNotSeen() {
        final HotRecent set = rule(HotRecent.SET, 0, 0);
        for (int i = 1; i <= 3; i++) {
            set.matches(from(i, i * S));
        }
        set.matches(from(1, 4 * S));
        set.matches(from(9, 5 * S));
        final HotRecent check = rule(HotRecent.CHECK, 0, 0);
        assertTrue(check.matches(from(1, 5 * S)));
        assertFalse(check.matches(from(2, 5 * S)));
        assertTrue(check.matches(from(3, 5 * S)));
        assertTrue(check.matches(from(9, 5 * S)));
    }

    @Test
    void shouldReapOneOldAddressWithEachLook() {
        final HotRecent set = rule(HotRecent.SET, 0, 0);
        set.matches(from(1, S));
        set.matches(from(2, 2 * S));
        set.matches(from(3, 50 * S));
        final HotRecent reaping = new HotRecent(table, HotRecent.UPDATE, false, 10, true, 0, false, false);
        assertTrue(reaping.matches(from(3, 51 * S)));
        assertFalse(rule(HotRecent.CHECK, 0, 0).matches(from(1, 51 * S)));
        assertTrue(rule(HotRecent.CHECK, 0, 0).matches(from(2, 51 * S)));
    }

    @Test
    void shouldWantTheSameTimeToLiveAsItCameInWith() {
        rule(HotRecent.SET, 0, 0).matches(from(1, S));
        final HotRecent check = new HotRecent(table, HotRecent.CHECK, false, 0, false, 0, true, false);
        assertTrue(check.matches(from(1, S)));
        final RulePacket forwarded = from(1, S);
        Ipv4Layout.setTtl(forwarded.network, 63);
        assertFalse(check.matches(forwarded));
        forwarded.inIndex = 2;
        forwarded.outIndex = 3;
        assertTrue(check.matches(forwarded));
        forwarded.inIndex = 0;
        forwarded.outIndex = 0;
    }

    @Test
    void shouldForgetAllWhenARuleCountsMoreHitsThanThereWasRoomFor() {
        rule(HotRecent.SET, 0, 4).matches(from(1, S));
        assertTrue(rule(HotRecent.CHECK, 0, 0 + 1).matches(from(1, S)));
        assertFalse(rule(HotRecent.CHECK, 0, 33).matches(from(1, S)));
    }

    @Test
    void shouldKeepItsListRightWhenWorkersRace() throws InterruptedException {
        final RecentTable shared = new RecentTable(-1, -1, 16);
        shared.require(0);
        final Thread[] workers = new Thread[4];
        for (int i = 0; i < workers.length; i++) {
            final int worker = i;
            workers[i] = Thread.ofPlatform().start(() -> race(shared, worker));
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        final long[] words = new long[RecentTable.WORDS];
        int alive = 0;
        for (int i = 0; i < shared.used(); i++) {
            if (shared.copy(i, words)) {
                alive++;
                assertTrue(words[RecentTable.COUNT] >= 1 && words[RecentTable.COUNT] <= 32);
                final long entry = shared.find(words[RecentTable.HIGH], 0, 4);
                assertTrue(shared.life(entry, words[RecentTable.HIGH], 0, 4) != 0);
            }
        }
        assertTrue(alive > 0 && alive <= 16, "alive=" + alive);
        shared.flush();
        for (int i = 0; i < shared.used(); i++) {
            assertFalse(shared.copy(i, words));
        }
        for (int i = 0; i < 16; i++) {
            shared.add(i, 0, 4, 0, 1);
        }
        assertEquals(16, shared.used());
        for (int i = 0; i < 16; i++) {
            assertTrue(shared.find(i, 0, 4) != 0, "nothing is lost of the room there is");
        }
        shared.close();
    }

    private static void race(final RecentTable shared, final int worker) {
        try (PacketInMemory own = new PacketInMemory()) {
            final RulePacket packet = own.v4("45000014 00000000 40110000 00000000 0a0000ff");
            packet.uid = RulePacket.NO_SOCKET;
            final HotRecent set = new HotRecent(shared, HotRecent.SET, false, 0, false, 0, false, false);
            final HotRecent remove = new HotRecent(shared, HotRecent.REMOVE, false, 0, false, 0, false, false);
            for (int i = 0; i < 20_000; i++) {
                packet.nowNs = i;
                Ipv4Layout.setSource(packet.network, (i * 7 + worker) % 24);
                assertTrue(set.matches(packet));
                if (i % 5 == 0) {
                    remove.matches(packet);
                }
            }
        }
    }
}
