package io.penstock.perf.bench.measure;

import io.penstock.dataplane.cli.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a measurement was made. */
public record MachineFacts(String cpu, int cpus, String kernel, String jdk, List<String> jvmOptions) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Pattern SERIES = Pattern.compile("\\d+\\.\\d+");
    private static final Pattern FEATURE = Pattern.compile("\\d+");

    public static MachineFacts ofThis() {
        return new MachineFacts(cpuModel(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + ' ' + System.getProperty("os.version"),
                System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + ' ' + Runtime.version(),
                ChildJvm.options());
    }

    /**
     * Which machines' results can be laid beside each other, as a folder's name: the processor's name without its trademarks and clock, the CPUs, the kernel's
     * series and the JDK's, such as {@code amd-epyc-2cpu-kernel6.18-jdk25}. Of two machines of one kind the figures still differ: ratios do less.
     */
    public String kind() {
        final String processor = cpu.toLowerCase(Locale.ROOT).replaceAll("\\((r|tm|c)\\)|@.*|\\b(cpu|processor|\\d+-core)\\b", " ")
                .replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        final Matcher series = SERIES.matcher(kernel);
        // The last word is the version alone: 25.0.3+9-LTS.
        final Matcher feature = FEATURE.matcher(jdk.substring(jdk.lastIndexOf(' ') + 1));
        return (processor.isEmpty() ? "unknown" : processor) + '-' + cpus + "cpu-kernel" + (series.find() ? series.group() : "0") + "-jdk"
                + (feature.find() ? feature.group() : "0");
    }

    public void write(final Json json) {
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
