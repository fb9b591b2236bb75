package io.penstock.perf.bench.procedure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.perf.Main;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.wire.WirePeer;
import io.penstock.perf.wire.SizeMix;
import java.io.BufferedReader;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** {@code bench rfc2544} and {@code bench generator} from their command lines to their results. */
final class Rfc2544CommandTest {

    private static final MachineFacts MACHINE = new MachineFacts("a CPU", 2, "a kernel", "a JDK", List.of("-Xint"));

    private static final int SIGTERM_EXIT = 128 + 15;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldRunAllTestsWithAllSizesWhenNothingIsSaid() {
        final Rfc2544Settings settings = settings();
        assertEquals(EnumSet.allOf(Rfc2544Settings.Test.class), settings.tests());
        assertEquals(List.of("64", "128", "256", "512", "1024", "1280", "1518", "imix"),
                settings.sizes().stream().map(Sizes::text).toList());
        assertEquals(60, settings.sizes().getFirst().longest());
        assertEquals(WirePeer.NONE, settings.peer());
        assertEquals(2, settings.seconds());
        assertEquals(0.01, settings.resolution());
        assertEquals(0, settings.lossPpm());
    }

    @Test
    void shouldTakeMixesAmongSizes() {
        assertEquals(List.of("64", "imix:64=5,1518=2", "512"),
                settings("--sizes", "64,imix:64=5,1518=2,512").sizes().stream().map(Sizes::text).toList());
    }

    @Test
    void shouldMeasureTheThroughputWhenLatencyNeedsIt() {
        assertEquals(EnumSet.of(Rfc2544Settings.Test.THROUGHPUT, Rfc2544Settings.Test.LATENCY),
                settings("--tests", "latency").tests());
        assertEquals(EnumSet.of(Rfc2544Settings.Test.BACK_TO_BACK), settings("--tests", "back-to-back").tests());
    }

    @Test
    void shouldRefuseWhatIsNotSupported() {
        assertRefused("there is no test 'speed'; supported are throughput, latency, loss, back-to-back", "--tests", "speed");
        assertRefused("--sizes=63 is out of range: least=64 most=1518", "--sizes", "63");
        assertRefused("--sizes has no size 'jumbo'; give a number of bytes, imix, or", "--sizes", "64,jumbo");
        assertRefused("there is no peer 'vpp'; supported are none, testpmd, kernel, ovs", "--against", "vpp");
        assertRefused("--resolution=0.0 is out of range: least=0.01 most=25.0", "--resolution", "0");
        assertRefused("--seconds=0.05 is out of range: least=0.1 most=3600.0", "--seconds", "0.05");
        assertRefused("--loss=-1.0 is out of range: least=0.0 most=100000.0", "--loss", "-1");
    }

    @Test
    void shouldSayInTheHelpWhereSuchTestsBelong() {
        final String help = new CommandLine(new Rfc2544Command()).getUsageMessage();
        assertTrue(help.contains("RFC 6815"), help);
    }

    @Test
    void shouldTellEveryTestOfBothDevices() {
        final Rfc2544Result result = result();
        final Map<?, ?> json = parse(result.json());
        assertEquals("rfc2544", json.get("procedure"));
        assertEquals("kernel", json.get("peer"));
        final Map<?, ?> throughput = row(json, "throughput", 0);
        assertEquals(64, throughput.get("size"));
        assertEquals("device", throughput.get("limit"));
        assertEquals(0.5, number(throughput, "mpps"), 0.01);
        assertEquals(2, ((List<?>) throughput.get("mpps_runs")).size());
        // 84 bytes on the line.
        assertEquals(number(throughput, "mpps") * 84 * 8, number(throughput, "line_mbps"), 0.001);
        assertTrue(number(throughput, "trials") > 5);
        assertEquals("imix", row(json, "throughput", 1).get("size"));
        assertEquals("generator", row(json, "peer_throughput", 0).get("limit"));
        final Map<?, ?> latency = row(json, "latency", 0);
        for (final String name : List.of("rate_pps", "p50", "p99", "p99_9", "p99_99", "p99_999", "max")) {
            assertTrue(number(latency, name) > 0, name);
        }
        assertEquals(1.0, number(row(json, "frame_loss", 0), "offered_share"));
        assertTrue(number(row(json, "frame_loss", 0), "loss") > 0.5);
        assertEquals(7000, number(row(json, "back_to_back", 0), "frames"), 80);
        assertEquals(2.0, number(row(json, "generator_mpps", 0), "mpps"));
        assertEquals(0.25, number(row(json, "throughput_ratio", 0), "ratio"), 0.01);
        final String text = result.text();
        assertTrue(text.contains("26.1 Throughput, Mpps: median, least and most of 2 searches, to 1 %"), text);
        assertTrue(text.contains("26.4 Back-to-back frames"), text);
        assertFalse(json.containsKey("interrupted"));
    }

    @Test
    void shouldBeginWithHowMuchIsThereWhenItWasInterrupted() {
        assertTrue(soFar().text().startsWith("interrupted: 1 of 2 sizes\nRFC 2544, section 26"), () -> soFar().text());
        assertTrue(result().text().startsWith("RFC 2544, section 26"));
    }

    @Test
    void shouldPrintTheSizesThatAreDoneWhenALaterOneFails() {
        assertEquals(1, measure(new Fake(this::soFar, () -> {
            throw new BenchException("not every flow has its connection");
        })));
        assertEquals("not every flow has its connection\nfailed: what follows is of the sizes that were done, 1 of 2\n", err.toString());
        assertTrue(out.toString().startsWith("interrupted: 1 of 2 sizes\n"), out::toString);
        err.getBuffer().setLength(0);
        out.getBuffer().setLength(0);
        assertEquals(1, measure(new Fake(() -> null, () -> {
            throw new BenchException("no device");
        })));
        assertEquals("no device\n", err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void shouldPrintOnceWhenItIsInterruptedAfterTheLastSize() {
        final Rfc2544Command command = new Rfc2544Command(List.of());
        final Rfc2544Result whole = result();
        assertEquals(0, measure(command, new Fake(() -> whole, () -> {
            command.interrupted(whole);
            return whole;
        })));
        assertEquals("interrupted: what follows is of the sizes that were done, 2 of 2\n", err.toString());
        assertEquals(whole.text(), out.toString());
        command.interrupted(whole);
        assertEquals(whole.text(), out.toString());
        assertEquals(1, err.toString().lines().count());
    }

    @Test
    void shouldLeaveOutWhatWasNotAskedFor() {
        final Rfc2544Settings settings = settings("--tests", "loss", "--sizes", "64");
        final SizeResult result = new Rfc2544Bench(settings, List.of(), line -> { }).measure(
                new FakeDevice(500_000, 2_000_000), settings.sizes().getFirst(), 2e6, 2e6);
        final Map<?, ?> json = parse(new Rfc2544Result(settings, List.of(result), List.of(),
                List.of(new CeilingRow("64", "constant", List.of(2.0))), List.of(new CeilingRow("64", null, List.of(2.0))),
                List.of(), MACHINE).json());
        assertTrue(json.containsKey("frame_loss"));
        assertFalse(json.containsKey("throughput"));
        assertFalse(json.containsKey("back_to_back"));
        assertEquals("none", json.get("peer"));
    }

    @Test
    @Privileged(programs = "ip")
    void shouldMeasureARealDeviceAndLeaveNothing() {
        // What this machine's load does to the figures is not looked at: only that there are some.
        assertEquals(0, new CommandLine(new Rfc2544Command(penstock())).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute("--sizes", "64", "--seconds", "0.1", "--warm-up", "0.5", "--runs", "1", "--resolution", "20", "--flows", "100",
                        "--tests", "throughput,back-to-back", "--loss", "50000", "--json"), err::toString);
        final Map<?, ?> json = parse(out.toString());
        assertTrue(number(row(json, "generator_mpps", 0), "mpps") > 0, out::toString);
        assertTrue(number(row(json, "throughput", 0), "trials") > 0, out::toString);
        assertTrue(number(row(json, "back_to_back", 0), "frames") >= 0, out::toString);
        assertNothingLeft();
    }

    @Test
    @Privileged(programs = "ip")
    void shouldPrintTheSizesThatAreDoneWhenItIsInterrupted() throws Exception {
        final List<String> command = new ArrayList<>(penstock());
        command.addAll(List.of("bench", "rfc2544", "--sizes", "64,128,256", "--seconds", "0.1", "--warm-up", "0.5", "--runs", "1", "--resolution", "20",
                "--flows", "100", "--tests", "throughput", "--loss", "50000", "--json"));
        final Process process = new ProcessBuilder(command).start();
        final StringBuilder told = new StringBuilder();
        try (BufferedReader errors = process.errorReader(); BufferedReader output = process.inputReader()) {
            String line = errors.readLine();
            // The second size has begun.
            while (line != null && !line.startsWith("128 B: the generator makes")) {
                told.append(line).append('\n');
                line = errors.readLine();
            }
            // The process itself would close its outputs before all is read.
            process.toHandle().destroy();
            errors.lines().forEach(more -> told.append(more).append('\n'));
            assertTrue(told.toString().contains("interrupted: what follows is of the sizes that were done, 1 of 3"), told::toString);
            final Map<?, ?> json = parse(output.readLine());
            assertEquals(true, json.get("interrupted"));
            assertEquals(1, ((List<?>) json.get("throughput")).size());
            assertEquals(SIGTERM_EXIT, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        final String namespaces = Shell.sh("ip netns");
        assertFalse(namespaces.contains("pw-" + process.pid()), namespaces);
    }

    @Test
    @Privileged(programs = "ip")
    void shouldMeasureCeilingsAndLeaveNothing() {
        assertEquals(0, new CommandLine(new GeneratorCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute("--sizes", "64,imix", "--seconds", "0.05", "--runs", "1", "--patterns", "saturating,burst:8", "--json"),
                err::toString);
        final Map<?, ?> json = parse(out.toString());
        assertEquals(4, ((List<?>) json.get("generator")).size());
        assertEquals("burst:8", row(json, "generator", 1).get("pattern"));
        assertEquals("imix", row(json, "sink", 1).get("size"));
        assertTrue(number(row(json, "sink", 0), "mpps") > 0, out::toString);
        assertNothingLeft();
    }

    @Test
    void shouldRefusePatternsThatThereAreNot() {
        final CommandLine line = new CommandLine(new GeneratorCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertEquals(2, line.execute("--patterns", "saturating,steady"));
        assertTrue(err.toString().startsWith("there is no --patterns 'steady'; supported are"), err::toString);
    }

    private Rfc2544Result result() {
        final Rfc2544Settings settings = settings("--sizes", "64,imix", "--runs", "2", "--against", "kernel");
        final Rfc2544Bench bench = new Rfc2544Bench(settings, List.of(), line -> { });
        final List<SizeResult> own = new ArrayList<>();
        final List<SizeResult> peer = new ArrayList<>();
        for (final SizeMix sizes : settings.sizes()) {
            own.add(bench.measure(new FakeDevice(500_000, 2_000_000).withRing(7000), sizes, 2e6, 3e6));
            peer.add(bench.measure(new FakeDevice(5_000_000, 2_000_000), sizes, 2e6, 3e6));
        }
        return new Rfc2544Result(settings, own, peer,
                List.of(new CeilingRow("64", "constant", List.of(2.0)), new CeilingRow("imix", "constant", List.of(2.0))),
                List.of(new CeilingRow("64", null, List.of(3.0)), new CeilingRow("imix", null, List.of(3.0))), List.of("peer --fast"), MACHINE);
    }

    /** One of two sizes. */
    private Rfc2544Result soFar() {
        final Rfc2544Result whole = result();
        return new Rfc2544Result(whole.settings(), whole.own().subList(0, 1), whole.peer().subList(0, 1), whole.generator().subList(0, 1),
                whole.sink().subList(0, 1), whole.peerConfiguration(), MACHINE);
    }

    private int measure(final Rfc2544Command.Procedure procedure) {
        return measure(new Rfc2544Command(List.of()), procedure);
    }

    private int measure(final Rfc2544Command command, final Rfc2544Command.Procedure procedure) {
        new CommandLine(command).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.measure(procedure);
    }

    private Rfc2544Settings settings(final String... arguments) {
        final Rfc2544Command command = new Rfc2544Command(List.of());
        new CommandLine(command).parseArgs(arguments);
        return command.settings();
    }

    private void assertRefused(final String message, final String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(2, new CommandLine(new Rfc2544Command(List.of())).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(arguments));
        assertTrue(err.toString().startsWith(message), err::toString);
    }

    private static Map<?, ?> row(final Map<?, ?> json, final String name, final int number) {
        return (Map<?, ?>) ((List<?>) json.get(name)).get(number);
    }

    private static Map<?, ?> parse(final String json) {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(json);
    }

    private static double number(final Map<?, ?> json, final String name) {
        return ((Number) json.get(name)).doubleValue();
    }

    private static void assertNothingLeft() {
        final String namespaces = Shell.sh("ip netns");
        assertFalse(namespaces.contains("pw-" + ProcessHandle.current().pid()), namespaces);
    }

    /** This test's own classes as the program. */
    private static List<String> penstock() {
        final List<String> path = new ArrayList<>();
        if (Rfc2544CommandTest.class.getClassLoader() instanceof final URLClassLoader loader) {
            for (final URL url : loader.getURLs()) {
                path.add(url.getPath());
            }
        }
        path.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return List.of(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+UseSerialGC",
                "-cp", String.join(File.pathSeparator, path), Main.class.getName());
    }

    /** A measurement that comes to this. */
    private record Fake(Supplier<Rfc2544Result> done, Supplier<Rfc2544Result> all) implements Rfc2544Command.Procedure {

        @Override
        public Rfc2544Result run() {
            return all.get();
        }

        @Override
        public Rfc2544Result soFar() {
            return done.get();
        }
    }
}
