package io.penstock.perf.bench.keep;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH's benchmarks, a file for each class: all of them take half an hour, and parts of that can be measured at other times.
 *
 * <p>Threads: one.
 */
final class KeptBenchmarks {

    /** What stands for all of them. */
    static final String ALL = "jmh";

    private static final String MAIN = "org.openjdk.jmh.Main";
    /** Shorter than the benchmarks' own: what differs on a shared machine is processes, not iterations, and there are 300 benchmarks. */
    private static final List<String> SHORT = List.of("-wi", "3", "-w", "700ms", "-i", "5", "-r", "400ms");
    private static final List<String> QUICK = List.of("-f", "1", "-wi", "1", "-w", "100ms", "-i", "2", "-r", "100ms");
    private static final String CLASS_SUFFIX = "Benchmark";
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private KeptBenchmarks() {
    }

    /** The files' names, each with the class that it is about. */
    static SortedMap<String, String> files() {
        final SortedMap<String, String> files = new TreeMap<>();
        final PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        for (final BenchmarkListEntry entry : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT), Collections.emptyList())) {
            files.put(file(entry.getUserClassQName()), entry.getUserClassQName());
        }
        return files;
    }

    private static String file(final String className) {
        final String simple = className.substring(className.lastIndexOf('.') + 1);
        final String name = simple.endsWith(CLASS_SUFFIX) ? simple.substring(0, simple.length() - CLASS_SUFFIX.length()) : simple;
        return ALL + '-' + HUMP.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /**
     * Measures the benchmarks of a class, and returns JMH's JSON.
     *
     * @param quick    for moments only
     * @param progress takes what JMH says meanwhile
     */
    static String measure(final String className, final boolean quick, final PrintWriter progress) throws IOException {
        try (ScratchFolder scratch = ScratchFolder.make("jmh")) {
            final Path file = scratch.path().resolve("jmh.json");
            final List<String> arguments = new ArrayList<>(List.of('^' + Pattern.quote(className + '.'), "-prof", "gc", "-foe", "true", "-rf",
                    "json", "-rff", file.toString()));
            arguments.addAll(quick ? QUICK : SHORT);
            if (ChildJvm.follow(MAIN, arguments, progress) != 0) {
                throw new BenchException("JMH failed at " + className + ", see above");
            }
            return Files.readString(file);
        }
    }
}
