package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.compare.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a measurement's JSON a number is: {@code mpps}, {@code latency_us.p99}, {@code throughput[size=64].mpps}.
 *
 * @param measurement its id
 * @param path        names with dots between them; an element of an array is chosen by what it holds
 */
record Reading(String measurement, String path) {

    private static final Pattern PART = Pattern.compile("([A-Za-z0-9_]+)(?:\\[([^\\]]*)])?(?:\\.|$)");
    private static final String RUNS = "_runs";

    /** The number's repeated measurements, or else it alone; none when it is not there. */
    double[] in(final Report report) {
        Object at = report.values();
        final Matcher matcher = PART.matcher(path);
        while (matcher.find()) {
            if (!(at instanceof final Map<?, ?> map)) {
                return new double[0];
            }
            if (matcher.end() == path.length()) {
                return samples(map, matcher.group(1));
            }
            at = map.get(matcher.group(1));
            if (matcher.group(2) != null) {
                at = element(at, matcher.group(2));
            }
        }
        return new double[0];
    }

    private static double[] samples(final Map<?, ?> map, final String name) {
        final double[] runs = numbers(map.get(name + RUNS));
        final double[] named = runs.length == 0 && name.equals("mpps") ? numbers(map.get("runs")) : runs;
        return named.length > 0 ? named : map.get(name) instanceof final Number number ? new double[] {number.doubleValue()} : new double[0];
    }

    private static double[] numbers(final Object list) {
        return list instanceof final List<?> values
                ? values.stream().filter(Number.class::isInstance).mapToDouble(value -> ((Number) value).doubleValue()).toArray()
                : new double[0];
    }

    /** The element that has these values, such as {@code size=64,pattern=constant}. */
    private static Object element(final Object list, final String wanted) {
        final Map<String, String> values = new LinkedHashMap<>();
        Arrays.stream(wanted.split(",")).map(pair -> pair.split("=", 2)).forEach(pair -> values.put(pair[0], pair[1]));
        return rows(list).stream().filter(row -> values.entrySet().stream()
                .allMatch(e -> e.getValue().equals(String.valueOf(row.get(e.getKey()))))).findFirst().orElse(null);
    }

    /** The objects of an array; none where there is no array. */
    static List<Map<?, ?>> rows(final Object list) {
        final List<Map<?, ?>> rows = new ArrayList<>();
        if (list instanceof final List<?> all) {
            all.forEach(element -> {
                if (element instanceof final Map<?, ?> row) {
                    rows.add(row);
                }
            });
        }
        return rows;
    }
}
