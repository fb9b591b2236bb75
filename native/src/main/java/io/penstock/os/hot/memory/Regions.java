package io.penstock.os.hot.memory;

import java.util.Arrays;

/**
 * The memory that checked mode allows to be touched: whole regions, and in regions that are cut into chunks (a UMEM) a
 * window per chunk, so that a read past the end of one frame is caught although the next frame is mapped too.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The array of regions is sorted by base, immutable, and replaced whole under this class's lock.</li>
 *   <li>A chunk's window is written only by the thread that owns the frame.</li>
 * </ol>
 *
 * <p>In unchecked mode every method but {@link #add} and {@link #remove} does nothing.
 */
public final class Regions {

    private static volatile Region[] regions = {};

    private Regions() {
    }

    /** Makes {@code bytes} bytes from {@code base} accessible. */
    public static void add(final long base, final long bytes) {
        insert(new Region(base, bytes, 0, null));
    }

    /**
     * Makes a region accessible that consists of chunks of {@code 1 << chunkShift} bytes. A chunk's window is the whole
     * chunk until {@link #window} narrows it.
     */
    public static void addChunked(final long base, final long bytes, final int chunkShift) {
        final long[] windows = new long[Math.toIntExact(bytes >>> chunkShift)];
        Arrays.fill(windows, 1L << chunkShift);
        insert(new Region(base, bytes, chunkShift, windows));
    }

    /** Withdraws what was added at {@code base}. */
    public static synchronized void remove(final long base) {
        regions = Arrays.stream(regions).filter(r -> r.base != base).toArray(Region[]::new);
    }

    /** Narrows the chunk that holds {@code address} to {@code [address, address + bytes)}. */
    public static void window(final long address, final int bytes) {
        if (Memory.CHECKED) {
            final Region region = find(address);
            if (region != null && region.windows != null) {
                final long offset = address - region.base;
                final long from = offset & ((1L << region.chunkShift) - 1);
                region.windows[(int) (offset >>> region.chunkShift)] = from << 32 | (from + bytes);
            }
        }
    }

    /** Widens the chunk that holds {@code address} to the whole chunk again. */
    public static void unwindow(final long address) {
        if (Memory.CHECKED) {
            final Region region = find(address);
            if (region != null && region.windows != null) {
                region.windows[(int) ((address - region.base) >>> region.chunkShift)] = 1L << region.chunkShift;
            }
        }
    }

    static void check(final long address, final long bytes) {
        final Region region = find(address);
        if (region == null || bytes < 0 || address + bytes > region.base + region.bytes) {
            throw new IndexOutOfBoundsException("access outside of every region: address=0x"
                    + Long.toHexString(address) + " bytes=" + bytes);
        }
        if (region.windows != null) {
            final long offset = address - region.base;
            final long window = region.windows[(int) (offset >>> region.chunkShift)];
            final long from = offset & ((1L << region.chunkShift) - 1);
            if (from < window >>> 32 || from + bytes > (window & 0xFFFF_FFFFL)) {
                throw new IndexOutOfBoundsException("access outside of the frame: offset in chunk=" + from + " bytes="
                        + bytes + " frame=[" + (window >>> 32) + ", " + (window & 0xFFFF_FFFFL) + ')');
            }
        }
    }

    private static Region find(final long address) {
        final Region[] all = regions;
        int low = 0;
        int high = all.length - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final Region region = all[middle];
            if (address < region.base) {
                high = middle - 1;
            } else if (address >= region.base + region.bytes) {
                low = middle + 1;
            } else {
                return region;
            }
        }
        return null;
    }

    private static synchronized void insert(final Region region) {
        final Region[] grown = Arrays.copyOf(regions, regions.length + 1);
        grown[regions.length] = region;
        Arrays.sort(grown, (a, b) -> Long.compare(a.base, b.base));
        regions = grown;
    }

    private record Region(long base, long bytes, int chunkShift, long[] windows) {
    }
}
