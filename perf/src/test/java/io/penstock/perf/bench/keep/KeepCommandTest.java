package io.penstock.perf.bench.keep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.MainRun;
import io.penstock.perf.bench.BenchCommand;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.MachineFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class KeepCommandTest {

    @Test
    void shouldWriteAResultIntoTheFolderOfTheMachinesKind(@TempDir final Path folder) throws IOException {
        final MainRun run = MainRun.of("bench", "keep", folder.toString(), "--only", "engine", "--quick");
        assertEquals(0, run.exitCode(), run.err());
        final Path own = folder.resolve(MachineFacts.ofThis().kind());
        assertEquals(own + "\n", run.out());
        assertTrue(Report.parse("", Files.readString(own.resolve("engine.json"))).number("mpps") != null, run::out);
        assertEquals(true, Report.parse("", Files.readString(own.resolve("machine.json"))).values().get("quick"));
    }

    @Test
    void shouldKeepOnlyWhatCanBeMeasured() {
        final CommandLine bench = new CommandLine(new BenchCommand());
        Kept.BENCHES.forEach(kept -> {
            assertTrue(bench.getSubcommands().containsKey(kept.options().getFirst()), kept::file);
            bench.parseArgs(kept.command(true).subList(1, kept.command(true).size()).toArray(String[]::new));
        });
    }

    @Test
    void shouldNameMachinesByWhatMakesThemAlike() {
        assertEquals("amd-epyc-2cpu-kernel6.18-jdk25", facts("AMD EPYC", 2, "Linux 6.18.44-fc-v595", "Temurin-25.0.3+9 25.0.3+9-LTS"));
        assertEquals("intel-xeon-gold-6240-36cpu-kernel6.1-jdk25",
                facts("Intel(R) Xeon(R) Gold 6240 CPU @ 2.60GHz", 36, "Linux 6.1.0-28-amd64", "Oracle Corporation 25+37-LTS"));
        assertEquals("amd-epyc-7763-4cpu-kernel6.8-jdk26", facts("AMD EPYC 7763 64-Core Processor", 4, "Linux 6.8", "26"));
    }

    @Test
    void shouldSayWhatCanBeKept(@TempDir final Path folder) {
        final MainRun run = MainRun.of("bench", "keep", folder.toString(), "--only", "nothing");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("there is no --only 'nothing'; supported are jmh, engine, engine-ipv6,"), run.err());
    }

    private static String facts(final String cpu, final int cpus, final String kernel, final String jdk) {
        return new MachineFacts(cpu, cpus, kernel, jdk, List.of()).kind();
    }
}
