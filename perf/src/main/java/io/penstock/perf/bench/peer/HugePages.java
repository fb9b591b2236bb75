package io.penstock.perf.bench.peer;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Huge pages for a DPDK program: without them its packets' buffers cost it up to half of its speed. Where the machine has not set enough aside, the kernel
 * is allowed to make more of them while the program runs: they are there while somebody has them, so that nothing is left of them even when this
 * process is killed.
 *
 * <p>Source: Linux, admin-guide/mm/hugetlbpage.rst, nr_overcommit_hugepages; DPDK, "EAL parameters". Threads: one.
 */
final class HugePages implements AutoCloseable {

    private static final Path FOLDER = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
    private static final int PAGE_MB = 2;

    private final int memoryMb;
    private final boolean had;
    /** Puts back what was changed; null for nothing. */
    private final CleanUp change;

    private HugePages(final int memoryMb, final boolean had, final CleanUp change) {
        this.memoryMb = memoryMb;
        this.had = had;
        this.change = change;
    }

    /** Sees to so much memory. */
    static HugePages reserve(final int memoryMb) {
        return reserve(FOLDER, memoryMb);
    }

    /** The same of a folder as the kernel has it. */
    static HugePages reserve(final Path folder, final int memoryMb) {
        final Path allowed = folder.resolve("nr_overcommit_hugepages");
        final long pages = (memoryMb + PAGE_MB - 1) / PAGE_MB;
        try {
            final long before = number(allowed);
            if (number(folder.resolve("free_hugepages")) >= pages) {
                return new HugePages(memoryMb, true, null);
            }
            final CleanUp change = new CleanUp(() -> write(allowed, before));
            try {
                Files.writeString(allowed, Long.toString(before + pages));
            } catch (final IOException e) {
                change.forget();
                throw e;
            }
            return new HugePages(memoryMb, true, change);
        } catch (final IOException e) {
            // A kernel without them, or one that lets nobody change it: the program does without.
            return new HugePages(memoryMb, false, null);
        }
    }

    /** DPDK's options for it. */
    List<String> options() {
        return had ? List.of("--in-memory", "-m", Integer.toString(memoryMb))
                : List.of("--no-huge", "-m", Integer.toString(memoryMb), "--file-prefix=" + DpdkFolder.prefix());
    }

    @Override
    public void close() {
        if (change != null) {
            change.close();
        }
    }

    private static void write(final Path allowed, final long before) {
        try {
            Files.writeString(allowed, Long.toString(before));
        } catch (final IOException e) {
            throw new BenchException("the kernel is still allowed to make huge pages: " + e.getMessage() + "; run 'echo " + before + " > " + allowed
                    + '\'');
        }
    }

    private static long number(final Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
