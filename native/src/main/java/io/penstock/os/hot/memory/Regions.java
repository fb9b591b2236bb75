package io.penstock.os.hot.memory;

/**
 * The memory that checked mode allows to be touched: whole regions, and in regions that are cut into chunks (a UMEM) a
 * window per chunk, so that a read past the end of one frame is caught although the next frame is mapped too.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The array of regions is sorted by base, immutable, and replaced whole.</li>
 *   <li>A chunk's window is written only by the thread that owns the frame.</li>
 * </ol>
 *
 * <p>In unchecked mode windows do nothing. Regions come and go through {@code io.penstock.os.sys.RegionTable}.
 */
public final class Regions {

    private static volatile Region[] regions = {};

    private Regions() {
    }

    /** All regions, sorted by base. */
    public static Region[] all() {
        return regions;
    }

    /** Replaces all regions by an array sorted by base, which the caller gives up. */
    public static void publish(final Region[] sorted) {
        regions = sorted;
    }

    /** Narrows the chunk that holds {@code address} to {@code [address, address + bytes)}. */
    public static void window(final long address, final int bytes) {
        if (Memory.CHECKED) {
            final Region region = find(address);
            if (region != null && region.windows() != null) {
                final long offset = address - region.base();
                final long from = offset & ((1L << region.chunkShift()) - 1);
                region.windows()[(int) (offset >>> region.chunkShift())] = from << 32 | (from + bytes);
            }
        }
    }

    /** Widens the chunk that holds {@code address} to the whole chunk again. */
    public static void unwindow(final long address) {
        if (Memory.CHECKED) {
            final Region region = find(address);
            if (region != null && region.windows() != null) {
                region.windows()[(int) ((address - region.base()) >>> region.chunkShift())] = 1L << region.chunkShift();
            }
        }
    }

    static void check(final long address, final long bytes) {
        final Region region = find(address);
        if (region == null || bytes < 0 || address + bytes > region.base() + region.bytes()) {
            throw new IndexOutOfBoundsException("access outside of every region: address=0x"
                    + Long.toHexString(address) + " bytes=" + bytes);
        }
        if (region.windows() != null) {
            final long offset = address - region.base();
            final long window = region.windows()[(int) (offset >>> region.chunkShift())];
            final long from = offset & ((1L << region.chunkShift()) - 1);
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
            if (address < region.base()) {
                high = middle - 1;
            } else if (address >= region.base() + region.bytes()) {
                low = middle + 1;
            } else {
                return region;
            }
        }
        return null;
    }
}
