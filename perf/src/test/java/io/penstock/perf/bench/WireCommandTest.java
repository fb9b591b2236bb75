package io.penstock.perf.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.perf.Main;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** {@code bench wire} from its command line to its result. */
final class WireCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldMeasureAloneFor5SecondsThreeTimesWhenNothingIsSaid() {
        assertEquals(new WireSettings(WireSettings.Peer.NONE, 16384, 60, 5, 5, 0, 3, false, null, WireTracking.NONE), settings());
    }

    @Test
    void shouldTakeEveryOption() {
        assertEquals(new WireSettings(WireSettings.Peer.TESTPMD, 7, 1514, 2.5, 1, 10_000, 5, true, Path.of("a.yaml"), WireTracking.NONE),
                settings("--against", "testpmd", "--flows", "7", "--size", "1514", "--seconds", "2.5", "--warm-up", "1",
                        "--rate", "10000", "--runs", "5", "--latency", "--config", "a.yaml", "--json"));
    }

    @Test
    void shouldRefuseWhatIsOutOfRange() {
        assertRefused("--flows=0 is out of range: least=1 most=16777216", "--flows", "0");
        assertRefused("--size=59 is out of range: least=60 most=1514", "--size", "59");
        assertRefused("--size=1515 is out of range: least=60 most=1514", "--size", "1515");
        assertRefused("--runs=0 is out of range: least=1 most=1000", "--runs", "0");
        assertRefused("--rate=0 is out of range: least=1 most=100000000", "--rate", "0");
        assertRefused("--seconds=NaN is out of range: least=0.1 most=3600.0", "--seconds", "NaN");
        assertRefused("--warm-up=0.0 is out of range: least=0.1 most=3600.0", "--warm-up", "0");
        assertRefused("there are no --connections 'nat'; supported are none, tracked, snat", "--connections", "nat");
        assertRefused("--flows=200001 is out of range: least=1 most=200000", "--connections", "snat", "--flows", "200001");
        assertRefused("testpmd tracks no connections; leave --connections out, or compare with kernel or ovs", "--connections", "snat",
                "--against", "testpmd");
        assertRefused("there is no peer 'vpp'; supported are none, testpmd, kernel, ovs", "--against", "vpp");
    }

    @Test
    @Privileged(programs = "ip")
    void shouldForwardEveryPacketWhenPaced() throws IOException {
        assertEquals(0, execute(penstock(), "--seconds", "1", "--warm-up", "0.5", "--runs", "1", "--rate", "10000", "--flows",
                "100", "--json"), err::toString);
        final Map<?, ?> result =
                (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        final Map<?, ?> latency = (Map<?, ?>) result.get("latency_us");
        // How many are sent in a second depends on the machine; that all of them arrive does not.
        assertTrue(number(result, "forwarded") > 100, out::toString);
        assertEquals(number(result, "packets"), number(result, "forwarded"), out::toString);
        assertEquals(0, number(result, "unaccounted"), out::toString);
        assertEquals(0, number(latency, "lost"), out::toString);
        assertEquals(number(result, "forwarded"), number(latency, "count"), out::toString);
        assertNothingLeft();
    }

    @Test
    @Privileged(programs = {"ip", "iptables-legacy-restore"})
    void shouldTranslateEveryFlowAsTheKernelDoes() throws IOException {
        assertEquals(0, execute(penstock(), "--seconds", "1", "--warm-up", "0.5", "--runs", "1", "--rate", "10000", "--flows", "100",
                "--connections", "snat", "--against", "kernel", "--json"), err::toString);
        final Map<?, ?> result = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertEquals(100, number(result, "connections"), out::toString);
        assertEquals(number(result, "packets"), number(result, "forwarded"), out::toString);
        assertTrue(number(result, "peer_mpps") > 0, out::toString);
        assertNothingLeft();
    }

    @Test
    @Privileged(programs = "ip")
    void shouldSayWhyAndCleanUpWhenTheDeviceDoesNotStart() throws IOException {
        assertEquals(1, execute(List.of("sh", "-c", "echo no memory; exit 7", "penstock"), "--runs", "1"));
        assertTrue(err.toString().contains("penstock did not become ready: exit=7; it printed:\nno memory"), err::toString);
        assertNothingLeft();
    }

    private static void assertNothingLeft() throws IOException {
        final String prefix = "pw-" + ProcessHandle.current().pid();
        final String namespaces = Shell.sh("ip netns");
        assertTrue(!namespaces.contains(prefix), namespaces);
        try (Stream<Path> files = Files.list(Path.of("/run/penstock"))) {
            assertEquals(List.of(), files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList());
        }
    }

    private int execute(final List<String> penstock, final String... arguments) {
        return line(new WireCommand(penstock)).execute(arguments);
    }

    private CommandLine line(final WireCommand command) {
        return new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }

    private WireSettings settings(final String... arguments) {
        final WireCommand command = new WireCommand(List.of());
        line(command).parseArgs(arguments);
        return command.settings();
    }

    private void assertRefused(final String message, final String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(2, execute(List.of(), arguments));
        assertTrue(err.toString().startsWith(message), err::toString);
    }

    private static double number(final Map<?, ?> json, final String name) {
        return ((Number) json.get(name)).doubleValue();
    }

    /** This test's own classes as the program. */
    private static List<String> penstock() {
        final List<String> path = new ArrayList<>();
        if (WireCommandTest.class.getClassLoader() instanceof final URLClassLoader loader) {
            for (final URL url : loader.getURLs()) {
                path.add(url.getPath());
            }
        }
        path.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return List.of(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+UseSerialGC",
                "-cp", String.join(File.pathSeparator, path), Main.class.getName());
    }
}
