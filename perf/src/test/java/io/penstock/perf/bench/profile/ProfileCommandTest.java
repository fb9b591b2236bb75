package io.penstock.perf.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.MainRun;
import io.penstock.perf.bench.compare.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfileCommandTest {

    private static final String[] SHORT = {"--seconds", "0.5", "--warm-up", "0.5", "--flows", "64"};

    @Test
    void shouldTellAMeasurementsStages() {
        final MainRun run = run("--json");
        assertEquals(0, run.exitCode(), run.err());
        final Report report = Report.parse("", run.out().strip());
        assertTrue(report.number("samples") > 50, run.out());
        assertTrue(report.number("ns_per_packet") > 0, run.out());
        assertTrue(stages(report).containsAll(List.of("parse", "receive", "send", "route")), run.out());
        assertTrue(run.out().contains("\"tier\":4"), run.out());
    }

    @Test
    void shouldWatchAJvmThatRuns() throws IOException {
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                BusyWorker.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertEquals('b', process.getInputStream().read());
            final MainRun run = MainRun.of("profile", "--pid", Long.toString(process.pid()), "--seconds", "1", "--json");
            assertEquals(0, run.exitCode(), run.err());
            final Report report = Report.parse("", run.out().strip());
            assertTrue(report.number("samples") > 20, run.out());
            assertEquals("cpu", report.values().get("sampler"));
            assertEquals(false, report.values().get("exact"));
            assertTrue(process.isAlive());
        } finally {
            process.destroy();
        }
    }

    @Test
    void shouldSayWhenThereIsNoDataPlane(@TempDir final Path folder) {
        assertEquals(3, MainRun.of("profile", "--socket", folder.resolve("x.sock").toString()).exitCode());
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        assertRefused("--seconds=0.1 is out of range: least=0.5 most=3600.0", "--seconds", "0.1");
        assertRefused("--top=0 is out of range: least=1 most=1000", "--top", "0");
        assertRefused("--pid and --socket do not go together; give one of them", "--pid", "1", "--socket", "x");
        assertRefused("--top=0 is out of range: least=1 most=1000", "engine", "--top", "0");
        assertRefused("--table measures in several JVMs, and one is to be watched; leave it out", "engine", "--table");
        assertRefused("--tier plain, indexed, specialized or none is needed with rules: one is to be watched",
                "engine", "--rules", "equality", "--rule-count=10", "--tier=plain,indexed");
        assertRefused("--rule-count N is needed with --rules: one number is to be watched",
                "engine", "--rules", "equality", "--tier", "plain");
        assertRefused("--route-table routes or default is needed with --routes: one of them is to be watched", "engine", "--routes", "100");
    }

    private static void assertRefused(final String message, final String... arguments) {
        final String[] all = new String[arguments.length + 1];
        all[0] = "profile";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        final MainRun run = MainRun.of(all);
        assertEquals(2, run.exitCode());
        assertEquals(message, run.err().lines().findFirst().orElse(""));
    }

    private static MainRun run(final String... more) {
        final String[] all = new String[2 + SHORT.length + more.length];
        all[0] = "profile";
        all[1] = "engine";
        System.arraycopy(SHORT, 0, all, 2, SHORT.length);
        System.arraycopy(more, 0, all, 2 + SHORT.length, more.length);
        return MainRun.of(all);
    }

    private static List<?> stages(final Report report) {
        return ((List<?>) report.values().get("stages")).stream().map(stage -> ((java.util.Map<?, ?>) stage).get("stage")).toList();
    }
}
