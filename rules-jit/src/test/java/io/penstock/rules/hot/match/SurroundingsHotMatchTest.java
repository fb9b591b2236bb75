package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Matches of TCP's ECN flags and MSS, quotas, ways back, workers. */
final class SurroundingsHotMatchTest {

    private static final String IP = "45020040 00000000 4006 0000 0a000001 0a000002 ";
    private static final String IP6 = "60200000 0000063f 20010db8000000000000000000000001 20010db8000000000000000000000002 ";
    private static final String TCP = "04d20050 00000001 00000002 ";
    private static final int ANY = HotEcn.ANY;

    private final PacketInMemory memory = new PacketInMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldReadCodepointOfBothFamilies() {
        assertTrue(new HotEcn(ANY, ANY, 2, false).matches(memory.v4(IP)));
        assertFalse(new HotEcn(ANY, ANY, 1, false).matches(memory.v4(IP)));
        assertTrue(new HotEcn(ANY, ANY, 1, true).matches(memory.v4(IP)));
        assertTrue(new HotEcn(ANY, ANY, 2, false).matches(memory.v6(IP6)));
        assertFalse(new HotEcn(ANY, ANY, 2, true).matches(memory.v6(IP6)));
    }

    @Test
    void shouldReadTcpFlagsWhenHeaderIsWhole() {
        final String both = IP + TCP + "50c21000 00000000";
        assertTrue(new HotEcn(HotEcn.SET, HotEcn.SET, 2, false).matches(memory.v4(both)));
        assertFalse(new HotEcn(HotEcn.SET, HotEcn.CLEAR, ANY, false).matches(memory.v4(both)));
        assertTrue(new HotEcn(HotEcn.SET, ANY, ANY, false).matches(memory.v4(both)));
        assertTrue(new HotEcn(HotEcn.CLEAR, HotEcn.CLEAR, ANY, false).matches(memory.v6(IP6 + TCP + "50021000 00000000")));
        final RulePacket cut = memory.v4(IP + TCP + "50c21000 000000");
        assertFalse(new HotEcn(HotEcn.SET, ANY, ANY, false).matches(cut));
        assertFalse(cut.hotdrop);
    }

    @Test
    void shouldFindSegmentSizeAmongOptions() {
        final RulePacket packet = memory.v4(IP + TCP + "80021000 00000000 0101 030307 01 020405b4 0000");
        assertTrue(new HotTcpmss(1460, 1460, false).matches(packet));
        assertFalse(new HotTcpmss(1461, 65_535, false).matches(packet));
        assertTrue(new HotTcpmss(1461, 65_535, true).matches(packet));
        assertFalse(new HotTcpmss(0, 1460, true).matches(packet));
    }

    @Test
    void shouldTakeMissingSegmentSizeWhenInverted() {
        final RulePacket without = memory.v4(IP + TCP + "50021000 00000000");
        assertFalse(new HotTcpmss(0, 65_535, false).matches(without));
        assertTrue(new HotTcpmss(0, 65_535, true).matches(without));
        assertFalse(without.hotdrop);
    }

    @Test
    void shouldStepOverOptionsOfLengthZeroAndStayInHeader() {
        assertTrue(new HotTcpmss(536, 536, false).matches(memory.v4(IP + TCP + "70021000 00000000 0500 0204 0218 0000")));
        assertFalse(new HotTcpmss(0, 65_535, false).matches(memory.v4(IP + TCP + "60021000 00000000 01010102 0405b400")));
        assertFalse(new HotTcpmss(0, 65_535, false).matches(memory.v4(IP + TCP + "60021000 00000000 010104ff")));
    }

    @Test
    void shouldDropWhenTcpHeaderIsCutOff() {
        for (final String tcp : new String[] {"04d20050", TCP + "40021000 00000000", TCP + "60021000 00000000 020405"}) {
            final RulePacket packet = memory.v4(IP + tcp);
            assertFalse(new HotTcpmss(0, 65_535, true).matches(packet));
            assertTrue(packet.hotdrop, tcp);
        }
    }

    @Test
    void shouldEndQuotaWithFirstPacketThatDoesNotFit() {
        final HotMatch quota = new HotQuota(50, false);
        assertTrue(quota.matches(memory.put(4, 20, new byte[30])));
        assertFalse(quota.matches(memory.put(4, 20, new byte[21])));
        assertFalse(quota.matches(memory.put(4, 20, new byte[20])));
        final HotMatch exact = new HotQuota(40, false);
        assertTrue(exact.matches(memory.put(4, 20, new byte[20])));
        assertTrue(exact.matches(memory.put(4, 20, new byte[20])));
        assertFalse(exact.matches(memory.put(4, 20, new byte[20])));
        final HotMatch inverted = new HotQuota(20, true);
        assertFalse(inverted.matches(memory.put(4, 20, new byte[20])));
        assertTrue(inverted.matches(memory.put(4, 20, new byte[20])));
        assertTrue(new HotQuota(-1, false).matches(memory.put(4, 20, new byte[20])));
    }

    @Test
    void shouldShareQuotaAmongWorkers() throws InterruptedException {
        final HotMatch quota = new HotQuota(100_000L * 20, false);
        final AtomicLong taken = new AtomicLong();
        final CountDownLatch done = new CountDownLatch(2);
        for (int worker = 0; worker < 2; worker++) {
            Thread.ofPlatform().start(() -> {
                final RulePacket packet = new RulePacket();
                packet.length = 20;
                long mine = 0;
                for (int i = 0; i < 100_000; i++) {
                    mine += quota.matches(packet) ? 1 : 0;
                }
                taken.addAndGet(mine);
                done.countDown();
            });
        }
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertEquals(100_000, taken.get());
    }

    @Test
    void shouldAskForWayBackUnlessThereIsNothingToAsk() {
        final HotMatch way = new HotRpfilter(false, false, false, false);
        assertFalse(way.matches(memory.v4(IP)));
        memory.reverse(true);
        assertTrue(way.matches(memory.v4(IP)));
        assertFalse(new HotRpfilter(false, false, false, true).matches(memory.v4(IP)));
        assertEquals(3, memory.reverseCalls());
        memory.reverse(false);
        assertTrue(way.matches(memory.v4("45000014 00000000 4002 0000 00000000 e0000001")));
        assertFalse(way.matches(memory.v4("45000014 00000000 4002 0000 00000000 e1000001")));
        assertTrue(way.matches(memory.v6("60000000 00003aff" + "00".repeat(16) + "ff02" + "00".repeat(14))));
        final RulePacket looped = memory.v4(IP);
        looped.packetType = RulePacket.LOOPBACK;
        assertTrue(way.matches(looped));
        assertEquals(4, memory.reverseCalls());
    }

    @Test
    void shouldKnowWorkerAndAnswerAlike() {
        final RulePacket packet = memory.v4(IP);
        packet.worker = 3;
        assertTrue(new HotCpu(3, false).matches(packet));
        assertFalse(new HotCpu(3, true).matches(packet));
        assertTrue(new HotCpu(-1, true).matches(packet));
        assertFalse(HotNever.INSTANCE.matches(packet));
    }
}
