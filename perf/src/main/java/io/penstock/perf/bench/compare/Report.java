package io.penstock.perf.bench.compare;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A measurement as it was printed with {@code --json}.
 *
 * @param name   which of a file's measurements, or empty when it is the only one
 * @param values the object: numbers, strings, booleans, maps and lists
 */
public record Report(String name, Map<String, Object> values) {

    private static final String SUFFIX = ".json";
    private static final int MOST_CHARACTERS = 1 << 28;

    /** The measurements of a file, or of all files of a folder whose names end in {@code .json}; those carry the file's name. */
    static List<Report> read(final Path path) {
        if (!Files.isDirectory(path)) {
            return ReportRows.of("", path.toString(), text(path));
        }
        final List<Report> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(path)) {
            for (final Path file : files.filter(f -> f.toString().endsWith(SUFFIX) && Files.isRegularFile(f)).sorted().toList()) {
                final String name = path.relativize(file).toString();
                all.addAll(ReportRows.of(name.substring(0, name.length() - SUFFIX.length()), file.toString(), text(file)));
            }
        } catch (final IOException e) {
            throw new BenchException(path + " cannot be read: " + e.getMessage());
        }
        if (all.isEmpty()) {
            throw new BenchException(path + " has no results: files=0; give a folder with files that bench commands wrote with --json, *.json");
        }
        return all;
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new BenchException(file + " cannot be read: " + e.getMessage() + "; give a file that a bench command wrote "
                    + "with --json");
        }
    }

    /** One object. JSON is YAML. */
    public static Report parse(final String name, final String text) {
        try {
            return new Report(name, object(name, load(name, text)));
        } catch (final YamlEngineException e) {
            throw notJson(name);
        }
    }

    /** Any JSON. */
    static Object load(final String name, final String text) {
        // A folder's worth of JMH results is more than a configuration's.
        return new Load(LoadSettings.builder().setLabel(name).setCodePointLimit(MOST_CHARACTERS).build()).loadFromString(text);
    }

    /** A number by its path, such as {@code latency_us.p99}, or null. */
    public Double number(final String path) {
        Object at = values;
        for (final String key : path.split("\\.")) {
            at = at instanceof final Map<?, ?> map ? map.get(key) : null;
        }
        return at instanceof final Number number ? number.doubleValue() : null;
    }

    /** The repeated measurements of a number, or else the number alone; null when there is neither. */
    public Samples samples(final String path) {
        final Object named = values.get(path + "_runs");
        final Object runs = named == null && path.equals("mpps") ? values.get("runs") : named;
        if (runs instanceof final List<?> list && !list.isEmpty() && list.stream().allMatch(Number.class::isInstance)) {
            return Samples.of(list.stream().mapToDouble(value -> ((Number) value).doubleValue()).toArray());
        }
        final Double single = number(path);
        return single == null ? null : Samples.of(single);
    }

    static Map<String, Object> object(final String name, final Object value) {
        if (!(value instanceof final Map<?, ?> map)) {
            throw notJson(name);
        }
        final Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, v) -> values.put(String.valueOf(key), v));
        return values;
    }

    static BenchException notJson(final String name) {
        return new BenchException(name + " is not one JSON object; give a file that a bench command wrote with --json");
    }
}
