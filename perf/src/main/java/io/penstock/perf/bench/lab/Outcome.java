package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a step, as it is kept in a file: one JSON object, the child's own as its {@code output}.
 *
 * @param measurement  its id
 * @param round        from 1
 * @param command      the child's command line, from {@code bench} on
 * @param started      when, in ISO 8601
 * @param seconds      how long it took
 * @param exitCode     the child's
 * @param stealShare   of all CPUs' time meanwhile, what a hypervisor gave to others
 * @param othersSeconds meanwhile of CPUs' time, what programs used, in their own code, that were no part of the measurement; 0 where that is not known
 * @param errors       the last that the child said on its error output
 * @param output       what it printed, one JSON object; null for none, or something else
 * @param session      in which it was made, by its start; empty where that is not known
 * @param failedBefore why earlier attempts at the same step failed, a sentence each, the first one first; none where it was not made again
 */
record Outcome(String measurement, String title, int round, List<String> command, String started, double seconds, int exitCode,
        double stealShare, double othersSeconds, List<String> errors, String output, String session, List<String> failedBefore) {

    /** Of one CPU's time. Less is how the kernel counts a thread's time otherwise than a CPU's. */
    private static final double MUCH = 0.1;
    /** In less time the kernel's ticks are too few to tell who had them. */
    private static final double LEAST_SECONDS = 2;

    Outcome {
        command = List.copyOf(command);
        errors = List.copyOf(errors);
        failedBefore = List.copyOf(failedBefore);
    }

    /** Whether there are figures to believe. */
    boolean isDone() {
        return exitCode == 0 && output != null;
    }

    /** Why not, in a sentence: the child's own last words. */
    String failure() {
        final String last = errors.isEmpty() ? "it printed no error" : errors.getLast();
        return (exitCode == 0 ? "it printed no JSON object: " + last : last + " (exit code " + exitCode + ')')
                + (others().isEmpty() ? "" : "; " + others());
    }

    /** That others used the machine meanwhile, in a few words; empty where they did not. */
    String others() {
        return seconds < LEAST_SECONDS || othersSeconds < MUCH * seconds ? ""
                : String.format(Locale.ROOT, "other programs ran meanwhile: of each second %.2f s in their own code", othersSeconds / seconds);
    }

    /** The attempts at the same step that failed, this one included. */
    List<String> failures() {
        final List<String> all = new ArrayList<>(failedBefore);
        if (!isDone()) {
            all.add(failure());
        }
        return all;
    }

    /** For its file. */
    String json() {
        final Json json = new Json().object().field("measurement", measurement).field("title", title).field("round", round)
                .name("command").array();
        command.forEach(json::value);
        json.end().field("started", started).field("seconds", seconds).field("exit_code", exitCode).field("steal_share", stealShare)
                .field("others_seconds", othersSeconds)
                .name("errors").array();
        errors.forEach(json::value);
        json.end().field("failed_before_count", failedBefore.size()).name("failed_before").array();
        failedBefore.forEach(json::value);
        final String head = json.end().field("session", session).end().toString();
        return head.substring(0, head.length() - 1) + ",\"output\":" + (output == null ? "null" : output) + "}\n";
    }

    /** The figures. */
    Report report() {
        return Report.parse(measurement, output);
    }

    /** What a child printed, if it is one JSON object in its last line; else null. */
    static String object(final String printed) {
        final String text = printed.strip();
        final String line = text.substring(text.lastIndexOf('\n') + 1);
        try {
            return line.startsWith("{") && Report.parse("output", line) != null ? line : null;
        } catch (final BenchException e) {
            return null;
        }
    }

    /** As {@link #json} wrote it. */
    static Outcome read(final Path file) {
        final String text;
        try {
            text = Files.readString(file).strip();
        } catch (final IOException e) {
            throw new BenchException(file + " cannot be read: " + e.getMessage() + "; remove it, and it is measured again");
        }
        final Map<String, Object> values = Report.parse(file.toString(), text).values();
        final String mark = ",\"output\":";
        final int output = text.indexOf(mark);
        try {
            final boolean none = values.get("output") == null;
            return new Outcome((String) values.get("measurement"), (String) values.get("title"), number(values, "round").intValue(),
                    strings(values.get("command")), (String) values.get("started"), number(values, "seconds").doubleValue(),
                    number(values, "exit_code").intValue(), number(values, "steal_share").doubleValue(),
                    values.get("others_seconds") instanceof final Number others ? others.doubleValue() : 0, strings(values.get("errors")),
                    none ? null : text.substring(output + mark.length(), text.length() - 1),
                    values.get("session") instanceof final String session ? session : "",
                    values.get("failed_before") instanceof final List<?> list ? strings(list) : List.of());
        } catch (final ClassCastException | NullPointerException e) {
            throw new BenchException(file + " is no result of 'bench all'; remove it, and it is measured again");
        }
    }

    private static Number number(final Map<String, Object> values, final String name) {
        return (Number) values.get(name);
    }

    private static List<String> strings(final Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }
}
