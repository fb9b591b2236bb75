package io.penstock.perf.bench.profile;

import io.penstock.perf.Main;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.engine.BenchLoop;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A measurement of the engine in a JVM of its own, watched from its start. Of the samples those count that were taken while it measured: they
 * have {@link BenchLoop}'s method for it on their stacks.
 *
 * <p>Threads: the caller's.
 */
final class EngineProfile {

    private static final String MEASURING = "measure";
    private static final double NS_PER_US = 1e3;

    private EngineProfile() {
    }

    /** Why these arguments of {@code bench engine} are not one measurement in one JVM, or null. */
    static String refusal(final List<String> arguments) {
        for (final String option : List.of("--table", "--against")) {
            if (value(arguments, option) != null) {
                return option + " measures in several JVMs, and one is to be watched; leave it out";
            }
        }
        final String rules = value(arguments, "--rules");
        final String tier = value(arguments, "--tier");
        if ((rules != null || value(arguments, "--rules-file") != null) && (tier == null || tier.equals("all") || tier.indexOf(',') >= 0)) {
            return "--tier plain, indexed, specialized or none is needed with rules: one is to be watched";
        }
        final String count = value(arguments, "--rule-count");
        if (rules != null && (count == null || count.indexOf(',') >= 0)) {
            return "--rule-count N is needed with --rules: one number is to be watched";
        }
        final String table = value(arguments, "--route-table");
        if ((value(arguments, "--routes") != null || value(arguments, "--routes6") != null) && (table == null || table.equals("both"))) {
            return "--route-table routes or default is needed with --routes: one of them is to be watched";
        }
        return null;
    }

    /** What follows an option, "" where nothing does; null where it is not given. */
    private static String value(final List<String> arguments, final String option) {
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals(option)) {
                return i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            }
            if (arguments.get(i).startsWith(option + '=')) {
                return arguments.get(i).substring(option.length() + 1);
            }
        }
        return null;
    }

    /** Measures with these arguments of {@code bench engine}. */
    static ProfileResult measure(final List<String> arguments) {
        try (ScratchFolder folder = ScratchFolder.make("profile")) {
            final Path file = folder.path().resolve("engine.jfr");
            final Path log = folder.path().resolve("jit.log");
            final List<String> options = List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints",
                    "-Xlog:jfr*=error", "-Xlog:jit+compilation=debug:file=" + log + ":uptime:filesize=0",
                    "-XX:StartFlightRecording=filename=" + file + ",settings=" + Sampler.CLOCK.settings(folder.path()) + ",maxsize=1g");
            final List<String> command = new ArrayList<>(List.of("bench", "engine"));
            command.addAll(arguments);
            command.add("--json");
            final ChildJvm.Output output = ChildJvm.capture(options, Main.class.getName(), command);
            if (output.exitCode() != 0) {
                throw new BenchException(output.exitCode(), "the measurement failed, see above: exit=" + output.exitCode());
            }
            final Report report = Report.parse("bench engine", output.text().strip());
            final Recording recording = Recording.read(file, EngineProfile::isMeasured);
            if (report.samples("mpps_cpu") == null || recording.samples().isEmpty()) {
                throw new BenchException("nothing was sampled: samples=0; measure for longer, --seconds 5");
            }
            return result(report, recording, lines(log), String.join(" ", command.subList(0, command.size() - 1)));
        }
    }

    private static ProfileResult result(final Report report, final Recording recording, final List<String> log, final String what) {
        final double mpps = report.samples("mpps_cpu").median();
        return new ProfileResult(what, report.number("seconds"), Sampler.CLOCK, recording, StageShare.of(recording.samples()),
                HotMethods.of(recording, new Bytecodes(log), List.of()), NS_PER_US / mpps,
                String.format(Locale.ROOT, "%.2f Mpps and %.1f ns a packet of the worker's CPU time, while watched", mpps, NS_PER_US / mpps),
                true, true, MachineFacts.ofThis());
    }

    private static boolean isMeasured(final Sample sample) {
        return sample.frames().stream().anyMatch(frame ->
                frame.name().equals(MEASURING) && frame.type().equals(BenchLoop.class.getName()));
    }

    private static List<String> lines(final Path log) {
        try {
            return Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new BenchException("the JVM's log cannot be read: " + e.getMessage());
        }
    }
}
