package io.penstock.dataplane.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads the kernel's counters of a namespace. Source: proc_pid_net(5), net/ipv4/proc.c, net/ipv6/proc.c. */
final class KernelCounters {

    private KernelCounters() {
    }

    /** {@code /proc/net/snmp}, {@code netstat}: a line of names, then a line of values, both after the group's word. */
    static void readPairs(final Path file, final Map<String, Long> into) {
        final List<String> lines = lines(file);
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            final String[] names = lines.get(i).split(" ");
            final String[] values = lines.get(i + 1).split(" ");
            for (int j = 1; j < Math.min(names.length, values.length); j++) {
                put(names[0].replace(":", "") + names[j], Long.parseLong(values[j]), into);
            }
        }
    }

    /** {@code /proc/net/snmp6}: a name and a value in each line. */
    static void readLines(final Path file, final Map<String, Long> into) {
        for (final String line : lines(file)) {
            final String[] words = line.trim().split("\\s+");
            if (words.length == 2) {
                put(words[0], Long.parseLong(words[1]), into);
            }
        }
    }

    private static void put(final String name, final long value, final Map<String, Long> into) {
        if (value != 0) {
            into.put(name, value);
        }
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
