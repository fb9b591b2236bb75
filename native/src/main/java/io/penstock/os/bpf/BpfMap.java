package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A BPF map: memory that programs in the kernel and this process share.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Keys and values are byte arrays of exactly the map's sizes, in the order that the program uses;
 *       {@link #key} makes the machine-order key of arrays and socket maps.</li>
 *   <li>The map lives as long as this object, a program that uses it, or a mapping of it is open.</li>
 * </ol>
 *
 * <p>Source: bpf(2). Threads: any, one system call each; closing must not race with use.
 */
public final class BpfMap implements AutoCloseable {

    /** Flag: the array can be mapped with {@link #address}, which spares system calls and makes 8-byte writes atomic. */
    public static final int F_MMAPABLE = 1 << 10;

    private static final int PAGE_BYTES = 4096;

    private final BpfMapType type;
    private final String name;
    private final int keyBytes;
    private final int valueBytes;
    private final int maxEntries;
    private final int fd;
    private MappedMemory mapping;
    private boolean open = true;

    private BpfMap(
            final BpfMapType type, final String name, final int keyBytes, final int valueBytes, final int maxEntries,
            final int fd) {
        this.type = type;
        this.name = name;
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
        this.maxEntries = maxEntries;
        this.fd = fd;
    }

    /** Creates a map; {@code flags} is 0 or {@link #F_MMAPABLE}. */
    public static BpfMap create(
            final BpfMapType type, final String name, final int keyBytes, final int valueBytes, final int maxEntries,
            final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.MAP_TYPE, type.number);
            BpfCall.putInt(attr, BpfAttrLayout.MAP_KEY_BYTES, keyBytes);
            BpfCall.putInt(attr, BpfAttrLayout.MAP_VALUE_BYTES, valueBytes);
            BpfCall.putInt(attr, BpfAttrLayout.MAP_MAX_ENTRIES, maxEntries);
            BpfCall.putInt(attr, BpfAttrLayout.MAP_FLAGS, flags);
            BpfCall.putName(attr, BpfAttrLayout.MAP_NAME, name);
            final int fd = BpfCall.check(BpfCall.MAP_CREATE, attr, "bpf(MAP_CREATE, name=" + name + ", type=" + type
                    + ", key bytes=" + keyBytes + ", value bytes=" + valueBytes + ", entries=" + maxEntries + ')');
            return new BpfMap(type, name, keyBytes, valueBytes, maxEntries, fd);
        }
    }

    /** A 4-byte key in the machine's order. */
    public static byte[] key(final int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    /** Its descriptor. */
    public int fd() {
        return fd;
    }

    /** Its name in {@code bpftool map}. */
    public String name() {
        return name;
    }

    /** How many entries fit. */
    public int maxEntries() {
        return maxEntries;
    }

    /** Adds or replaces an entry; an array's value is not replaced atomically. */
    public void update(final byte[] key, final byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = element(arena, key, copy(arena, value, type.perCpu() ? perCpuBytes() : valueBytes));
            final int result = BpfCall.call(BpfCall.MAP_UPDATE_ELEM, attr);
            if (result == -Errno.E2BIG) {
                throw BpfCall.failure(what("MAP_UPDATE_ELEM"), Errno.E2BIG).withRemedy(type == BpfMapType.HASH
                        ? "the map is full: entries=" + maxEntries : "the index is too large: entries=" + maxEntries);
            }
            if (result < 0) {
                throw BpfCall.failure(what("MAP_UPDATE_ELEM"), -result);
            }
        }
    }

    /** Removes an entry; false when there was none. */
    public boolean delete(final byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            return found(BpfCall.MAP_DELETE_ELEM, element(arena, key, MemorySegment.NULL), "MAP_DELETE_ELEM");
        }
    }

    /** The value under a key (of a per-CPU map: all processors' values, each padded to 8 bytes), or null. */
    public byte[] lookup(final byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(type.perCpu() ? perCpuBytes() : valueBytes, 8);
            return found(BpfCall.MAP_LOOKUP_ELEM, element(arena, key, value), "MAP_LOOKUP_ELEM")
                    ? value.toArray(ValueLayout.JAVA_BYTE)
                    : null;
        }
    }

    /** The values of a per-CPU map under a key as longs: one array per possible processor, or null. */
    public long[][] lookupPerCpu(final byte[] key) {
        if (!type.perCpu() || valueBytes % Long.BYTES != 0) {
            throw new IllegalStateException("not a per-CPU map of longs: name=" + name + " type=" + type
                    + " value bytes=" + valueBytes);
        }
        final byte[] all = lookup(key);
        if (all == null) {
            return null;
        }
        final long[][] result = new long[possibleCpus()][valueBytes / Long.BYTES];
        final var words = ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).asLongBuffer();
        for (final long[] cpu : result) {
            words.get(cpu);
        }
        return result;
    }

    /** The values of a per-CPU map under a key, added up word by word, or null. */
    public long[] lookupSum(final byte[] key) {
        final long[][] all = lookupPerCpu(key);
        if (all == null) {
            return null;
        }
        final long[] sum = new long[valueBytes / Long.BYTES];
        for (final long[] cpu : all) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += cpu[i];
            }
        }
        return sum;
    }

    /** The key after the given one (null: the first) in the map's own order, or null at the end. */
    public byte[] nextKey(final byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment next = arena.allocate(keyBytes, 8);
            return found(BpfCall.MAP_GET_NEXT_KEY, element(arena, key, next), "MAP_GET_NEXT_KEY")
                    ? next.toArray(ValueLayout.JAVA_BYTE)
                    : null;
        }
    }

    /** Where a {@link #F_MMAPABLE} array lies in this process; values follow each other, each padded to 8 bytes. */
    public synchronized long address() {
        if (mapping == null) {
            final long bytes = (long) ((valueBytes + 7) & -8) * maxEntries;
            mapping = MappedMemory.ofFile(fd, 0, (bytes + PAGE_BYTES - 1) & -PAGE_BYTES, 0);
        }
        return mapping.address();
    }

    /** How many processors the kernel has room for, the number of values in a per-CPU entry. */
    public static int possibleCpus() {
        try {
            final String ranges = Files.readString(Path.of("/sys/devices/system/cpu/possible")).trim();
            return 1 + Integer.parseInt(ranges.substring(1 + Math.max(ranges.lastIndexOf('-'), ranges.lastIndexOf(','))));
        } catch (final IOException e) {
            throw new UncheckedIOException("the number of processors is needed for per-CPU maps; mount /sys", e);
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            if (mapping != null) {
                mapping.close();
            }
            Linux.close(fd);
        }
    }

    private int perCpuBytes() {
        return Math.multiplyExact((valueBytes + 7) & -8, possibleCpus());
    }

    private boolean found(final int command, final MemorySegment attr, final String commandName) {
        final int result = BpfCall.call(command, attr);
        if (result < 0 && result != -Errno.ENOENT) {
            throw BpfCall.failure(what(commandName), -result);
        }
        return result >= 0;
    }

    private MemorySegment element(final Arena arena, final byte[] key, final MemorySegment value) {
        final MemorySegment attr = BpfCall.attr(arena);
        BpfCall.putInt(attr, BpfAttrLayout.ELEM_MAP_FD, fd);
        if (key != null) {
            BpfCall.putAddress(attr, BpfAttrLayout.ELEM_KEY, copy(arena, key, keyBytes));
        }
        BpfCall.putAddress(attr, BpfAttrLayout.ELEM_VALUE, value);
        return attr;
    }

    private MemorySegment copy(final Arena arena, final byte[] bytes, final int expected) {
        if (bytes.length != expected) {
            throw new IllegalArgumentException("wrong size for map " + name + ": bytes=" + bytes.length
                    + " expected=" + expected);
        }
        return arena.allocate(expected, 8).copyFrom(MemorySegment.ofArray(bytes));
    }

    private String what(final String command) {
        return "bpf(" + command + ", map=" + name + ", type=" + type + ')';
    }
}
