package io.penstock.dataplane.metrics;

import io.penstock.dataplane.hot.metrics.CounterLayout;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads another process's counters, costing it nothing.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The header is checked before anything is mapped, and the size of the file against the header, so that no damaged or
 *       cut file makes a read fault.</li>
 *   <li>Nothing is written.</li>
 *   <li>A worker's block is read again until the worker was not writing it meanwhile, for a bounded time.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
public final class CounterReader implements AutoCloseable {

    /** Long enough for this code to be compiled and to meet a busy worker between two batches; short enough for a person. */
    private static final long REST_PATIENCE_NS = 20_000_000;

    /** What counts packets that come in: of a block that is being written they are read before what became of them. */
    private static final WorkerCounter[] WAYS_IN = {
        WorkerCounter.PACKETS, WorkerCounter.ORIGINATED, WorkerCounter.RETURNED, WorkerCounter.HANDED_IN
    };

    private static final Attachment[] ATTACHMENTS = Attachment.values();
    private static final CopyMode[] COPY_MODES = CopyMode.values();
    private static final RedirectProgramCounter[] PROGRAM_COUNTERS = RedirectProgramCounter.values();

    private final MappedMemory memory;
    private final int workers;
    private final int ports;

    private CounterReader(final MappedMemory memory, final int workers, final int ports) {
        this.memory = memory;
        this.workers = workers;
        this.ports = ports;
    }

    /** Opens a file; {@link CounterFileException#isAbsent} tells that there is none. */
    public static CounterReader open(final Path path) {
        try {
            final ByteBuffer header = header(path);
            final int workers = header.getInt((int) CounterHeader.WORKERS_OFFSET);
            final int ports = header.getInt((int) CounterHeader.PORTS_OFFSET);
            return new CounterReader(CounterFile.map(path, CounterHeader.size(workers, ports)), workers, ports);
        } catch (final NoSuchFileException e) {
            throw new CounterFileException("no data plane runs in this network namespace: " + path
                    + " does not exist; start one with 'penstock run', or enter its namespace with 'ip netns exec NAME'", true, e);
        } catch (final AccessDeniedException e) {
            throw new CounterFileException(
                    "the counter file " + path + " is not yours to read; run as root or as the data plane's user", false, e);
        } catch (final IOException e) {
            throw new CounterFileException(
                    "the counter file " + path + " cannot be read: " + e.getMessage(), false, e);
        }
    }

    /** The running process that owns a file, of whatever version, or -1. */
    static long owner(final Path path) {
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            final ByteBuffer header = firstBytes(channel);
            final long pid = header.getLong((int) CounterHeader.PID_OFFSET);
            return header.getLong((int) CounterHeader.MAGIC_OFFSET) == CounterHeader.MAGIC
                    && pid > 0
                    && ProcessIdentity.startTicks(pid) == header.getLong((int) CounterHeader.PID_START_OFFSET) ? pid : -1;
        } catch (final IOException e) {
            return -1;
        }
    }

    /** The header; what the file does not have of it stays zero. */
    private static ByteBuffer firstBytes(final SeekableByteChannel channel) throws IOException {
        final ByteBuffer header = ByteBuffer.allocate((int) CounterHeader.HEADER_BYTES).order(ByteOrder.nativeOrder());
        int read;
        do {
            read = channel.read(header);
        } while (read > 0);
        return header;
    }

    private static ByteBuffer header(final Path path) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            final ByteBuffer header = firstBytes(channel);
            if (header.hasRemaining() || header.getLong((int) CounterHeader.MAGIC_OFFSET) != CounterHeader.MAGIC) {
                throw damaged(path, "it does not start like one");
            }
            final int version = header.getInt((int) CounterHeader.VERSION_OFFSET);
            if (version != CounterHeader.VERSION
                    || header.getInt((int) CounterHeader.SCHEMA_OFFSET) != CounterHeader.schema()) {
                throw new CounterFileException("the counter file " + path + " is of another version of Penstock: version="
                        + version + " expected=" + CounterHeader.VERSION + ", or its list of counters differs; use the "
                        + "'penstock' that runs as pid=" + header.getLong((int) CounterHeader.PID_OFFSET)
                        + ", or restart the data plane with this one", false, null);
            }
            final int workers = header.getInt((int) CounterHeader.WORKERS_OFFSET);
            final int ports = header.getInt((int) CounterHeader.PORTS_OFFSET);
            if (workers < 0 || workers > CounterHeader.MAX_WORKERS || ports < 0 || ports > CounterHeader.MAX_PORTS) {
                throw damaged(path, "workers=" + workers + " ports=" + ports);
            }
            final long expected = CounterHeader.size(workers, ports);
            if (header.getLong((int) CounterHeader.SIZE_OFFSET) != expected || channel.size() != expected) {
                throw damaged(path, "size=" + channel.size() + " expected=" + expected);
            }
            return header;
        }
    }

    private static CounterFileException damaged(final Path path, final String what) {
        return new CounterFileException("the file " + path + " is not a counter file: " + what
                + "; remove it and restart the data plane", false, null);
    }

    /** The data plane's process. */
    public long pid() {
        return Memory.getLong(memory.address() + CounterHeader.PID_OFFSET);
    }

    /** True while that very process runs. */
    public boolean isAlive() {
        return ProcessIdentity.startTicks(pid()) == Memory.getLong(memory.address() + CounterHeader.PID_START_OFFSET);
    }

    /** Throws when that process is gone; {@code path} is for the message. */
    public void requireAlive(final Path path) {
        if (!isAlive()) {
            throw new CounterFileException("the data plane of this network namespace is gone: pid=" + pid() + " left " + path
                    + " without removing it, as after a crash or kill -9; start it again with 'penstock run'", true, null);
        }
    }

    /** Reads everything. */
    public CounterSnapshot snapshot() {
        final long base = memory.address();
        final List<CounterSnapshot.Worker> workerValues = new ArrayList<>(workers);
        for (int worker = 0; worker < workers; worker++) {
            workerValues.add(worker(worker));
        }
        final List<CounterSnapshot.Port> portValues = new ArrayList<>(ports);
        for (int port = 0; port < ports; port++) {
            portValues.add(port(port));
        }
        final long started = Memory.getLong(base + CounterHeader.START_OFFSET);
        return new CounterSnapshot(
                pid(),
                started,
                ProcessIdentity.boottimeNs() - started,
                System.nanoTime(),
                Memory.getLongOpaque(base + CounterHeader.CONNECTIONS_OFFSET),
                Memory.getLongOpaque(base + CounterHeader.SET_CHANGES_MISSED_OFFSET),
                List.copyOf(workerValues),
                List.copyOf(portValues));
    }

    @Override
    public void close() {
        memory.close();
    }

    private CounterSnapshot.Worker worker(final int worker) {
        final long base = memory.address();
        final long block = base + CounterHeader.workerBlock(workers, ports, worker);
        final byte[] copy = new byte[(int) CounterLayout.WORKER_BLOCK_BYTES];
        final long[] in = new long[WAYS_IN.length];
        final long start = System.nanoTime();
        boolean atRest;
        do {
            final long sequence = Memory.getLongAcquire(block + CounterLayout.SEQUENCE);
            for (int i = 0; i < in.length; i++) {
                in[i] = Memory.getLongOpaque(block + WAYS_IN[i].offset());
            }
            VarHandle.acquireFence();
            Memory.copyToArray(block, copy, 0, copy.length);
            VarHandle.acquireFence();
            atRest = (sequence & 1) == 0 && Memory.getLongOpaque(block + CounterLayout.SEQUENCE) == sequence;
            Thread.onSpinWait();
        } while (!atRest && System.nanoTime() - start < REST_PATIENCE_NS);
        final ByteBuffer values = ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
        final long[] counters = new long[WorkerCounter.count()];
        for (final WorkerCounter counter : WorkerCounter.values()) {
            counters[counter.id()] = values.getLong((int) counter.offset());
        }
        for (int i = 0; i < in.length; i++) {
            counters[WAYS_IN[i].id()] = in[i];
        }
        final long[] drops = new long[DropReason.count()];
        for (int id = 0; id < drops.length; id++) {
            drops[id] = values.getLong((int) CounterLayout.dropOffset(id));
        }
        return new CounterSnapshot.Worker(Memory.getInt(base + CounterHeader.HEADER_BYTES + 4L * worker), atRest, counters, drops);
    }

    private CounterSnapshot.Port port(final int port) {
        final long base = memory.address();
        final long[] sums = new long[PortCounter.count()];
        for (int worker = 0; worker < workers; worker++) {
            final long block = base + CounterHeader.portBlock(workers, ports, worker, port);
            for (final PortCounter counter : PortCounter.values()) {
                sums[counter.id()] += Memory.getLongOpaque(block + counter.offset());
            }
        }
        final long portRecord = base + CounterHeader.portRecord(workers, port);
        final long[] program = new long[PROGRAM_COUNTERS.length];
        for (final RedirectProgramCounter counter : PROGRAM_COUNTERS) {
            program[counter.ordinal()] = Memory.getLongOpaque(portRecord + CounterHeader.programOffset(counter));
        }
        final int whyLength = Memory.getIntAcquire(portRecord + CounterHeader.PORT_WHY_LENGTH_OFFSET);
        return new CounterSnapshot.Port(
                CounterHeader.getText(portRecord + CounterHeader.PORT_NAME_OFFSET, CounterHeader.PORT_NAME_BYTES),
                CounterHeader.getText(portRecord + CounterHeader.PORT_DEVICE_OFFSET, CounterHeader.PORT_DEVICE_BYTES),
                Memory.getIntOpaque(portRecord + CounterHeader.PORT_QUEUES_OFFSET),
                value(ATTACHMENTS, Memory.getIntOpaque(portRecord + CounterHeader.PORT_ATTACH_OFFSET)),
                value(COPY_MODES, Memory.getIntOpaque(portRecord + CounterHeader.PORT_COPY_OFFSET)),
                CounterHeader.getText(
                        portRecord + CounterHeader.PORT_WHY_OFFSET,
                        Math.clamp(whyLength, 0, CounterHeader.PORT_WHY_BYTES)),
                sums,
                program);
    }

    private static <E> E value(final E[] values, final int code) {
        return values[code >= 0 && code < values.length ? code : 0];
    }
}
