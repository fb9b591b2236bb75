package io.penstock.os.sys;

import io.penstock.os.hot.memory.Region;
import io.penstock.os.hot.memory.Regions;
import java.util.Arrays;

/** Adds and removes the memory that checked mode allows to be touched. Threads: any; one change at a time. */
public final class RegionTable {

    private RegionTable() {
    }

    /** Makes {@code bytes} bytes from {@code base} accessible. */
    public static void add(final long base, final long bytes) {
        insert(new Region(base, bytes, 0, null));
    }

    /**
     * Makes a region accessible that consists of chunks of {@code 1 << chunkShift} bytes. A chunk's window is the whole
     * chunk until {@link Regions#window} narrows it.
     */
    public static void addChunked(final long base, final long bytes, final int chunkShift) {
        final long[] windows = new long[Math.toIntExact(bytes >>> chunkShift)];
        Arrays.fill(windows, 1L << chunkShift);
        insert(new Region(base, bytes, chunkShift, windows));
    }

    /** Withdraws what was added at {@code base}. */
    public static synchronized void remove(final long base) {
        Regions.publish(Arrays.stream(Regions.all()).filter(r -> r.base() != base).toArray(Region[]::new));
    }

    private static synchronized void insert(final Region region) {
        final Region[] all = Regions.all();
        final Region[] grown = Arrays.copyOf(all, all.length + 1);
        grown[all.length] = region;
        Arrays.sort(grown, (a, b) -> Long.compare(a.base(), b.base()));
        Regions.publish(grown);
    }
}
