package io.penstock.perf.bench.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Time that the machine below took from CPUs of a measurement. Unit: ticks of 10 ms. Source: proc_stat(5). Threads: any. */
public final class StealTicks {

    private static final int STEAL = 8;

    private StealTicks() {
    }

    /** So far, from the two CPUs of a measurement over veth. */
    static long now() {
        return now(WireCpus.GENERATOR, WireCpus.WORKER);
    }

    /** So far, from these CPUs together. */
    public static long now(final int... cpus) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            return of(lines.toList(), cpus);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the lines of /proc/stat: "cpu1 user nice system idle iowait irq softirq steal ...". */
    static long of(final List<String> lines, final int... cpus) {
        return lines.stream().map(line -> line.split(" +"))
                .filter(fields -> fields.length > STEAL && Arrays.stream(cpus).anyMatch(cpu -> fields[0].equals("cpu" + cpu)))
                .mapToLong(fields -> Long.parseLong(fields[STEAL])).sum();
    }
}
