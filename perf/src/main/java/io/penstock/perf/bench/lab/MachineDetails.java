package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.measure.MachineFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a machine decides how fast it is. What a machine does not tell is left out.
 *
 * <p>Source: proc(5); the kernel's Documentation/ABI/testing/sysfs-devices-system-cpu, admin-guide/mm/transhuge.rst,
 * admin-guide/hw-vuln. Threads: any.
 */
final class MachineDetails {

    /** Flags that are about speed here: wide vectors, huge pages, the clock, and whether the machine is a virtual one. */
    private static final List<String> FLAGS = List.of("avx2", "avx512f", "avx512vl", "avx512bw", "bmi2", "pclmulqdq", "sha_ni", "pdpe1gb",
            "constant_tsc", "nonstop_tsc", "rdtscp", "hypervisor", "ibrs_enhanced", "asimd", "crc32", "atomics");
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CPU = Path.of("/sys/devices/system/cpu");

    private MachineDetails() {
    }

    /** By title, in the order in which they are told. */
    static Map<String, String> ofThis() {
        final MachineFacts facts = MachineFacts.ofThis();
        final Map<String, String> all = new LinkedHashMap<>();
        all.put("CPU", facts.cpu() + ", " + facts.cpus() + " CPUs");
        put(all, "CPU flags that matter", flags());
        put(all, "caches", caches());
        put(all, "threads of a core that are used", text(CPU.resolve("smt/control")));
        put(all, "frequency governor", text(CPU.resolve("cpu0/cpufreq/scaling_governor")));
        put(all, "mitigations", mitigations());
        put(all, "kernel", text(Path.of("/proc/sys/kernel/osrelease")) + ", " + text(Path.of("/proc/sys/kernel/version")));
        put(all, "kernel command line", text(Path.of("/proc/cmdline")));
        put(all, "clock source", text(Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource")));
        put(all, "memory", line(MEMINFO, "MemTotal"));
        put(all, "huge pages set aside", line(MEMINFO, "HugePages_Total") + " of " + line(MEMINFO, "Hugepagesize"));
        put(all, "transparent huge pages", text(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
        all.put("JDK", facts.jdk());
        all.put("JVM options", String.join(" ", facts.jvmOptions()));
        all.put("memory accesses", Boolean.getBoolean("penstock.checked") ? "every one checked (-Dpenstock.checked=true): slower than in production"
                : "unchecked, as in production");
        return all;
    }

    private static void put(final Map<String, String> all, final String title, final String value) {
        if (!value.isBlank()) {
            all.put(title, value);
        }
    }

    private static String flags() {
        final List<String> there = List.of((line(CPUINFO, "flags") + ' ' + line(CPUINFO, "Features")).split("\\s+"));
        return FLAGS.stream().filter(there::contains).collect(Collectors.joining(" "));
    }

    private static String caches() {
        return children(CPU.resolve("cpu0/cache")).filter(path -> path.getFileName().toString().startsWith("index"))
                .map(path -> "L" + text(path.resolve("level")) + ' ' + text(path.resolve("type")) + ' ' + text(path.resolve("size")))
                .collect(Collectors.joining(", "));
    }

    /** Of each vulnerability that there is, what is done about it. */
    private static String mitigations() {
        final Map<String, String> all = new TreeMap<>();
        children(CPU.resolve("vulnerabilities")).filter(path -> !text(path).equals("Not affected"))
                .forEach(path -> all.put(path.getFileName().toString(), text(path)));
        return all.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).collect(Collectors.joining("; "));
    }

    private static Stream<Path> children(final Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (final IOException e) {
            return Stream.empty();
        }
    }

    private static String line(final Path file, final String name) {
        return Arrays.stream(text(file).split("\n")).filter(line -> line.split(":")[0].strip().equals(name)).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("");
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file).strip();
        } catch (final IOException e) {
            return "";
        }
    }
}
