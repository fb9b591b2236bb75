package io.penstock.perf.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.perf.bench.measure.JvmStat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read from text that other programs and the kernel print. */
final class WireReadingsTest {

    @Test
    void shouldAddUpWorkersAllocationsWhenJcmdHasListedTheThreads() {
        final String threads = """
                9107:
                "main" #3 [9107] prio=5 os_prio=0 cpu=494.72ms elapsed=3.29s allocated=31424K defined_classes=1567 tid=0x1
                "worker-0" #17 [27839] prio=5 os_prio=0 cpu=2663.20ms elapsed=2.68s allocated=78096B defined_classes=3 tid=0x2
                "worker-1" #18 [27840] prio=5 os_prio=0 cpu=2663.20ms elapsed=2.68s allocated=2K defined_classes=3 tid=0x3
                """;
        final String counters = """
                sun.gc.collector.0.invocations=3
                sun.gc.collector.0.name="Serial young collection pauses"
                sun.gc.collector.1.invocations=2
                """;
        assertEquals(new JvmStat(78_096 + 2_048, 5), JvmStat.parse(threads, counters));
    }

    @Test
    void shouldKnowNothingWhenNoWorkerIsListed() {
        assertNull(JvmStat.parse("\"main\" #3 [9107] allocated=31424K", ""));
    }

    @Test
    void shouldAddUpStealOfTheTwoCpusWhenMachineHasMore() {
        final List<String> lines = List.of(
                "cpu  1 2 3 4 5 6 7 1000 0 0",
                "cpu0 1 2 3 4 5 6 7 5 0 0",
                "cpu1 1 2 3 4 5 6 7 7 0 0",
                "cpu2 1 2 3 4 5 6 7 900 0 0",
                "cpu10 1 2 3 4 5 6 7 900 0 0",
                "intr 12345 0 0 0 0 0 0 0 0");
        assertEquals(12, StealTicks.of(lines, WireCpus.GENERATOR, WireCpus.WORKER));
        assertEquals(900, StealTicks.of(lines, 2));
    }

    @Test
    void shouldReadWhatTheSinksRingHadNoRoomFor() {
        final List<String> lines = List.of(
                "Inter-|   Receive                                                |  Transmit",
                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
                "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0",
                "    d1:     100       2    0    3    0     0          0         0      600      10    0   17    0     0       0          0");
        assertEquals(17, WireNetwork.dropped(lines, "d1", WireNetwork.TX_DROPPED));
        assertEquals(0, WireNetwork.dropped(lines, "d", WireNetwork.TX_DROPPED));
    }

    @Test
    void shouldWriteMacsAsIpDoes() {
        assertEquals("02:00:00:00:00:04", WireNetwork.mac(WireNetwork.SINK_MAC));
        assertEquals("fe:dc:ba:98:76:54", WireNetwork.mac(0xFEDC_BA98_7654L));
    }
}
