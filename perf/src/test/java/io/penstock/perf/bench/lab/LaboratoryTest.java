package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of measurements that nobody makes: what is kept, what is made again, what is refused. */
final class LaboratoryTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();
    private final List<String> made = new ArrayList<>();

    @Test
    void shouldGoOnWhereItStopped() {
        final Journal first = open();
        assertThrows(IllegalStateException.class, () -> laboratory(first, name -> {
            if (name.equals("b")) {
                throw new IllegalStateException("interrupted");
            }
            return done();
        }).run(steps("a", "b", "c")));
        assertEquals(List.of("a", "b"), made);
        made.clear();
        laboratory(open(), name -> done()).run(steps("a", "b", "c"));
        assertEquals(List.of("b", "c"), made);
        assertTrue(err.toString().contains("[1/3] a: done before, 5 Mpps"), err.toString());
        made.clear();
        laboratory(open(), name -> done()).run(steps("a", "b", "c"));
        assertEquals(List.of(), made);
    }

    @Test
    void shouldTryAgainWhatFailedAndWhatIsAskedForOtherwise() {
        laboratory(open(), name -> name.equals("b") ? new LabChild.Result(1, "", List.of("no such device")) : done()).run(steps("a", "b"));
        assertTrue(err.toString().contains("[2/2] b: FAILED: no such device (exit code 1)"), err.toString());
        made.clear();
        final List<Step> steps = new ArrayList<>(steps("b"));
        steps.add(new Step(Measurement.of("a", "a", 1, "bench"), 1, List.of("bench", "a", "--more"), null));
        laboratory(open(), name -> done()).run(steps);
        assertEquals(List.of("b", "a"), made);
        assertTrue(open().outcomes().stream().allMatch(Outcome::isDone));
    }

    @Test
    void shouldStillKnowThatAStepFailedWhenItWasMadeAgain() {
        for (final String words : List.of("packets were lost", "killed")) {
            laboratory(open(), name -> new LabChild.Result(1, "", List.of(words))).run(steps("a"));
        }
        laboratory(open(), name -> done()).run(steps("a", "b"));
        assertEquals(List.of(List.of("packets were lost (exit code 1)", "killed (exit code 1)"), List.of()),
                open().outcomes().stream().map(Outcome::failedBefore).toList());
        assertTrue(open().outcomes().stream().allMatch(Outcome::isDone));
    }

    @Test
    void shouldKeepEachResultAsItComesAndNothingElse() throws IOException {
        final Journal journal = open();
        laboratory(journal, name -> {
            try (Stream<Path> files = Files.list(folder.resolve("results"))) {
                assertEquals(name.equals("a") ? 0 : 1, files.count());
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
            return done();
        }).run(steps("a", "b"));
        try (Stream<Path> files = Files.list(folder.resolve("results"))) {
            assertEquals(List.of("a.json", "b.json"), files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        final Outcome outcome = Outcome.read(folder.resolve("results/a.json"));
        assertEquals(List.of("bench", "a"), outcome.command());
        assertEquals("{\"mpps\":5}", outcome.output());
        assertEquals(0, outcome.exitCode());
        assertEquals(List.of("measuring"), outcome.errors());
    }

    @Test
    void shouldKeepWhatOthersUsedMeanwhile() throws IOException {
        final Path file = folder.resolve("one.json");
        Files.writeString(file, new LabFixture().disturbed("a", 0.45, 0, "{\"mpps\":5}").outcomes().getFirst().json());
        assertEquals(2.25, Outcome.read(file).othersSeconds());
    }

    @Test
    void shouldSayWhyAStepIsNotMade() {
        laboratory(open(), name -> done()).run(List.of(new Step(Measurement.of("a", "a", 1, "bench"), 1, List.of("bench"), Need.OVS.absence())));
        assertEquals(List.of(), made);
        assertTrue(err.toString().contains("[1/1] a: Open vSwitch with DPDK is absent: install with --install-peers"), err.toString());
    }

    @Test
    void shouldCountWhatPrintsNoObjectAsFailed() {
        laboratory(open(), name -> new LabChild.Result(0, "not JSON\n", List.of())).run(steps("a"));
        assertTrue(err.toString().contains("a: FAILED: it printed no JSON object: it printed no error"), err.toString());
    }

    @Test
    void shouldGoOnWhenAChildCannotBeRunToItsEnd() {
        laboratory(open(), name -> {
            if (name.equals("a")) {
                throw new BenchException("something outlived it");
            }
            return done();
        }).run(steps("a", "b"));
        assertEquals(List.of("a", "b"), made);
        assertTrue(err.toString().contains("a: FAILED: something outlived it (exit code -1)"), err.toString());
        final Outcome failed = Outcome.read(folder.resolve("results/a.json"));
        assertEquals(-1, failed.exitCode());
        assertFalse(failed.isDone());
    }

    @Test
    void shouldStopWhenThisThreadIsInterrupted() {
        try {
            assertThrows(BenchException.class, () -> laboratory(open(), name -> {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            }).run(steps("a", "b")));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(List.of("a"), made);
        assertFalse(Files.exists(folder.resolve("results/a.json")));
    }

    @Test
    void shouldKeepInWhichSessionAResultWasMade() throws IOException {
        laboratory(open(), name -> done()).run(steps("a"));
        final Path file = folder.resolve("results/a.json");
        assertEquals(LabFixture.STARTED, Outcome.read(file).session());
        // As it was kept before.
        Files.writeString(file, Files.readString(file).replace(",\"session\":\"" + LabFixture.STARTED + '"', ""));
        assertEquals("", Outcome.read(file).session());
        assertEquals("{\"mpps\":5}", Outcome.read(file).output());
    }

    @Test
    void shouldRefuseAFolderOfAnotherRun() {
        open();
        final BenchException refusal = assertThrows(BenchException.class, () -> Journal.open(folder, LabFixture.identity("build", "def", "cpus", "4"), false));
        assertEquals(folder + " holds results that these would not go with: Penstock's build was abc and is def; the number of CPUs was 2 and is 4; "
                + "give --fresh to replace them, or another --out", refusal.getMessage());
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }

    @Test
    void shouldThrowResultsAwayWhenAskedForFreshOnes() throws IOException {
        laboratory(open(), name -> done()).run(steps("a"));
        Files.createDirectories(folder.resolve("charts"));
        for (final String file : List.of("report.html", "report.md", "charts/figure-1.svg")) {
            Files.writeString(folder.resolve(file), "old");
        }
        final Journal journal = Journal.open(folder, LabFixture.identity("build", "def"), true);
        assertEquals(List.of(), journal.outcomes());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("results"), files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void shouldRefuseAFolderOfSomebodyElse() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "dear");
        assertEquals(folder + " holds files, and no results of 'bench all'; give another --out",
                assertThrows(BenchException.class, () -> Journal.open(folder, LabFixture.identity(), true)).getMessage());
        assertEquals(folder + " holds no results: file=run.json is missing; give the folder that 'bench all' wrote to",
                assertThrows(BenchException.class, () -> Journal.read(folder)).getMessage());
        assertTrue(Files.exists(folder.resolve("letter.txt")));
    }

    @Test
    void shouldKeepWhatIsKnownOfSessions() {
        final Journal journal = open();
        journal.keep(LabFixture.session(new MachineLoad(3, 0.5, 0.25, 2), Map.of("a", "b")));
        final Journal again = Journal.read(folder);
        assertEquals(journal.sessions().size(), again.sessions().size());
        assertEquals(LabFixture.session(new MachineLoad(3, 0.5, 0.25, 2), Map.of("a", "b")), again.sessions().getLast());
        assertEquals(LabFixture.identity(), again.identity());
    }

    @Test
    void shouldTellALoadFromTheKernelsCounters() {
        final MachineLoad.Ticks before = MachineLoad.Ticks.of("cpu  100 0 50 800 50 0 0 10 5 0", "1 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 30 7 10 9 20 0");
        final MachineLoad.Ticks after = MachineLoad.Ticks.of("cpu  146 4 60 910 60 0 0 30 5 0", "1 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 31 99 25 99 20 0");
        assertEquals(20.0 / 200, after.stealShare(before), 1e-9);
        assertEquals(60.0 / 200, after.busyShare(before), 1e-9);
        // Of 50 in programs, 1 was this one's and 15 its children's.
        assertEquals(0.34, after.othersSeconds(before), 1e-9);
        assertTrue(new MachineLoad(0, 0.06, 0, 2).isNoisy());
        assertTrue(new MachineLoad(0, 0, 0.02, 2).isNoisy());
        assertFalse(LabFixture.QUIET.isNoisy());
    }

    private Journal open() {
        final Journal journal = Journal.open(folder, LabFixture.identity(), false);
        journal.keep(LabFixture.session(LabFixture.QUIET, Map.of()));
        return journal;
    }

    private Laboratory laboratory(final Journal journal, final Child child) {
        return new Laboratory(journal, (step, mostSeconds, said) -> {
            made.add(step.name());
            said.accept("measuring");
            return child.run(step.name());
        }, new PrintWriter(err, true), false);
    }

    private static LabChild.Result done() {
        return new LabChild.Result(0, "{\"mpps\":5}\n", List.of("measuring"));
    }

    private static List<Step> steps(final String... names) {
        return Stream.of(names).map(name -> new Step(Measurement.of(name, name, 1, "bench"), 1, List.of("bench", name), null)).toList();
    }

    /** What a child would leave. */
    private interface Child {

        LabChild.Result run(String name);
    }
}
