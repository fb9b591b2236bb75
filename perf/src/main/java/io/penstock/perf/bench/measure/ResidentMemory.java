package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has in memory. Source: proc_pid_statm(5). Threads: any. */
public final class ResidentMemory {

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    private ResidentMemory() {
    }

    /** Bytes; 0 where nothing tells. */
    public static long bytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
        } catch (final IOException e) {
            return 0;
        }
    }
}
