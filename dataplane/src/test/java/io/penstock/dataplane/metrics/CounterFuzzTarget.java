package io.penstock.dataplane.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.os.testkit.Allocation;
import io.penstock.os.testkit.FuzzFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * For the fuzzer: the input is a counter file behind a byte that says what is put right in it, as the list of counters is not for
 * the fuzzer to guess. It is read whole, or refused in one line.
 */
public final class CounterFuzzTarget {

    /** What is put right: the start that all files have, the size. */
    private static final int START = 1;
    private static final int SIZE = 2;
    /** What is left alone: blocks that somebody is writing, each of which keeps the reader waiting for a while. */
    private static final int WRITING = 0xFC;

    /** Workers and ports in a file whose size is put right: their blocks are some kilobytes each. */
    private static final int MAX_BLOCKS = 3;

    private static final int HEAP_BYTES = 4 << 20;

    private static final FuzzFile FILE = new FuzzFile(".counters");

    private CounterFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length == 0) {
            return;
        }
        final Path file = FILE.write(right(Arrays.copyOfRange(input, 1, input.length), input[0]));
        Allocation.atMost(HEAP_BYTES, () -> read(file));
    }

    private static void read(final Path file) {
        CounterReader.owner(file);
        try (CounterReader reader = CounterReader.open(file)) {
            final CounterSnapshot snapshot = reader.snapshot();
            assertEquals(0, snapshot.workers().stream().map(w -> w.since(w)).filter(w -> w.unaccounted() != 0).count());
            snapshot.unaccounted();
            snapshot.dropped();
            assertTrue(snapshot.ports().stream().allMatch(p -> p.why().length() <= CounterHeader.PORT_WHY_BYTES));
            reader.requireAlive(file);
        } catch (final CounterFileException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
        }
    }

    private static byte[] right(final byte[] bytes, final int what) {
        if (bytes.length < CounterHeader.HEADER_BYTES) {
            return bytes;
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if ((what & START) != 0) {
            file.putLong((int) CounterHeader.MAGIC_OFFSET, CounterHeader.MAGIC);
            file.putInt((int) CounterHeader.VERSION_OFFSET, CounterHeader.VERSION);
            file.putInt((int) CounterHeader.SCHEMA_OFFSET, CounterHeader.schema());
        }
        final int workers = file.getInt((int) CounterHeader.WORKERS_OFFSET);
        final int ports = file.getInt((int) CounterHeader.PORTS_OFFSET);
        if (workers < 0 || workers > MAX_BLOCKS || ports < 0 || ports > MAX_BLOCKS) {
            return bytes;
        }
        if ((what & SIZE) != 0) {
            final long size = CounterHeader.size(workers, ports);
            file = ByteBuffer.wrap(Arrays.copyOf(bytes, (int) size)).order(ByteOrder.nativeOrder());
            file.putLong((int) CounterHeader.SIZE_OFFSET, size);
        }
        if ((what & WRITING) != WRITING) {
            for (int worker = 0; worker < workers; worker++) {
                final int at = (int) (CounterHeader.workerBlock(workers, ports, worker) + CounterLayout.SEQUENCE);
                if (at + Long.BYTES <= file.capacity()) {
                    file.putLong(at, file.getLong(at) & ~1L);
                }
            }
        }
        return file.array();
    }
}
