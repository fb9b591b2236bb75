package io.penstock.perf.bench.keep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.MainRun;
import io.penstock.perf.bench.BenchCommand;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Build;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.jmh.NatBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        final Report engine = Report.parse("", Files.readString(own.resolve("engine.json")));
        assertTrue(engine.number("mpps") != null, run::out);
        assertEquals(true, engine.values().get("quick"));
        final Report machine = Report.parse("", Files.readString(own.resolve("machine.json")));
        assertEquals(true, machine.values().get("quick"));
        assertEquals(machine.values().get("build"), engine.values().get("build"));
    }

    @Test
    void shouldLeaveNothingOfAnotherBuildWhenAMeasurementFails(@TempDir final Path folder) throws IOException {
        final Path own = Files.createDirectories(folder.resolve(MachineFacts.ofThis().kind()));
        for (final String file : List.of("fib", "sets", "engine")) {
            Files.writeString(own.resolve(file + ".json"), "{\"build\":\"old\"}");
        }
        final KeepCommand keep = new KeepCommand((kept, quick, progress) -> {
            if (kept.file().equals("fib")) {
                throw new BenchException("no luck");
            }
            assertFalse(Files.exists(own.resolve(kept.file() + ".json")));
            return "{\"mpps\":1}";
        });
        assertEquals(1, new CommandLine(keep).setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(new StringWriter()))
                .execute(folder.toString(), "--only", "fib,sets"));
        assertFalse(Files.exists(own.resolve("fib.json")));
        final Report sets = Report.parse("", Files.readString(own.resolve("sets.json")));
        assertEquals(1, sets.number("mpps"));
        assertEquals(false, sets.values().get("quick"));
        assertEquals(Build.ofThis(), sets.values().get("build"));
        assertEquals("{\"build\":\"old\"}", Files.readString(own.resolve("engine.json")));
    }

    @Test
    void shouldStampObjectsAndBenchmarks() {
        assertEquals("{\"build\":\"b\",\"quick\":false,\"a\":{\"jmhVersion\":1}}", Stamp.object("{\"a\":{\"jmhVersion\":1}}", "b", false));
        assertEquals("{\"build\":\"b\",\"quick\":true}", Stamp.object("{}", "b", true));
        assertThrows(BenchException.class, () -> Stamp.object("[1]", "b", true));
        final String stamp = "\"build\":\"b\",\"quick\":true,";
        assertEquals("[\n {\n  " + stamp + "\n  \"jmhVersion\" : \"1.37\",\n  \"jvmArgs\" : []},\n {" + stamp + "\"jmhVersion\":\"1.37\"}]",
                Stamp.benchmarks("[\n {\n  \"jmhVersion\" : \"1.37\",\n  \"jvm\" : \"/a/java\",\n  \"jvmArgs\" : []},\n {\"jmhVersion\":\"1.37\"}]", "b", true));
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
    void shouldKeepEveryClassOfBenchmarks() throws IOException {
        final Path compiled = Path.of(NatBenchmark.class.getResource("NatBenchmark.class").getPath()).getParent();
        try (Stream<Path> files = Files.list(compiled)) {
            assertEquals(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Benchmark.class"))
                    .map(name -> NatBenchmark.class.getPackageName() + '.' + name.replace(".class", "")).collect(Collectors.toSet()),
                    Set.copyOf(KeptBenchmarks.files().values()));
        }
        assertEquals("io.penstock.perf.jmh.ConnTableBenchmark", KeptBenchmarks.files().get("jmh-conn-table"));
    }

    @Test
    void shouldWriteJmhsResultsOfOneClass(@TempDir final Path folder) throws IOException {
        final MainRun run = MainRun.of("bench", "keep", folder.toString(), "--only", "jmh-publication", "--quick");
        assertEquals(0, run.exitCode(), run.err());
        final String json = Files.readString(folder.resolve(MachineFacts.ofThis().kind()).resolve("jmh-publication.json"));
        assertTrue(json.contains("PublicationBenchmark."), json);
        assertFalse(json.contains("NatBenchmark."), json);
        assertTrue(json.contains("\"quick\":true"), json);
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
        assertTrue(run.err().startsWith("there is no --only 'nothing'; supported are jmh, jmh-batch, jmh-checksum,"), run.err());
        assertTrue(run.err().contains(", jmh-set, engine, engine-ipv6,"), run.err());
    }

    private static String facts(final String cpu, final int cpus, final String kernel, final String jdk) {
        return new MachineFacts(cpu, cpus, kernel, jdk, List.of()).kind();
    }
}
