package io.penstock.perf.bench.measure;

import java.nio.file.Path;

/**
 * Where a DPDK program of this process keeps its files while it runs, apart from those of other DPDK programs.
 *
 * <p>Source: DPDK, "EAL parameters", --file-prefix; of root, below /var/run/dpdk.
 */
public final class DpdkFolder {

    private static final Path ROOT = Path.of("/var/run/dpdk");

    private DpdkFolder() {
    }

    /** For the program's option. */
    public static String prefix() {
        return "pw-" + ProcessHandle.current().pid();
    }

    /** Removes what it left. */
    public static void remove() {
        Folders.remove(ROOT.resolve(prefix()));
    }
}
