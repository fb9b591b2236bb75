package io.penstock.dataplane.log;

import io.penstock.conntrack.hot.track.Complaint;
import io.penstock.conntrack.text.ComplaintText;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.hot.log.LogRecord;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.SyslogSocket;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.log.LogLine;
import io.penstock.rules.log.LoggedPacket;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes what rules have logged, and what connections do not take. It has a thread of its own, so that a place that takes nothing for a while
 * holds up nobody: then the workers' rings fill up, and they count what they lose; what the place refuses is counted here. When memory runs
 * out, or something else fails meanwhile, what was being written is forgotten and counted as lost, and the next lines are written again.
 *
 * <p>Threads: control makes, starts and closes it.
 */
public final class PacketLog implements AutoCloseable {

    private static final Path SYSTEM_LOG = Path.of("/dev/log");

    /** From one look to the next. Unit: ns. Shorter costs wake-ups, longer lets bursts overrun {@link PacketLogProxy#CAPACITY}. */
    private static final long LOOK_NS = 20_000_000L;

    /** How long its end waits for lines that are being written. Unit: ms. */
    private static final long END_MS = 1000;

    private static final int NAME_BYTES = 16;
    private static final int VERSION_4 = 4;

    private final List<PacketLogProxy> rings;
    private final LogSink sink;
    private final List<LogEntry> lines = new ArrayList<>();
    private final List<PacketLogProxy> from = new ArrayList<>();
    private Thread thread;
    private volatile boolean ended;

    PacketLog(final List<PacketLogProxy> rings, final LogSink sink) {
        this.rings = List.copyOf(rings);
        this.sink = sink;
    }

    /**
     * A log.
     *
     * @param rings the workers'
     * @param to    {@link Configuration#SYSLOG}, a file's name, or null: the system's log if there is one, else standard error
     * @throws io.penstock.os.sys.SysException when the system's log is asked for and does not answer
     */
    public static PacketLog open(final List<PacketLogProxy> rings, final String to) {
        return new PacketLog(rings, sink(to));
    }

    /** A log to a file, dated by a zone; for whoever drains it. */
    public static PacketLog toFile(final List<PacketLogProxy> rings, final Path file, final ZoneId zone) {
        return new PacketLog(rings, StreamSink.file(file, zone));
    }

    /** A log whose lines somebody takes, as the kernel has them; for whoever drains it. */
    public static PacketLog to(final List<PacketLogProxy> rings, final LineTaker taker) {
        return new PacketLog(rings, new TakenSink(taker));
    }

    private static LogSink sink(final String to) {
        final ZoneId zone = ZoneId.systemDefault();
        if (to != null && !to.equals(Configuration.SYSLOG)) {
            return StreamSink.file(Path.of(to), zone);
        }
        if (to == null && !Files.exists(SYSTEM_LOG)) {
            return StreamSink.stream(new FileOutputStream(FileDescriptor.err), zone);
        }
        return new SyslogSink(SyslogSocket.open(SYSTEM_LOG), zone);
    }

    /** Starts its thread. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("penstock-log").start(this::run);
    }

    private void run() {
        while (!ended) {
            if (drainOrForget() == 0) {
                LockSupport.parkNanos(LOOK_NS);
            }
        }
        drainOrForget();
    }

    /** The thread lives on: what failed once may go well with the next lines. */
    private int drainOrForget() {
        try {
            return drain();
        } catch (final RuntimeException | OutOfMemoryError e) {
            // Counted; the next look comes after a pause.
            return 0;
        }
    }

    /**
     * Writes what has been logged so far. When that fails, what was read of it is forgotten and counted, also what the place may have taken.
     * Its thread, or the caller's where it was not started.
     *
     * @return how many lines there were
     */
    public int drain() {
        try {
            for (final PacketLogProxy ring : rings) {
                read(ring);
            }
            final int count = lines.size();
            if (count != 0) {
                write(count);
            }
            return count;
        } catch (final RuntimeException | OutOfMemoryError e) {
            for (int i = 0; i < from.size(); i++) {
                from.get(i).refuse();
            }
            throw e;
        } finally {
            lines.clear();
            from.clear();
        }
    }

    private void read(final PacketLogProxy ring) {
        for (int i = 0; i < PacketLogProxy.CAPACITY; i++) {
            final LogRecord record = ring.peek();
            if (record == null) {
                break;
            }
            from.add(ring);
            try {
                lines.add(entry(record));
            } finally {
                // One that no line can be made of would come again and again.
                ring.release();
            }
        }
    }

    /** In the order of time, where several workers have logged. */
    private void write(final int count) {
        final List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingLong(i -> lines.get(i).wallNs()));
        final int written = sink.write(order.stream().map(lines::get).toList());
        for (int i = written; i < count; i++) {
            from.get(order.get(i)).refuse();
        }
    }

    private static LogEntry entry(final LogRecord record) {
        final boolean isInvalid = record.complaint.reason != Complaint.NONE;
        final String prefix = isInvalid ? complaint(record) : record.prefix != null ? record.prefix
                : "TRACE: " + record.table + ':' + record.chain + ':' + word(record.what) + ':' + record.number + ' ';
        return new LogEntry(record.level, record.wallNs, LogLine.of(new LoggedPacket(prefix, record.flags,
                isInvalid ? name(record.in) : name(record.inName, record.inNameRest),
                isInvalid ? name(record.out) : name(record.outName, record.outNameRest), record.version,
                Arrays.copyOf(record.bytes, record.copied), record.linkBytes, record.length, record.mark, record.uid, record.gid)));
    }

    private static String complaint(final LogRecord record) {
        final ByteBuffer packet = ByteBuffer.wrap(record.bytes, record.linkBytes, record.copied - record.linkBytes).slice();
        final boolean isIpv4 = record.version == VERSION_4;
        return ComplaintText.of(record.protocol, record.complaint, isIpv4 ? 0 : packet.getLong(Ipv6Layout.DESTINATION),
                isIpv4 ? packet.getInt(Ipv4Layout.DESTINATION) : packet.getLong(Ipv6Layout.DESTINATION + Long.BYTES));
    }

    private static String name(final String device) {
        return device == null ? "" : device;
    }

    private static String word(final int what) {
        return switch (what) {
            case TableImage.TRACE_RETURN -> "return";
            case TableImage.TRACE_POLICY -> "policy";
            default -> "rule";
        };
    }

    private static String name(final long first, final long rest) {
        final byte[] bytes = ByteBuffer.allocate(NAME_BYTES).order(ByteOrder.nativeOrder()).putLong(first).putLong(rest).array();
        int length = 0;
        while (length < NAME_BYTES && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Writes what is left, as far as it can be written at once. After the workers have ended. */
    @Override
    public void close() {
        ended = true;
        if (thread == null) {
            drain();
        } else {
            LockSupport.unpark(thread);
            try {
                thread.join(END_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                // It writes to a place that takes nothing; it is a daemon, and so is what it holds.
                return;
            }
        }
        sink.close();
    }
}
