package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demonstration around a stand-in for the data plane: a script, with the kernel forwarding in its place. */
final class DemoCommandTest {

    private static final String STAT = """
            {"packets":12,"forwarded":%d,"unaccounted":%d,"dropped":{"no_route":2},
             "ports":{"d0":{"attach":"native","copy":"copy","rx_packets":12,"xdp":{"rx_dropped":0}}}}""";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @Privileged
    void shouldCarryTrafficAndCleanUpWhenAllIsWell() throws IOException {
        final int exit = demo(standIn("echo starting; echo ready; exec sleep 1000", STAT.formatted(10, 0)),
                "forward", "--json", "--seconds", "0.5");
        assertEquals(0, exit, err::toString);
        final Counts result = Counts.parse(out.toString());
        assertEquals(10, result.number("forwarded"));
        assertEquals(2, result.object("dropped").number("no_route"));
        assertEquals(4, count("\"intact\":true"), out::toString);
        assertEquals("native", result.object("stat").object("ports").object("d0").text("attach"));
        assertTrue(namespaces().isEmpty(), () -> "left behind: " + namespaces());
    }

    @Test
    @Privileged
    void shouldShowWhereEveryPacketWentWhenNotAskedForJson() throws IOException {
        assertEquals(0, demo(standIn("echo ready; exec sleep 1000", STAT.formatted(10, 0)), "--seconds", "0.5"), err::toString);
        final String screen = out.toString();
        for (final String line : List.of(
                "(?m)^IPv4 client -> server +[0-9,]+ +[0-9.]+  intact, crc32c=[0-9a-f]{8}$",
                "(?m)^IPv6 server -> client +[0-9,]+ +[0-9.]+  intact, crc32c=[0-9a-f]{8}$",
                "(?m)^d0 +native +copy +12 +0 +0 +0$",
                "(?m)^  went in +12$",
                "(?m)^  forwarded +10$",
                "(?m)^  dropped: no_route +2$",
                "(?m)^  unaccounted +0$")) {
            assertTrue(Pattern.compile(line).matcher(screen).find(), () -> line + " not in:\n" + screen);
        }
    }

    @Test
    @Privileged
    void shouldKeepTheNamespacesWhenAsked() throws IOException {
        assertEquals(0, demo(standIn("echo ready; exec sleep 1000", STAT.formatted(10, 0)), "--keep", "--seconds", "0.5"));
        final String prefix = "penstock-" + ProcessHandle.current().pid() + '-';
        final String removal = "ip netns del " + prefix + "client && ip netns del " + prefix + "dut && ip netns del "
                + prefix + "server";
        assertTrue(err.toString().endsWith("kept the namespaces; remove them with: " + removal + '\n'), err::toString);
        assertEquals(3, namespaces().size());
        Shell.attempt(List.of("sh", "-c", removal));
        assertTrue(namespaces().isEmpty(), () -> "the advice does not remove them: " + namespaces());
    }

    @Test
    @Privileged
    void shouldFailWhenPacketsAreUnaccountedFor() throws IOException {
        assertEquals(1, demo(standIn("echo ready; exec sleep 1000", STAT.formatted(0, 3)), "--seconds", "0.5"));
        assertTrue(err.toString().contains("the data plane lost track of packets: unaccounted=3"), err::toString);
        assertTrue(err.toString().contains("the data plane forwarded nothing: what arrived came through the kernel"),
                err::toString);
    }

    @Test
    @Privileged
    void shouldSayWhatTheDataPlanePrintedWhenItDoesNotStart() throws IOException {
        assertEquals(1, demo(standIn("echo no such device >&2; exit 4", "{}")));
        assertTrue(err.toString().contains("the data plane did not become ready: exit=4; it printed:\nno such device"),
                err::toString);
        assertTrue(namespaces().isEmpty(), () -> "left behind: " + namespaces());
    }

    @Test
    void shouldListWhatIsSupportedWhenTheScenarioIsUnknown() {
        assertEquals(2, demo(List.of("false"), "balancer"));
        assertTrue(err.toString().startsWith("no such scenario: scenario=balancer; supported: forward"), err::toString);
    }

    @Test
    void shouldRefuseWhenTheTimeIsOutOfRange() {
        assertEquals(2, demo(List.of("false"), "--seconds", "0"));
        assertTrue(err.toString().startsWith("--seconds=0.0 is out of range; give 0.5 to 3600.0"), err::toString);
    }

    @Test
    void shouldReadWhatPingPrints() {
        final Ping ping = Ping.parse("IPv4", """
                5 packets transmitted, 4 received, 20% packet loss, time 804ms
                rtt min/avg/max/mdev = 0.038/0.051/0.061/0.008 ms
                """);
        assertEquals(new Ping("IPv4", 5, 4, 0.051), ping);
        assertFalse(ping.isComplete());
    }

    private int demo(final List<String> penstock, final String... arguments) {
        return new CommandLine(new DemoCommand(penstock))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private List<String> standIn(final String run, final String stat) throws IOException {
        final Path script = directory.resolve("penstock");
        Files.writeString(script, "case $1 in\nrun) " + run + " ;;\nstat) cat <<'END'\n" + stat + "\nEND\n;;\nesac\n");
        return List.of("sh", script.toString());
    }

    private int count(final String text) {
        return out.toString().split(Pattern.quote(text), -1).length - 1;
    }

    private static List<String> namespaces() {
        return Shell.sh("ip netns list").lines()
                .filter(line -> line.startsWith("penstock-" + ProcessHandle.current().pid() + '-'))
                .toList();
    }
}
