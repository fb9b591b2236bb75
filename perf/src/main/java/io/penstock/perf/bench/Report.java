package io.penstock.perf.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A measurement as it was printed with {@code --json}.
 *
 * @param name   which of a file's measurements, or empty when it is the only one
 * @param values the object: numbers, strings, booleans, maps and lists
 */
record Report(String name, Map<String, Object> values) {

    /** What tells the rows of a table apart. */
    private static final List<String> ROW_KEYS =
            List.of("batch", "checked", "ipv6", "routes", "routes6", "routes_in_table", "rules", "rule_count", "tier");

    /** The measurements of a file: one, or those of a table. */
    static List<Report> read(final Path file) {
        final String text;
        try {
            text = Files.readString(file);
        } catch (final IOException e) {
            throw new BenchException(file + " cannot be read: " + e.getMessage() + "; give a file that a bench command wrote "
                    + "with --json");
        }
        final Report whole = parse(file.toString(), text);
        if (!(whole.values.get("table") instanceof final List<?> table)) {
            return List.of(new Report("", whole.values));
        }
        final List<Report> rows = new ArrayList<>();
        for (final Object row : table) {
            final Map<String, Object> values = object(file.toString(), row);
            rows.add(new Report(ROW_KEYS.stream().filter(values::containsKey).map(key -> key + '=' + values.get(key))
                    .collect(Collectors.joining(" ")), values));
        }
        return rows;
    }

    /** One object. JSON is YAML. */
    static Report parse(final String name, final String text) {
        try {
            return new Report(name, object(name, new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(text)));
        } catch (final YamlEngineException e) {
            throw notJson(name);
        }
    }

    /** A number by its path, such as {@code latency_us.p99}, or null. */
    Double number(final String path) {
        Object at = values;
        for (final String key : path.split("\\.")) {
            at = at instanceof final Map<?, ?> map ? map.get(key) : null;
        }
        return at instanceof final Number number ? number.doubleValue() : null;
    }

    /** The repeated measurements of a number, or else the number alone; null when there is neither. */
    Samples samples(final String path) {
        final Object runs = values.get(path.equals("mpps") ? "runs" : path + "_runs");
        if (runs instanceof final List<?> list && !list.isEmpty() && list.stream().allMatch(Number.class::isInstance)) {
            return Samples.of(list.stream().mapToDouble(value -> ((Number) value).doubleValue()).toArray());
        }
        final Double single = number(path);
        return single == null ? null : Samples.of(single);
    }

    private static Map<String, Object> object(final String name, final Object value) {
        if (!(value instanceof final Map<?, ?> map)) {
            throw notJson(name);
        }
        final Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, v) -> values.put(String.valueOf(key), v));
        return values;
    }

    private static BenchException notJson(final String name) {
        return new BenchException(name + " is not one JSON object; give a file that a bench command wrote with --json");
    }
}
