package io.penstock.dataplane.metrics;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.xdp.RedirectProgramCounter;
import io.penstock.os.xdp.XskStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The counters of a running data plane, in a file that its owner alone may map.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The file appears under its name complete, by a rename; replacing one never shows a mixture.</li>
 *   <li>All its pages exist before a worker touches one: a full file system fails the start, not a worker.</li>
 *   <li>Workers write their blocks, the control thread all else.</li>
 *   <li>Closing removes the file, unless another has taken its place. A process that is killed leaves it, and readers tell
 *       so by the process id and its start time.</li>
 * </ol>
 *
 * <p>Threads: control for every method; the addresses that {@link #workerBlock} and {@link #portBlock} give are the workers'.
 */
public final class CounterFile implements AutoCloseable {

    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;

    private final Path path;
    private final long inode;
    private final MappedMemory memory;
    private final int workers;
    private final int ports;

    private CounterFile(
            final Path path, final long inode, final MappedMemory memory, final int workers, final int ports) {
        this.path = path;
        this.inode = inode;
        this.memory = memory;
        this.workers = workers;
        this.ports = ports;
    }

    /**
     * Makes the file, all counters zero, replacing what a process that is gone has left.
     *
     * @param path  usually {@code /run/penstock/NETNS.counters}; its folder is made when lacking
     * @param cpus  the CPU of each worker
     * @param ports the ports in their order
     * @throws CounterFileException when another running process owns the file or it cannot be made
     */
    public static CounterFile create(final Path path, final List<Integer> cpus, final List<PortConfig> ports) {
        refuseOther(path);
        final Path draft = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            Files.deleteIfExists(draft);
            final long bytes = CounterHeader.size(cpus.size(), ports.size());
            writeZeros(draft, bytes);
            final MappedMemory memory = map(draft, bytes);
            try {
                fill(memory.address(), cpus, ports);
                final long inode = inode(draft);
                Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return new CounterFile(path, inode, memory, cpus.size(), ports.size());
            } catch (final IOException e) {
                memory.close();
                throw e;
            }
        } catch (final IOException e) {
            deleteQuietly(draft);
            throw new CounterFileException("the counter file " + path + " cannot be made: " + e.getMessage()
                    + "; run as root or give --socket a place that you may write to", false, e);
        }
    }

    /** The address of a worker's block, laid out by {@code CounterLayout}. */
    public long workerBlock(final int worker) {
        return memory.address() + CounterHeader.workerBlock(workers, ports, check(worker, workers, "worker"));
    }

    /** The address of the block of one worker for one port. */
    public long portBlock(final int worker, final int port) {
        return memory.address() + CounterHeader.portBlock(
                workers, ports, check(worker, workers, "worker"), check(port, ports, "port"));
    }

    /** Tells how a port is attached and why in this way; may be called again when that changes. */
    public void portMode(
            final int port, final Attachment attachment, final CopyMode copy, final int queues, final String why) {
        final long portRecord =
                memory.address() + CounterHeader.portRecord(workers, check(port, ports, "port"));
        Memory.putIntOpaque(portRecord + CounterHeader.PORT_WHY_LENGTH_OFFSET, 0);
        CounterHeader.putText(portRecord + CounterHeader.PORT_WHY_OFFSET, CounterHeader.PORT_WHY_BYTES, why);
        Memory.putIntOpaque(portRecord + CounterHeader.PORT_QUEUES_OFFSET, queues);
        Memory.putIntOpaque(portRecord + CounterHeader.PORT_ATTACH_OFFSET, attachment.ordinal());
        Memory.putIntOpaque(portRecord + CounterHeader.PORT_COPY_OFFSET, copy.ordinal());
        final int length = Math.min(why.getBytes(StandardCharsets.UTF_8).length, CounterHeader.PORT_WHY_BYTES);
        Memory.putIntRelease(portRecord + CounterHeader.PORT_WHY_LENGTH_OFFSET, length);
    }

    /** Writes the kernel's statistics of a worker's socket on a port. */
    public void xdpStatistics(final int worker, final int port, final XskStatistics statistics) {
        final long block = portBlock(worker, port);
        put(block, PortCounter.XDP_RX_DROPPED, statistics.rxDropped());
        put(block, PortCounter.XDP_RX_INVALID_DESCS, statistics.rxInvalidDescs());
        put(block, PortCounter.XDP_TX_INVALID_DESCS, statistics.txInvalidDescs());
        put(block, PortCounter.XDP_RX_RING_FULL, statistics.rxRingFull());
        put(block, PortCounter.XDP_RX_FILL_RING_EMPTY_DESCS, statistics.rxFillRingEmpty());
        put(block, PortCounter.XDP_TX_RING_EMPTY_DESCS, statistics.txRingEmpty());
    }

    /** Writes what a port's XDP program did with the frames that came. */
    public void programCounters(final int port, final Map<RedirectProgramCounter, Long> counters) {
        final long portRecord = memory.address() + CounterHeader.portRecord(workers, check(port, ports, "port"));
        counters.forEach((counter, value) ->
                Memory.putLongOpaque(portRecord + CounterHeader.programOffset(counter), value));
    }

    /** How many connections the table holds now. */
    public void connections(final long count) {
        Memory.putLongOpaque(memory.address() + CounterHeader.CONNECTIONS_OFFSET, count);
    }

    /** How many changes of sets by packets were left out. */
    public void setChangesMissed(final long count) {
        Memory.putLongOpaque(memory.address() + CounterHeader.SET_CHANGES_MISSED_OFFSET, count);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            if (Files.exists(path) && inode(path) == inode) {
                Files.deleteIfExists(path);
            }
        } catch (final IOException e) {
            // Left behind: readers see by the process id that nobody writes it any more.
        }
        memory.close();
    }

    private static void refuseOther(final Path path) {
        final long owner = CounterReader.owner(path);
        if (owner >= 0 && owner != ProcessHandle.current().pid()) {
            throw new CounterFileException("a data plane already serves this network namespace: pid=" + owner
                    + "; stop it first with 'kill " + owner + "', or give --socket another path", false, null);
        }
    }

    private static void writeZeros(final Path draft, final long bytes) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            final ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
            long left = bytes;
            while (left > 0) {
                zeros.clear().limit((int) Math.min(left, zeros.capacity()));
                left -= channel.write(zeros);
            }
        }
    }

    static MappedMemory map(final Path file, final long bytes) throws IOException {
        final int fd = Linux.open(file.toString(), O_RDWR_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("open: " + Errno.text(-fd));
        }
        try {
            return MappedMemory.ofFile(fd, 0, bytes, 0);
        } finally {
            Linux.close(fd);
        }
    }

    private static void fill(final long base, final List<Integer> cpus, final List<PortConfig> ports) {
        final long pid = ProcessHandle.current().pid();
        Memory.putLong(base + CounterHeader.MAGIC_OFFSET, CounterHeader.MAGIC);
        Memory.putInt(base + CounterHeader.VERSION_OFFSET, CounterHeader.VERSION);
        Memory.putInt(base + CounterHeader.SCHEMA_OFFSET, CounterHeader.schema());
        Memory.putLong(base + CounterHeader.PID_OFFSET, pid);
        Memory.putLong(base + CounterHeader.PID_START_OFFSET, ProcessIdentity.startTicks(pid));
        Memory.putLong(base + CounterHeader.START_OFFSET, ProcessIdentity.boottimeNs());
        Memory.putInt(base + CounterHeader.WORKERS_OFFSET, cpus.size());
        Memory.putInt(base + CounterHeader.PORTS_OFFSET, ports.size());
        Memory.putLong(base + CounterHeader.SIZE_OFFSET, CounterHeader.size(cpus.size(), ports.size()));
        for (int worker = 0; worker < cpus.size(); worker++) {
            Memory.putInt(base + CounterHeader.HEADER_BYTES + 4L * worker, cpus.get(worker));
        }
        for (int port = 0; port < ports.size(); port++) {
            final long at = base + CounterHeader.portRecord(cpus.size(), port);
            final PortConfig config = ports.get(port);
            CounterHeader.putText(at + CounterHeader.PORT_NAME_OFFSET, CounterHeader.PORT_NAME_BYTES, config.name());
            CounterHeader.putText(at + CounterHeader.PORT_DEVICE_OFFSET, CounterHeader.PORT_DEVICE_BYTES, config.device());
        }
    }

    private static long inode(final Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
    }

    private static void put(final long block, final PortCounter counter, final long value) {
        Memory.putLongOpaque(block + counter.offset(), value);
    }

    private static int check(final int index, final int count, final String what) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException(what + '=' + index + " of " + count);
        }
        return index;
    }

    private static void deleteQuietly(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            // The failure that led here is the one to tell.
        }
    }
}
