package io.penstock.perf.bench.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Time that the machine below took from the two CPUs of a measurement. Unit: ticks of 10 ms. Source: proc_stat(5). Threads: any. */
final class StealTicks {

    private static final int STEAL = 8;

    private StealTicks() {
    }

    /** So far. */
    static long now() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            return of(lines.toList());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the lines of /proc/stat: "cpu1 user nice system idle iowait irq softirq steal ...". */
    static long of(final List<String> lines) {
        return lines.stream().map(line -> line.split(" +"))
                .filter(fields -> fields.length > STEAL
                        && (fields[0].equals("cpu" + WireCpus.GENERATOR) || fields[0].equals("cpu" + WireCpus.WORKER)))
                .mapToLong(fields -> Long.parseLong(fields[STEAL])).sum();
    }
}
