package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.os.testkit.Privileged;
import io.penstock.perf.Main;
import io.penstock.perf.WholeOnly;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** {@code bench latency --mode wire} from its command line to its result. */
@Privileged(programs = "ip")
class WireLatencyTest {

    private static final int RATE_PPS = 5_000;
    private static final int PAUSE_MS = 60;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldTellThePauseAndItsCauseWhenTheDeviceIsStopped() {
        final Map<?, ?> result = run("--inject", "pause:" + PAUSE_MS);
        final Map<?, ?> pause = slowest(result, "off_cpu");
        assertTrue(number(pause, "us") >= 0.9 * PAUSE_MS * 1e3, out::toString);
        assertTrue(number(pause, "packets") >= 0.8 * RATE_PPS * PAUSE_MS / 1e3, out::toString);
        // What the ring of the device has room for is not lost.
        assertEquals(0, number(result, "lost"), out::toString);
        assertTrue(number((Map<?, ?>) result.get("latency_us"), "max") >= 0.9 * PAUSE_MS * 1e3, out::toString);
    }

    @Test
    @WholeOnly
    void shouldTellTheCollectionWhenTheDevicesJvmCollects() {
        final Map<?, ?> result = run("--inject", "gc", "--connections", "snat");
        // Others may have had the worker's CPU for longer; that the JVM stopped it is known all the same.
        final Map<?, ?> collections = ((List<?>) result.get("causes")).stream().map(each -> (Map<?, ?>) each)
                .filter(each -> each.get("cause").equals("gc")).findFirst().orElseThrow(() -> new AssertionError(out.toString()));
        assertTrue(number(collections, "total_us") >= 500, out::toString);
    }

    private Map<?, ?> run(final String... more) {
        final List<String> arguments = new ArrayList<>(List.of("--mode", "wire", "--seconds", "2", "--warm-up", "1", "--rate",
                Integer.toString(RATE_PPS), "--flows", "100", "--json"));
        arguments.addAll(List.of(more));
        assertEquals(ExitCode.DONE, new CommandLine(new LatencyCommand(penstock())).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new)), err::toString);
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
    }

    private Map<?, ?> slowest(final Map<?, ?> result, final String cause) {
        return ((List<?>) result.get("slowest")).stream().map(each -> (Map<?, ?>) each)
                .filter(each -> each.get("cause").toString().startsWith(cause))
                .findFirst().orElseThrow(() -> new AssertionError(out.toString()));
    }

    private static double number(final Map<?, ?> json, final String name) {
        return ((Number) json.get(name)).doubleValue();
    }

    /** This test's own classes as the program. */
    private static List<String> penstock() {
        final List<String> path = new ArrayList<>();
        if (WireLatencyTest.class.getClassLoader() instanceof final URLClassLoader loader) {
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
