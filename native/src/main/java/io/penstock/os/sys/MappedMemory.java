package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;

/**
 * Off-heap memory straight from mmap(2): zeroed, page-aligned, registered with checked mode.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The address is a multiple of 2 MiB, so that a region of that size or more can be backed by huge pages.</li>
 *   <li>Address space is reserved whole and populated by first touch: a table that reserves its maximum never moves.</li>
 *   <li>Closing unmaps and unregisters; a second close does nothing.</li>
 * </ol>
 *
 * <p>Source: mmap(2), madvise(2). Control; the memory itself is used through {@code Memory}.
 */
public final class MappedMemory implements AutoCloseable {

    /** What {@link #reserve} may use for its pages. */
    public enum Pages {
        /** 4 KiB pages. */
        NORMAL,
        /** Transparent huge pages where the kernel has them to give ({@code MADV_HUGEPAGE}). */
        HUGE
    }

    /** Bytes in a huge page of x86-64 and of arm64 with 4 KiB granules. */
    public static final long HUGE_PAGE_BYTES = 2L << 20;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_DONTDUMP = 16;
    private static final int PAGE_BYTES = 4096;

    private final long mapping;
    private final long mappingBytes;
    private final long address;
    private final long bytes;
    private boolean open = true;

    private MappedMemory(final long mapping, final long mappingBytes, final long address, final long bytes) {
        this.mapping = mapping;
        this.mappingBytes = mappingBytes;
        this.address = address;
        this.bytes = bytes;
    }

    /** Reserves anonymous private memory. */
    public static MappedMemory reserve(final long bytes, final Pages pages) {
        return reserve(bytes, pages, 0);
    }

    /** Reserves anonymous private memory that checked mode sees as chunks of {@code 1 << chunkShift} bytes. */
    public static MappedMemory reserveChunked(final long bytes, final Pages pages, final int chunkShift) {
        return reserve(bytes, pages, chunkShift);
    }

    /** Maps a file descriptor's contents shared, such as an AF_XDP ring or a counter file. */
    public static MappedMemory ofFile(final int fd, final long offset, final long bytes, final int extraFlags) {
        final long mapping = Linux.mmap(0, bytes, PROT_READ_WRITE, MAP_SHARED | extraFlags, fd, offset);
        Linux.check(mapping, "mmap(fd=" + fd + ", offset=0x" + Long.toHexString(offset) + ", bytes=" + bytes + ')');
        RegionTable.add(mapping, bytes);
        return new MappedMemory(mapping, bytes, mapping, bytes);
    }

    private static MappedMemory reserve(final long wanted, final Pages pages, final int chunkShift) {
        final long bytes = (wanted + PAGE_BYTES - 1) & -PAGE_BYTES;
        // A huge page must lie whole in what is advised, the last one too.
        final long advised = pages == Pages.HUGE ? (bytes + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES : bytes;
        final long mappingBytes = advised + HUGE_PAGE_BYTES;
        final long mapping =
                Linux.mmap(0, mappingBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (mapping < 0) {
            throw new SysException("mmap(anonymous, bytes=" + mappingBytes + ')', (int) -mapping,
                    "free memory or lower the table sizes; 'free -m' and 'sysctl vm.overcommit_memory' tell what there is");
        }
        final long address = (mapping + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
        if (pages == Pages.HUGE) {
            // Refused where transparent huge pages are compiled out: then the pages are normal, and doctor says so.
            Linux.madvise(address, advised, MADV_HUGEPAGE);
        }
        Linux.madvise(address, advised, MADV_DONTDUMP);
        if (chunkShift == 0) {
            RegionTable.add(address, bytes);
        } else {
            RegionTable.addChunked(address, bytes, chunkShift);
        }
        return new MappedMemory(mapping, mappingBytes, address, bytes);
    }

    /** The first byte. */
    public long address() {
        return address;
    }

    /** How many bytes may be used from {@link #address}. */
    public long bytes() {
        return bytes;
    }

    /**
     * Gives a part of it, from its beginning, its pages, where it has none yet: by a write to each, which must be zeros still.
     *
     * <p>Else whoever uses them does, page by page; and who reads a page before he writes to it makes the kernel map it twice and, the second time,
     * interrupt each CPU on which a thread of this process runs (wp_page_copy, ptep_clear_flush).
     */
    public void touch(final long count) {
        if (count > bytes) {
            throw new IllegalArgumentException("there is not so much of this memory: wanted=" + count + " bytes=" + bytes);
        }
        for (long offset = 0; offset < count; offset += PAGE_BYTES) {
            Memory.putLong(address + offset, 0);
        }
    }

    /** Gives the pages that lie whole in a part back to the kernel; they are zeros when they are touched next. Anonymous memory only. */
    public void discard(final long from, final long count) {
        final long first = (from + PAGE_BYTES - 1) & -PAGE_BYTES;
        final long end = from + count & -PAGE_BYTES;
        if (first < address || end > address + bytes) {
            throw new IllegalArgumentException("what is given back is no part of this memory: from=0x" + Long.toHexString(from)
                    + " bytes=" + count + "; this is 0x" + Long.toHexString(address) + " with bytes=" + bytes);
        }
        if (end > first) {
            Linux.check(Linux.madvise(first, end - first, MADV_DONTNEED), "madvise(MADV_DONTNEED, bytes=" + (end - first) + ')');
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            RegionTable.remove(address);
            Linux.munmap(mapping, mappingBytes);
        }
    }
}
