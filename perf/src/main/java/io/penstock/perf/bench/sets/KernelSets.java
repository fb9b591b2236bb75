package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's sets, by ipset(8), in a network namespace that ends with the command.
 *
 * <p>Threads: any.
 */
final class KernelSets {

    private static final Pattern MEMORY = Pattern.compile("Size in memory: (\\d+)");
    private static final Pattern ENTRIES = Pattern.compile("Number of entries: (\\d+)");

    private KernelSets() {
    }

    /** Refuses a machine without the tools. */
    static void require() {
        for (final String program : List.of("ipset", "unshare")) {
            if (!Programs.exist(program)) {
                throw new BenchException(ExitCode.USAGE, "the peer needs " + program + "; run 'apt install ipset util-linux'");
            }
        }
    }

    /** Restores a file, and returns how long that took, processes and namespace included. Unit: ns. */
    static long restore(final Path file) {
        final long fromNs = System.nanoTime();
        Programs.run(List.of("unshare", "-n", "ipset", "restore", "-file", file.toString()));
        return System.nanoTime() - fromNs;
    }

    /** Bytes in memory of the one set of a file, as ipset tells them. */
    static long memory(final Path file, final String name, final int entries) {
        final String told = Programs.run(List.of("unshare", "-n", "sh", "-c",
                "ipset restore -file \"$0\" && ipset list -terse \"$1\"", file.toString(), name));
        if (number(ENTRIES, told) != entries) {
            throw new BenchException("the kernel's set has other elements than were given: entries=" + number(ENTRIES, told) + " expected="
                    + entries);
        }
        return number(MEMORY, told);
    }

    private static long number(final Pattern pattern, final String told) {
        final Matcher matcher = pattern.matcher(told);
        if (!matcher.find()) {
            throw new BenchException("ipset does not say what it should: " + told.strip().replace("\n", "; "));
        }
        return Long.parseLong(matcher.group(1));
    }
}
