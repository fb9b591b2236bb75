package io.penstock.dataplane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.netns.NetNs;
import io.penstock.os.xdp.RedirectProgramCounter;
import io.penstock.os.xdp.XskStatistics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(30)
final class StatCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private CounterFile file;

    @BeforeEach
    void create() {
        file = CounterFile.create(
                folder.resolve("x.counters"),
                List.of(3),
                List.of(new PortConfig("lan", "d0", PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, 0)));
        file.portMode(0, Attachment.NATIVE, CopyMode.COPY, 1, "veth has no zero-copy");
        file.xdpStatistics(0, 0, new XskStatistics(0, 0, 0, 9, 0, 0));
        file.programCounters(0, Map.of(RedirectProgramCounter.REDIRECTED, 64L, RedirectProgramCounter.PASSED_LOCAL, 3L));
        file.connections(5);
        count(64, 60, 4);
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void shouldPrintTheFixedShapeWhenJson() {
        assertEquals(ExitCode.DONE, stat("--json"));
        final String text = out.toString().replaceFirst("\"pid\":\\d+,\"uptime_seconds\":[\\d.]+", "PID");
        assertEquals("{PID,\"ports\":{\"lan\":{\"rx_packets\":64,\"rx_bytes\":6400,\"tx_packets\":0,\"tx_bytes\":0,"
                + "\"tx_full\":0,\"handed_off\":0,\"device\":\"d0\",\"attach\":\"native\",\"copy\":\"copy\",\"queues\":1,"
                + "\"why\":\"veth has no zero-copy\",\"xdp\":{\"rx_dropped\":0,\"rx_invalid_descs\":0,\"tx_invalid_descs\":0,"
                + "\"rx_ring_full\":9,\"rx_fill_ring_empty_descs\":0,\"tx_ring_empty_descs\":0,\"xdp_redirected\":64,\"xdp_passed_non_ip\":0,"
                + "\"xdp_passed_not_our_mac\":0,\"xdp_passed_group\":0,\"xdp_passed_link_local\":0,\"xdp_passed_local\":3,"
                + "\"xdp_passed_no_socket\":0,\"xdp_dropped_no_socket\":0}}},"
                + "\"workers\":[{\"cpu\":3,\"packets\":64,\"batch_average\":64,\"busy\":0.25,\"frames_free\":0,\"parked\":0,"
                + "\"generation\":0}],\"dropped\":{\"no_route\":4},\"packets\":64,\"forwarded\":60,\"delivered\":0,"
                + "\"stolen\":0,\"queued\":0,\"returned\":0,\"originated\":0,\"parked\":0,\"handed_off\":0,"
                + "\"handed_in\":0,\"hook_exceptions\":0,"
                + "\"partial_checksums_completed\":0,\"fragmented\":0,\"icmp_limited\":0,\"icmp_no_frame\":0,\"host_sent\":0,\"gathered\":0,"
                + "\"unaccounted\":0,\"connections\":5,\"set_changes_missed\":0}\n", text);
    }

    @Test
    void shouldTellRatesAndReasonsWhenForPeople() {
        try (CounterReader reader = CounterReader.open(file.path())) {
            final CounterSnapshot before = reader.snapshot();
            count(2_000_000, 1_999_990, 10);
            file.programCounters(0, Map.of(RedirectProgramCounter.PASSED_LOCAL, 13L));
            final CounterSnapshot now = secondsLater(reader.snapshot(), before, 2);
            final String screen = StatScreen.of(now, before);
            assertTrue(screen.contains("connections=5 unaccounted=0\n"), screen);
            assertTrue(screen.contains("in                 1.00 M          2000064\n"), screen);
            assertTrue(screen.contains("  no_route                          5               14  No route leads to the "), screen);
            assertTrue(screen.contains("cpu 3              1.00 M"), screen);
            assertTrue(screen.contains("d0 attach=native copy=copy queues=1: veth has no zero-copy\n"), screen);
            assertTrue(screen.contains("xdp_rx_ring_full                        0          9  Kernel: "), screen);
            assertTrue(screen.endsWith("""

                    left to the kernel                    per second        total
                    lan          xdp_passed_local                  5           13  Packets to one of the host's own addresses, left to the kernel.
                    """), screen);
            // 2,000,000 frames of 100 and 24 bytes in two seconds.
            assertTrue(screen.contains("1.00 M   992.00 M"), screen);
            assertFalse(screen.contains("\u001b"), screen);
        }
        assertEquals(ExitCode.DONE, stat());
        assertTrue(out.toString().startsWith("penstock pid="), out.toString());
    }

    @Test
    void shouldSayThereIsNoneWhenTheDataPlaneStopsWhileWatched() throws InterruptedException {
        final int[] exit = {-1};
        final Thread watcher = new Thread(() -> exit[0] = stat("--json", "--watch", "0.02"));
        watcher.start();
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (out.toString().lines().count() < 3 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        file.close();
        watcher.join();
        assertEquals(ExitCode.NO_DATA_PLANE, exit[0]);
        final List<String> lines = out.toString().lines().toList();
        assertTrue(lines.size() >= 3, lines.toString());
        assertFalse(lines.getFirst().contains("interval_seconds"));
        assertTrue(lines.get(1).contains("\"interval_seconds\":0.0"), lines.get(1));
        assertTrue(lines.get(1).contains("\"rx_packets_per_second\":0,"), lines.get(1));
        assertTrue(err.toString().startsWith("no data plane runs in this network namespace: "), err.toString());
    }

    @Test
    void shouldRefuseWhenTheIntervalIsNoTime() {
        assertEquals(ExitCode.USAGE, stat("--watch", "-1"));
        assertTrue(err.toString().startsWith("--watch=-1.0 is not a time; give seconds from 0.01 on, such as 1"), err.toString());
        assertEquals(ExitCode.USAGE, stat("--watch", "NaN"));
        assertEquals(ExitCode.USAGE, stat("--nonsense"));
    }

    @Test
    void shouldFindTheCountersBesideTheSocketWhenOneIsGiven() {
        assertEquals(Path.of("/x/y.counters"), RuntimePaths.counters(Path.of("/x/y.sock")));
        assertEquals(Path.of("/x/y.counters"), RuntimePaths.counters(Path.of("/x/y")));
        assertEquals(Path.of("/x/y.sock"), RuntimePaths.socket(Path.of("/x/y.sock")));
        if (System.getenv("PENSTOCK_SOCKET") == null) {
            assertEquals(Path.of("/run/penstock/" + NetNs.inode() + ".counters"), RuntimePaths.counters(null));
            assertEquals(Path.of("/run/penstock/" + NetNs.inode() + ".sock"), RuntimePaths.socket(null));
        }
    }

    @Test
    void shouldScaleWhenNumbersAreLarge() {
        assertEquals("0", StatScreen.scaled(0));
        assertEquals("999", StatScreen.scaled(999));
        assertEquals("1.00 k", StatScreen.scaled(999.96));
        assertEquals("12.35 M", StatScreen.scaled(12_345_678));
        assertEquals("00:01:01", StatScreen.duration(61_000_000_000L));
        assertEquals("2d01:00:00", StatScreen.duration(176_400_000_000_000L));
    }

    private void count(final long packets, final long forwarded, final long dropped) {
        final long block = file.workerBlock(0);
        CounterLayout.beginUpdate(block);
        CounterLayout.add(block + WorkerCounter.PACKETS.offset(), packets);
        CounterLayout.add(block + WorkerCounter.FORWARDED.offset(), forwarded);
        CounterLayout.add(block + WorkerCounter.BATCHES.offset(), 1);
        CounterLayout.add(block + WorkerCounter.BUSY_NS.offset(), 1);
        CounterLayout.add(block + WorkerCounter.IDLE_NS.offset(), 3);
        CounterLayout.add(block + CounterLayout.dropOffset(DropReason.NO_ROUTE.id()), dropped);
        CounterLayout.endUpdate(block);
        CounterLayout.add(file.portBlock(0, 0) + PortCounter.RX_PACKETS.offset(), packets);
        CounterLayout.add(file.portBlock(0, 0) + PortCounter.RX_BYTES.offset(), packets * 100);
    }

    private static CounterSnapshot secondsLater(final CounterSnapshot now, final CounterSnapshot before, final int seconds) {
        return new CounterSnapshot(now.pid(), now.startedNs(), now.uptimeNs(), before.takenNs() + seconds * 1_000_000_000L,
                now.connections(), now.setChangesMissed(), now.workers(), now.ports());
    }

    private int stat(final String... arguments) {
        final String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--socket";
        all[arguments.length + 1] = folder.resolve("x.sock").toString();
        return new CommandLine(new StatCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
