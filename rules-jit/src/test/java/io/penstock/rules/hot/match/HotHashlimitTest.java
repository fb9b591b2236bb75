package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.hot.RulePacket;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists of {@code -m hashlimit}: what {@code hashlimit_mt} does with them. */
final class HotHashlimitTest {

    private static final long MS = 1_000_000;
    private static final long S = 1000 * MS;
    /** Credits a second, of packets; any number will do. */
    private static final long PER_SECOND = 1_000_000;
    /** Credits a second, of bytes, of a kernel with 250 ticks. */
    private static final long BYTES_PER_SECOND = 4_194_304_000L;
    private static final int FLOW = HashlimitSettings.SOURCE | HashlimitSettings.SOURCE_PORT;

    private final PacketInMemory memory = new PacketInMemory();
    private HashlimitTable table;

    @AfterEach
    void close() {
        table.close();
        memory.close();
    }

    /** Ten a second, three at once. */
    private static HashlimitSettings packets(final int mode, final int max) {
        return new HashlimitSettings(false, mode, PER_SECOND / 10, 3 * PER_SECOND / 10, PER_SECOND, 0, 0, 0, 16, max, 1000, 5000, 24, 32);
    }

    private HotHashlimit rule(final HashlimitSettings settings) {
        table = new HashlimitTable(settings, 0);
        return new HotHashlimit(table, settings.mode());
    }

    private RulePacket from(final int source, final int port, final long nowNs) {
        final RulePacket packet = memory.v4("4500001c 00000000 40110000 00000000 0a0000ff 0000 0000 0008 0000");
        Ipv4Layout.setSource(packet.network, source);
        UdpLayout.setSourcePort(packet.transport, port);
        packet.protocol = IpProtocol.UDP;
        packet.nowNs = nowNs;
        return packet;
    }

    private static int taken(final HotHashlimit rule, final RulePacket packet, final int packets) {
        int taken = 0;
        for (int i = 0; i < packets; i++) {
            taken += rule.matches(packet) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void shouldLimitEachNetworkByItself() {
        final HotHashlimit rule = rule(packets(HashlimitSettings.SOURCE, 0));
        assertEquals(3, taken(rule, from(0x0A000001, 1, 0), 9));
        assertEquals(0, taken(rule, from(0x0A0000FE, 1, 0), 9));
        assertEquals(3, taken(rule, from(0x0A000101, 1, 0), 9));
        assertEquals(2, taken(rule, from(0x0A000001, 1, 200 * MS), 9));
    }

    @Test
    void shouldLimitEachPortByItselfWhenItIsPartOfTheFlow() {
        final HotHashlimit rule = rule(packets(FLOW, 0));
        assertEquals(3, taken(rule, from(1, 1, 0), 9));
        assertEquals(3, taken(rule, from(1, 2, 0), 9));
    }

    @Test
    void shouldTakeWhatIsAboveWhenInverted() {
        final HotHashlimit rule = rule(packets(HashlimitSettings.SOURCE | HashlimitSettings.INVERT, 0));
        assertEquals(6, taken(rule, from(1, 1, 0), 9));
    }

    @Test
    void shouldLimitAllTogetherWhenAFlowIsNothing() {
        final HotHashlimit rule = rule(packets(0, 0));
        assertEquals(3, taken(rule, from(1, 1, 0), 5) + taken(rule, from(0x0B000000, 2, 0), 5));
    }

    @Test
    void shouldDropANewFlowWhenThereAreTooMany() {
        final HotHashlimit rule = rule(packets(FLOW, 16));
        for (int i = 0; i < 16; i++) {
            assertTrue(rule.matches(from(1, i, 0)));
        }
        final RulePacket packet = from(1, 99, 0);
        assertFalse(rule.matches(packet));
        assertTrue(packet.hotdrop);
        assertTrue(rule.matches(from(1, 5, 0)));
    }

    @Test
    void shouldMakeRoomWhenFlowsHaveExpiredAndBeenCollected() {
        final HotHashlimit rule = rule(packets(FLOW, 16));
        for (int i = 0; i < 16; i++) {
            assertTrue(rule.matches(from(1, i, 0)));
        }
        rule.matches(from(1, 5, 4 * S));
        taken(rule, from(1, 5, 7 * S), 40);
        for (int i = 16; i < 31; i++) {
            assertTrue(rule.matches(from(1, i, 7 * S)), "room for 15 flows: i=" + i);
        }
        final RulePacket packet = from(1, 99, 7 * S);
        assertFalse(rule.matches(packet));
        assertTrue(packet.hotdrop);
    }

    /** With one bucket, a flow that many others came after would lie too deep in its chain to be found, and get its credit anew. */
    @Test
    void shouldFindEachFlowAgainWhenFewBucketsAreAskedFor() {
        final int flows = 10_000;
        final HotHashlimit rule = rule(sized(1, flows));
        for (int i = 0; i < flows; i++) {
            assertTrue(rule.matches(from(1, i, 0)), "flow=" + i);
        }
        for (int i = 0; i < flows; i++) {
            final RulePacket packet = from(1, i, 0);
            assertFalse(rule.matches(packet) || packet.hotdrop, "flow=" + i);
        }
        assertEquals(flows, table.used());
        table.collect(6 * S);
        for (int i = 0; i < flows; i++) {
            assertTrue(rule.matches(from(2, i, 6 * S)), "flow=" + i);
        }
        assertEquals(flows, table.used());
    }

    @Test
    void shouldHaveEightFlowsABucketAtMostWhenManyAreAllowed() {
        table = new HashlimitTable(sized(1, 1), 0);
        assertEquals(1, table.settings().buckets());
        assertEquals(125_000, sized(1, 1_000_000).buckets());
        assertEquals(1_000_000, sized(1, 1_000_000).flows());
        assertEquals(8192, sized(0, 0).buckets());
        assertEquals(65_536, sized(0, 0).flows());
        assertEquals(16, sized(16, 3).buckets());
        assertEquals(16, sized(16, 3).flows());
        assertEquals(1 << 20, sized(1 << 20, 0).buckets());
    }

    private static HashlimitSettings sized(final int size, final int max) {
        return new HashlimitSettings(false, FLOW, PER_SECOND, PER_SECOND, PER_SECOND, 0, 0, 0, size, max, 1000, 5000, 32, 32);
    }

    @Test
    void shouldDropWhenThePacketEndsBeforeItsPorts() {
        final HotHashlimit rule = rule(packets(FLOW, 0));
        final RulePacket packet = memory.v4("45000016 00000000 40110000 00000000 0a0000ff 0000");
        packet.protocol = IpProtocol.UDP;
        assertFalse(rule.matches(packet));
        assertTrue(packet.hotdrop);
        packet.hotdrop = false;
        packet.protocol = IpProtocol.ICMP;
        assertTrue(rule.matches(packet));
    }

    @Test
    void shouldCountBytesInChunksAndSpendBurstsOfASecond() {
        // 160 bytes a second: 16 bytes cost a tenth of a second; a packet of 28 bytes costs two of them.
        final HashlimitSettings bytes = new HashlimitSettings(false, HashlimitSettings.SOURCE | HashlimitSettings.BYTES,
                BYTES_PER_SECOND / 10, 2, BYTES_PER_SECOND, 0, 0, 0, 16, 0, 1000, 60_000, 32, 32);
        final HotHashlimit rule = rule(bytes);
        assertEquals(15, taken(rule, from(1, 1, 0), 40));
        assertEquals(0, taken(rule, from(1, 1, 199 * MS), 3));
        assertEquals(1, taken(rule, from(1, 1, 200 * MS), 3));
        assertEquals(5, taken(rule, from(1, 1, 50 * S), 40));
    }

    @Test
    void shouldMatchTheRateOfTheIntervalBefore() {
        final HashlimitSettings rate = new HashlimitSettings(false, HashlimitSettings.SOURCE | HashlimitSettings.RATE_MATCH,
                0, 0, PER_SECOND, 5, 8, 2, 16, 0, 1000, 60_000, 32, 32);
        final HotHashlimit rule = rule(rate);
        assertEquals(8, taken(rule, from(1, 1, 0), 11));
        assertEquals(0, taken(rule, from(1, 1, 2 * S), 3), "11 in 2 s are above 5 a second");
        assertEquals(3, taken(rule, from(1, 1, 4 * S), 3), "3 in 2 s are not");
    }

    @Test
    void shouldTakeExactlyTheBurstWhenWorkersRace() throws InterruptedException {
        final HotHashlimit rule = rule(new HashlimitSettings(
                false, HashlimitSettings.SOURCE, PER_SECOND, 50 * PER_SECOND, PER_SECOND, 0, 0, 0, 16, 0, 1, 60_000, 32, 32));
        final AtomicInteger sum = new AtomicInteger();
        final Thread[] workers = new Thread[4];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform().start(() -> {
                try (PacketInMemory own = new PacketInMemory()) {
                    final RulePacket packet = own.v4("45000014 00000000 40110000 00000000 0a0000ff");
                    for (int round = 0; round < 100; round++) {
                        Ipv4Layout.setSource(packet.network, round);
                        sum.addAndGet(taken(rule, packet, 40));
                    }
                }
            });
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        assertEquals(50 * 100, sum.get());
    }

    /** A packet costs half a second's credit, so that workers race for each refill; what one of them holds at the end is taken then. */
    @Test
    void shouldSpendEachBurstOnceWhenWorkersRace() throws InterruptedException {
        final int bursts = 500_000;
        final HotHashlimit rule = rule(new HashlimitSettings(false, HashlimitSettings.SOURCE | HashlimitSettings.BYTES,
                BYTES_PER_SECOND / 4, bursts, BYTES_PER_SECOND, 0, 0, 0, 16, 0, 1000, 60_000, 32, 32));
        final AtomicInteger sum = new AtomicInteger();
        final CyclicBarrier begin = new CyclicBarrier(3);
        final Thread[] workers = new Thread[begin.getParties()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform().start(() -> {
                try (PacketInMemory own = new PacketInMemory()) {
                    final RulePacket packet = own.v4("45000014 00000000 40110000 00000000 0a0000ff");
                    begin.await();
                    sum.addAndGet(taken(rule, packet, bursts));
                } catch (final InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        final RulePacket rest = memory.v4("45000014 00000000 40110000 00000000 0a0000ff");
        assertEquals(2 * (bursts + 1), sum.get() + taken(rule, rest, 2 * bursts));
    }

    @Test
    void shouldLoseNoRoomWhenFlowsComeAndGoUnderRacingWorkers() throws InterruptedException {
        final int flows = 64;
        final HotHashlimit rule = rule(new HashlimitSettings(
                false, FLOW, PER_SECOND, PER_SECOND, PER_SECOND, 0, 0, 0, 16, flows, 1, 2, 32, 32));
        final Thread[] workers = new Thread[4];
        for (int i = 0; i < workers.length; i++) {
            final int worker = i;
            workers[i] = Thread.ofPlatform().start(() -> {
                try (PacketInMemory own = new PacketInMemory()) {
                    final RulePacket packet = own.v4("4500001c 00000000 40110000 00000000 0a0000ff 0000 0000 0008 0000");
                    packet.protocol = IpProtocol.UDP;
                    for (int round = 0; round < 30_000; round++) {
                        packet.nowNs = round * (MS / 10);
                        UdpLayout.setSourcePort(packet.transport, round * 5 + worker & 0x7F);
                        rule.matches(packet);
                    }
                }
            });
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        table.collect(100 * S);
        for (int i = 0; i < flows; i++) {
            final RulePacket packet = from(7, i, 100 * S);
            assertTrue(rule.matches(packet) && !packet.hotdrop, "flow=" + i);
        }
        final RulePacket packet = from(7, flows, 100 * S);
        assertFalse(rule.matches(packet));
        assertTrue(packet.hotdrop);
    }

    @Test
    void shouldAllocateNothing() {
        final HotHashlimit rule = rule(packets(FLOW, 0));
        final RulePacket packet = from(1, 1, 0);
        Allocation.atMost(0, () -> {
            for (int i = 0; i < 1000; i++) {
                packet.nowNs += 10 * MS;
                UdpLayout.setSourcePort(packet.transport, i & 63);
                rule.matches(packet);
            }
        });
    }
}
