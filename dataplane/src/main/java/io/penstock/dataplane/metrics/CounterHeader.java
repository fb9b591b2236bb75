package io.penstock.dataplane.metrics;

import io.penstock.dataplane.hot.metrics.Counter;
import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.nio.charset.StandardCharsets;

/**
 * The layout of a counter file around its blocks.
 *
 * <pre>
 *  +------+-----------------------------------------------------------------------------+
 *  |    0 | magic, 8 bytes      8 version, int       12 schema, int: hash of all names  |
 *  |   16 | pid, long          24 the process's start in clock ticks, long              |
 *  |   32 | start in CLOCK_BOOTTIME ns, long                                            |
 *  |   40 | workers, int       44 ports, int         48 size of the file, long          |
 *  |   64 | connections, long (control)                                                 |
 *  +------+-----------------------------------------------------------------------------+
 *  |  128 | CPU of worker 0, 1 ..., ints, padded to 128                                 |
 *  +------+-----------------------------------------------------------------------------+
 *  |      | port record, 512 bytes, for each port: name 32, device 16, queues, attach,  |
 *  |      | copy, length of why: ints, why 320, at 384 the XDP program's counts: longs  |
 *  +------+-----------------------------------------------------------------------------+
 *  |      | worker blocks, then port blocks worker by worker: see CounterLayout         |
 *  +------+-----------------------------------------------------------------------------+
 * </pre>
 *
 * <p>The first 32 bytes mean the same in every version, so that whoever finds a file can tell whether its owner lives.
 * Everything is in the machine's byte order; the file never leaves it. A file appears under its name only when complete.
 */
final class CounterHeader {

    static final long MAGIC = 0x4B43_4F54_534E_4550L;

    /** Raised when offsets or meanings change; a changed list of counters is told by the schema. */
    static final int VERSION = 2;

    static final long MAGIC_OFFSET = 0;
    static final long VERSION_OFFSET = 8;
    static final long SCHEMA_OFFSET = 12;
    static final long PID_OFFSET = 16;
    static final long PID_START_OFFSET = 24;
    static final long START_OFFSET = 32;
    static final long WORKERS_OFFSET = 40;
    static final long PORTS_OFFSET = 44;
    static final long SIZE_OFFSET = 48;
    static final long CONNECTIONS_OFFSET = 64;
    static final long SET_CHANGES_MISSED_OFFSET = 72;
    static final long HEADER_BYTES = 128;

    static final long PORT_NAME_OFFSET = 0;
    static final int PORT_NAME_BYTES = 32;
    static final long PORT_DEVICE_OFFSET = 32;
    static final int PORT_DEVICE_BYTES = 16;
    static final long PORT_QUEUES_OFFSET = 48;
    static final long PORT_ATTACH_OFFSET = 52;
    static final long PORT_COPY_OFFSET = 56;
    static final long PORT_WHY_LENGTH_OFFSET = 60;
    static final long PORT_WHY_OFFSET = 64;
    static final int PORT_WHY_BYTES = 320;
    static final long PORT_PROGRAM_OFFSET = 384;
    static final long PORT_RECORD_BYTES = PORT_PROGRAM_OFFSET + CounterLayout.BLOCK_ALIGNMENT_BYTES;

    /** What a reader believes at most, so that a damaged file cannot make it allocate without bound. */
    static final int MAX_WORKERS = 1024;
    static final int MAX_PORTS = 1024;

    private CounterHeader() {
    }

    static long portRecord(final int workers, final int port) {
        final long cpus = 4L * workers;
        return HEADER_BYTES + aligned(cpus) + port * PORT_RECORD_BYTES;
    }

    static long workerBlock(final int workers, final int ports, final int worker) {
        return portRecord(workers, ports) + worker * CounterLayout.WORKER_BLOCK_BYTES;
    }

    static long portBlock(final int workers, final int ports, final int worker, final int port) {
        return workerBlock(workers, ports, workers)
                + ((long) worker * ports + port) * CounterLayout.PORT_BLOCK_BYTES;
    }

    /** Where a port's record has what the XDP program did with frames in one of its ways. */
    static long programOffset(final RedirectProgramCounter counter) {
        return PORT_PROGRAM_OFFSET + (long) counter.ordinal() * Long.BYTES;
    }

    static long size(final int workers, final int ports) {
        return portBlock(workers, ports, workers, 0);
    }

    /** FNV-1a over the names of all counters and drop reasons in their order. */
    static int schema() {
        int hash = 0x811C_9DC5;
        for (final Counter counter : WorkerCounter.values()) {
            hash = hash(hash, counter.metric());
        }
        for (final DropReason reason : DropReason.values()) {
            hash = hash(hash, reason.metric());
        }
        for (final Counter counter : PortCounter.values()) {
            hash = hash(hash, counter.metric() + counter.offset());
        }
        for (final RedirectProgramCounter counter : RedirectProgramCounter.values()) {
            hash = hash(hash, counter.metric());
        }
        return hash;
    }

    private static int hash(final int start, final String name) {
        int hash = start;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x0100_0193;
        }
        return hash * 0x0100_0193;
    }

    static void putText(final long address, final int bytes, final String text) {
        final byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        Memory.fill(address, bytes, (byte) 0);
        Memory.copyFromArray(encoded, 0, address, Math.min(encoded.length, bytes));
    }

    static String getText(final long address, final int bytes) {
        final byte[] encoded = new byte[bytes];
        Memory.copyToArray(address, encoded, 0, bytes);
        int length = 0;
        while (length < bytes && encoded[length] != 0) {
            length++;
        }
        return new String(encoded, 0, length, StandardCharsets.UTF_8);
    }

    private static long aligned(final long bytes) {
        return (bytes + CounterLayout.BLOCK_ALIGNMENT_BYTES - 1) & -CounterLayout.BLOCK_ALIGNMENT_BYTES;
    }
}
