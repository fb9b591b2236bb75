package io.penstock.dataplane.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.xdp.RedirectProgramCounter;
import io.penstock.os.xdp.XskStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CounterFileTest {

    private static final List<PortConfig> PORTS = List.of(
            new PortConfig("lan", "d0", PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, 0),
            new PortConfig("a-port-name-of-31-characters-ab", "fifteen-chars-x", PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, 0));

    @TempDir
    private Path folder;

    @Test
    void shouldSumOverWorkersWhenRead() {
        final Path path = folder.resolve("sub/1.counters");
        try (CounterFile file = CounterFile.create(path, List.of(1, 5), PORTS);
                CounterReader reader = CounterReader.open(path)) {
            for (int worker = 0; worker < 2; worker++) {
                final long block = file.workerBlock(worker);
                CounterLayout.beginUpdate(block);
                CounterLayout.add(block + WorkerCounter.PACKETS.offset(), 64);
                CounterLayout.add(block + WorkerCounter.FORWARDED.offset(), 60);
                CounterLayout.add(block + WorkerCounter.PARKED.offset(), 1);
                CounterLayout.add(block + WorkerCounter.BATCHES.offset(), 2);
                CounterLayout.add(block + WorkerCounter.BUSY_NS.offset(), 100);
                CounterLayout.add(block + WorkerCounter.IDLE_NS.offset(), 300);
                CounterLayout.add(block + CounterLayout.dropOffset(DropReason.NO_ROUTE.id()), 3);
                CounterLayout.endUpdate(block);
                CounterLayout.add(file.portBlock(worker, 1) + PortCounter.TX_BYTES.offset(), 1000);
                file.xdpStatistics(worker, 1, new XskStatistics(1, 2, 3, 4, 5, 6));
            }
            file.portMode(1, Attachment.NATIVE, CopyMode.COPY, 2, "veth has no zero-copy");
            file.programCounters(1, Map.of(
                    RedirectProgramCounter.REDIRECTED, 7L, RedirectProgramCounter.PASSED_NO_SOCKET, 8L));
            file.connections(42);
            final CounterSnapshot snapshot = reader.snapshot();
            assertTrue(reader.isAlive());
            assertEquals(ProcessHandle.current().pid(), snapshot.pid());
            assertTrue(snapshot.uptimeNs() >= 0 && snapshot.uptimeNs() < 60_000_000_000L);
            assertEquals(128, snapshot.sum(WorkerCounter.PACKETS));
            assertEquals(Map.of(DropReason.NO_ROUTE, 6L), snapshot.dropped());
            assertEquals(0, snapshot.unaccounted());
            assertEquals(42, snapshot.connections());
            assertEquals(5, snapshot.workers().get(1).cpu());
            assertTrue(snapshot.workers().get(1).atRest());
            assertEquals(32.0, snapshot.workers().getFirst().batchAverage());
            assertEquals(0.25, snapshot.workers().getFirst().busy());
            final CounterSnapshot.Port port = snapshot.ports().get(1);
            assertEquals("a-port-name-of-31-characters-ab", port.name());
            assertEquals("fifteen-chars-x", port.device());
            assertEquals(2000, port.get(PortCounter.TX_BYTES));
            final long[] xdp = EnumSet.allOf(PortCounter.class).stream()
                    .filter(PortCounter::isXdpStatistic)
                    .mapToLong(port::get)
                    .toArray();
            assertArrayEquals(new long[] {2, 4, 6, 8, 10, 12}, xdp);
            assertEquals(Attachment.NATIVE, port.attachment());
            assertEquals(CopyMode.COPY, port.copy());
            assertEquals("veth has no zero-copy", port.why());
            assertEquals(7, port.get(RedirectProgramCounter.REDIRECTED));
            assertEquals(8, port.get(RedirectProgramCounter.PASSED_NO_SOCKET));
            assertEquals(0, port.get(RedirectProgramCounter.PASSED_LOCAL));
            assertEquals(0, snapshot.ports().getFirst().get(RedirectProgramCounter.REDIRECTED));
            assertEquals(0, snapshot.ports().getFirst().get(PortCounter.TX_BYTES));
        }
    }

    @Test
    void shouldReportTheLossWhenTheSumsDisagree() {
        final Path path = folder.resolve("c");
        try (CounterFile file = CounterFile.create(path, List.of(0), List.of());
                CounterReader reader = CounterReader.open(path)) {
            final long block = file.workerBlock(0);
            CounterLayout.add(block + WorkerCounter.PACKETS.offset(), 10);
            CounterLayout.add(block + WorkerCounter.RETURNED.offset(), 1);
            CounterLayout.add(block + WorkerCounter.ORIGINATED.offset(), 2);
            CounterLayout.add(block + WorkerCounter.DELIVERED.offset(), 4);
            CounterLayout.add(block + WorkerCounter.STOLEN.offset(), 2);
            CounterLayout.add(block + WorkerCounter.QUEUED.offset(), 3);
            assertEquals(4, reader.snapshot().unaccounted());
            CounterLayout.add(block + WorkerCounter.FORWARDED.offset(), 9);
            assertEquals(-5, reader.snapshot().unaccounted());
            CounterLayout.add(block + WorkerCounter.HANDED_IN.offset(), 6);
            assertEquals(1, reader.snapshot().unaccounted());
            CounterLayout.add(block + WorkerCounter.HANDED_OFF.offset(), 2);
            assertEquals(-1, reader.snapshot().unaccounted());
            CounterLayout.beginUpdate(block);
            final CounterSnapshot torn = reader.snapshot();
            assertFalse(torn.workers().getFirst().atRest());
            assertEquals(0, torn.unaccounted());
        }
    }

    @Test
    void shouldBalanceWhenReadWhileAWorkerWrites() throws InterruptedException {
        final Path path = folder.resolve("c");
        final AtomicBoolean stop = new AtomicBoolean();
        try (CounterFile file = CounterFile.create(path, List.of(0), List.of());
                CounterReader reader = CounterReader.open(path)) {
            final long block = file.workerBlock(0);
            final Thread worker = new Thread(() -> {
                long batch = 0;
                while (!stop.get()) {
                    batch = batch * 31 + 7;
                    final long dropped = batch & 63;
                    CounterLayout.beginUpdate(block);
                    CounterLayout.add(block + WorkerCounter.PACKETS.offset(), 64);
                    CounterLayout.add(block + WorkerCounter.FORWARDED.offset(), 64 - dropped);
                    CounterLayout.add(block + CounterLayout.dropOffset(DropReason.count() - 1), dropped);
                    CounterLayout.endUpdate(block);
                    for (int i = 0; i < 50; i++) {
                        Thread.onSpinWait();
                    }
                }
            });
            worker.start();
            try {
                int rested = 0;
                for (int i = 0; i < 500; i++) {
                    final CounterSnapshot snapshot = reader.snapshot();
                    // A worker that loses its CPU within an update, for longer than a reader waits, has not accounted for all yet.
                    if (snapshot.workers().getFirst().atRest()) {
                        assertEquals(0, snapshot.unaccounted());
                        rested++;
                    }
                }
                assertTrue(rested > 0);
            } finally {
                stop.set(true);
                worker.join();
            }
            assertTrue(reader.snapshot().workers().getFirst().atRest());
        }
    }

    @Test
    void shouldKeepOthersOutWhenCreatedAndDisappearWhenClosed() throws IOException {
        final Path path = folder.resolve("c");
        try (CounterFile file = CounterFile.create(path, List.of(0), PORTS)) {
            assertEquals(path, file.path());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            try (var files = Files.list(folder)) {
                assertEquals(List.of(path), files.toList());
            }
        }
        assertFalse(Files.exists(path));
        final CounterFileException e = assertThrows(CounterFileException.class, () -> CounterReader.open(path));
        assertTrue(e.isAbsent());
        assertEquals("no data plane runs in this network namespace: " + path + " does not exist; start one with "
                + "'penstock run', or enter its namespace with 'ip netns exec NAME'", e.getMessage());
    }

    @Test
    void shouldLeaveTheSuccessorsFileWhenClosedLate() {
        final Path path = folder.resolve("c");
        final CounterFile old = CounterFile.create(path, List.of(0), PORTS);
        try (CounterFile _ = CounterFile.create(path, List.of(0), PORTS)) {
            old.close();
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void shouldSayWhoOwnsItWhenAnotherProcessRuns() throws IOException {
        final Path path = folder.resolve("c");
        try (CounterFile _ = CounterFile.create(path, List.of(0), PORTS)) {
            poke(path, CounterHeader.PID_OFFSET, 1);
            poke(path, CounterHeader.PID_START_OFFSET, ProcessIdentity.startTicks(1));
            assertEquals("a data plane already serves this network namespace: pid=1; stop it first with 'kill 1', or give "
                    + "--socket another path", refusalToCreate(path));
        }
    }

    @Test
    void shouldReplaceTheFileWhenItsProcessIsGone() throws IOException {
        final Path path = folder.resolve("c");
        try (CounterFile _ = CounterFile.create(path, List.of(0), PORTS)) {
            poke(path, CounterHeader.PID_OFFSET, 1);
            poke(path, CounterHeader.PID_START_OFFSET, ProcessIdentity.startTicks(1) + 1);
            try (CounterReader reader = CounterReader.open(path)) {
                assertFalse(reader.isAlive());
            }
            CounterFile.create(path, List.of(3), PORTS).close();
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void shouldSayWhyWhenTheFileIsForeign() throws IOException {
        final Path path = folder.resolve("c");
        try (CounterFile _ = CounterFile.create(path, List.of(0), PORTS)) {
            final byte[] good = Files.readAllBytes(path);
            poke(path, CounterHeader.VERSION_OFFSET, 9L | (long) CounterHeader.schema() << 32);
            assertEquals("the counter file " + path + " is of another version of Penstock: version=9 expected=2, or its list "
                    + "of counters differs; use the 'penstock' that runs as pid=" + ProcessHandle.current().pid()
                    + ", or restart the data plane with this one", refusalToOpen(path));
            final Path cut = folder.resolve("cut");
            Files.write(cut, Arrays.copyOf(good, good.length - 1));
            assertEquals("the file " + cut + " is not a counter file: size=" + (good.length - 1) + " expected=" + good.length
                    + "; remove it and restart the data plane", refusalToOpen(cut));
            Files.write(cut, new byte[10]);
            assertEquals("the file " + cut + " is not a counter file: it does not start like one; remove it and restart the "
                    + "data plane", refusalToOpen(cut));
            good[(int) CounterHeader.WORKERS_OFFSET + 3] = -1;
            Files.write(cut, good);
            assertTrue(refusalToOpen(cut).contains("workers=-16777215 ports=2"), refusalToOpen(cut));
        }
    }

    @Test
    void shouldNameEveryCounterOnceAndKeepItInItsBlock() {
        final Set<Long> offsets = new HashSet<>();
        for (final WorkerCounter counter : EnumSet.allOf(WorkerCounter.class)) {
            assertTrue(offsets.add(counter.offset()) && counter.offset() != CounterLayout.SEQUENCE, counter.metric());
            assertTrue(counter.offset() < CounterLayout.DROPS && counter.sentence().endsWith("."), counter.metric());
        }
        assertTrue(CounterLayout.dropOffset(DropReason.count()) <= CounterLayout.WORKER_BLOCK_BYTES);
        offsets.clear();
        for (final PortCounter counter : EnumSet.allOf(PortCounter.class)) {
            assertTrue(offsets.add(counter.offset()), counter.metric());
            assertEquals(counter.isXdpStatistic(), counter.offset() >= 64, counter.metric());
            assertTrue(counter.offset() < CounterLayout.PORT_BLOCK_BYTES, counter.metric());
        }
        assertEquals("rx_ring_full", PortCounter.XDP_RX_RING_FULL.xdpName());
        for (final RedirectProgramCounter counter : RedirectProgramCounter.values()) {
            assertTrue(CounterHeader.programOffset(counter) >= CounterHeader.PORT_WHY_OFFSET + CounterHeader.PORT_WHY_BYTES
                    && CounterHeader.programOffset(counter) + Long.BYTES <= CounterHeader.PORT_RECORD_BYTES, counter.metric());
        }
        assertEquals(0, CounterHeader.workerBlock(3, 5, 1) % CounterLayout.BLOCK_ALIGNMENT_BYTES);
        assertEquals(0, CounterHeader.portBlock(3, 5, 2, 4) % CounterLayout.BLOCK_ALIGNMENT_BYTES);
    }

    @Test
    void shouldRefuseWhenAnIndexIsOutOfRange() {
        try (CounterFile file = CounterFile.create(folder.resolve("c"), List.of(0), PORTS)) {
            assertThrows(IndexOutOfBoundsException.class, () -> file.workerBlock(1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.portBlock(0, 2));
            if (Memory.CHECKED) {
                assertThrows(IndexOutOfBoundsException.class,
                        () -> Memory.getLong(file.portBlock(0, 1) + CounterLayout.PORT_BLOCK_BYTES));
            }
        }
    }

    private static String refusalToOpen(final Path path) {
        return assertThrows(CounterFileException.class, () -> CounterReader.open(path)).getMessage();
    }

    private static String refusalToCreate(final Path path) {
        return assertThrows(CounterFileException.class, () -> CounterFile.create(path, List.of(0), PORTS)).getMessage();
    }

    private static void poke(final Path path, final long offset, final long value) throws IOException {
        try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
            channel.position(offset).write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, value));
        }
    }
}
