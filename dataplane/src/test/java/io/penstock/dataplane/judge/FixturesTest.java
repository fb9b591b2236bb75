package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.dataplane.program.ProgramKind;
import io.penstock.os.testkit.Privileged;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fixture, through every engine that applies: the compiled program, the plain one, and the kernel that made it. */
class FixturesTest {

    @TempDir
    private Path folder;

    static List<Path> fixtures() throws IOException, URISyntaxException {
        final Path fixtures = Path.of(FixturesTest.class.getResource("/fixtures").toURI());
        try (Stream<Path> files = Files.list(fixtures)) {
            final List<Path> all = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
            assertFalse(all.isEmpty(), "no fixture in " + fixtures);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void shouldDoWhatTheKernelDidWhenCompiled(final Path file) {
        check(file, ProgramKind.COMPILED);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void shouldDoWhatTheKernelDidWhenPlain(final Path file) {
        check(file, ProgramKind.PLAIN);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void shouldSayTheSameWhenWrittenAgain(final Path file) {
        final Fixture fixture = Fixture.read(file);
        final Path copy = folder.resolve("copy.yaml");
        fixture.write(copy);
        assertEquals(fixture.toString(), Fixture.read(copy).toString());
    }

    @Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore", "nft"})
    @ParameterizedTest
    @MethodSource("fixtures")
    void shouldBeWhatTheKernelStillDoes(final Path file) {
        final Fixture fixture = Fixture.read(file);
        try (Judge judge = new Judge()) {
            final Judge.Finding finding = judge.judge(fixture.subject());
            assertEquals(List.of(), finding.differences().stream().map(Difference::kind).toList(), file::toString);
            final Fixture now = Keeper.fixture(fixture.comment(), fixture.subject(), finding);
            for (int i = 0; i < fixture.expected().size(); i++) {
                assertEquals(fixture.verdict(i), now.verdict(i), file::toString);
            }
            assertEquals(fixture.counters(), now.counters(), file::toString);
            assertEquals(fixture.rules(), now.rules(), file::toString);
            fixture.connections().forEach((family, list) -> assertEquals(List.of(), connections(list, now.connections().get(family)),
                    file::toString));
        }
    }

    /** The kernel took its time when the fixture was made, and takes it now. */
    private static List<String> connections(final String kernel, final String other) {
        return new ConnectionList(kernel, 0, TimeUnit.SECONDS.toNanos(2)).differences(other);
    }

    private static void check(final Path file, final ProgramKind program) {
        final Fixture fixture = Fixture.read(file);
        final List<Arrival> arrivals = fixture.subject().arrivals();
        final long[] times = new long[arrivals.size()];
        long timeMs = fixture.timeMs();
        for (int i = 0; i < times.length; i++) {
            timeMs += arrivals.get(i).pauseMs();
            times[i] = TimeUnit.MILLISECONDS.toNanos(timeMs);
        }
        try (Judge judge = new Judge();
                PenstockRouter penstock = new PenstockRouter(
                        judge.configuration(fixture.subject().config()), program, null, PenstockRouter.startNs(times))) {
            final List<Reaction> did = penstock.run(arrivals, times);
            final int ports = fixture.subject().config().map("ports").size();
            assertEquals(List.of(), new Comparison(ports).of(arrivals, fixture.expected(), did).stream()
                    .map(Difference::kind).toList(), file::toString);
            assertEquals(null, penstock.counters().get("unaccounted"), file::toString);
            fixture.rules().forEach((family, saved) ->
                    assertEquals(List.of(), RuleCounts.lines(saved, penstock.rules(family)), file::toString));
            fixture.connections().forEach((family, list) -> assertEquals(List.of(),
                    connections(list, penstock.connections().list(family, times[times.length - 1])), file::toString));
        }
    }
}
