package io.penstock.dataplane.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the kernel gives this process transparent huge pages. Without them everything works, at the price of TLB misses.
 *
 * <p>Source: kernel Documentation/admin-guide/mm/transhuge.rst; proc(5), THP_enabled of /proc/pid/status.
 */
final class HugePages {

    private static final Path SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String COST = ": frames and tables lie on 4 KiB pages, which makes every packet dearer; ";

    private HugePages() {
    }

    /** What is in the way and what mends it; empty when nothing is. */
    static Optional<String> lack() {
        return lack(read(SETTING), read(STATUS));
    }

    /** Judges the two files' texts; an empty one could not be read. */
    static Optional<String> lack(final String setting, final String status) {
        if (setting.isEmpty()) {
            return Optional.of("the kernel has no transparent huge pages" + COST
                    + "boot a kernel built with CONFIG_TRANSPARENT_HUGEPAGE=y");
        }
        if (setting.contains("[never]")) {
            return Optional.of("huge pages are switched off: transparent_hugepage=never" + COST
                    + "run 'echo madvise > " + SETTING + "'");
        }
        if (status.lines().anyMatch(line -> line.matches("THP_enabled:\\s*0"))) {
            return Optional.of("huge pages are switched off for this process: THP_enabled=0" + COST
                    + "have whatever starts it leave out prctl(PR_SET_THP_DISABLE), in systemd MemoryTHP=disable");
        }
        return Optional.empty();
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "";
        }
    }
}
