package io.penstock.perf.bench;

import io.penstock.dataplane.cli.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a measurement was made. */
record MachineFacts(String cpu, int cpus, String kernel, String jdk, List<String> jvmOptions) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    static MachineFacts ofThis() {
        return new MachineFacts(cpuModel(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + ' ' + System.getProperty("os.version"),
                System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + ' ' + Runtime.version(),
                ChildJvm.options());
    }

    void write(final Json json) {
        json.object().field("cpu", cpu).field("cpus", cpus).field("kernel", kernel).field("jdk", jdk)
                .name("jvm_options").array();
        jvmOptions.forEach(json::value);
        json.end().end();
    }

    @Override
    public String toString() {
        return cpu + ", " + cpus + " CPUs, " + kernel + ", " + jdk;
    }

    private static String cpuModel() {
        try {
            return Files.readAllLines(CPUINFO).stream().filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (final IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
