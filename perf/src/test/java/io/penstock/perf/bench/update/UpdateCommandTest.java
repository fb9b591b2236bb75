package io.penstock.perf.bench.update;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.MainRun;
import io.penstock.perf.bench.measure.ChildBench;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options of {@code bench update} that are about one scenario. */
final class UpdateCommandTest {

    @Test
    void shouldRefuseOptionsOfTheOtherScenario() {
        for (final String option : List.of("--rule-count", "--changes", "--interval")) {
            assertRefused(option + " is for --scenario changes; leave it out, or measure that one", "--scenario", "restore", option, "100");
        }
        assertRefused("--restores is for --scenario restore; leave it out, or measure that one", "--scenario", "changes", "--restores", "3");
    }

    @Test
    void shouldGiveEachScenarioItsOwnOptionsWhenBothAreMeasured() {
        final ChildBench both = new ChildBench(List.of("bench", "update", "--restores", "3", "--rule-count=100", "--changes", "7", "--interval", "5",
                "--rate", "1000", "--json"), new PrintWriter(Writer.nullWriter()));
        assertEquals(List.of("bench", "update", "--restores", "3", "--rate", "1000", "--json", "--scenario", "restore"),
                UpdateTable.child(both, "restore").arguments());
        assertEquals(List.of("bench", "update", "--rule-count=100", "--changes", "7", "--interval", "5", "--rate", "1000", "--json", "--scenario",
                "changes"), UpdateTable.child(both, "changes").arguments());
    }

    private static void assertRefused(final String message, final String... options) {
        final List<String> all = new ArrayList<>(List.of("bench", "update"));
        all.addAll(List.of(options));
        final MainRun run = MainRun.of(all.toArray(String[]::new));
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertEquals(message + "\ntry 'penstock bench update --help'\n", run.err());
    }
}
