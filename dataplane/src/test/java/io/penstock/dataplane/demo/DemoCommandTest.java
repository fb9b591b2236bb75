package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.replay.ReplayCommand;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demonstration around a stand-in for the data plane: a script, with the kernel forwarding in its place. */
final class DemoCommandTest {

    private static final String STAT = """
            {"packets":12,"forwarded":10,"unaccounted":%d,"dropped":{"no_route":2},
             "ports":{"d0":{"attach":"native","copy":"copy","why":"it is so","rx_packets":12,"tx_bytes":%d,
                            "xdp":{"rx_ring_full":5,"xdp_redirected":17,"xdp_passed_non_ip":1,"xdp_passed_new":2}}}}""";

    /** More than any test sends. */
    private static final long MANY_BYTES = 1L << 50;

    private static final Obstacle NO_ROOT = new Obstacle("No root", "sudo ./penstock demo");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @Privileged
    void shouldCarryTrafficAndCleanUpWhenAllIsWell() throws IOException {
        final int exit = demo(standIn("echo starting; echo ready; exec sleep 1000", STAT.formatted(0, MANY_BYTES)),
                "forward", "--json", "--seconds", "0.5");
        assertEquals(0, exit, err::toString);
        final Counts result = Counts.parse(out.toString());
        assertEquals("namespaces", result.text("through"));
        assertEquals(10, result.number("forwarded"));
        assertEquals(2, result.object("dropped").number("no_route"));
        assertEquals(4, count("\"intact\":true"), out::toString);
        assertEquals("native", result.object("stat").object("ports").object("d0").text("attach"));
        assertTrue(namespaces().isEmpty(), () -> "left behind: " + namespaces());
    }

    @Test
    @Privileged
    void shouldShowWhereEveryPacketWentWhenNotAskedForJson() throws IOException {
        final List<String> wellBehaved = standIn("echo ready; exec sleep 1000", STAT.formatted(0, MANY_BYTES));
        assertEquals(0, demo(wellBehaved, "--seconds", "0.5"), err::toString);
        final String screen = out.toString();
        for (final String line : List.of(
                "(?m)^IPv4 client -> server +[0-9,.]+ MB +[0-9.]+ Gbit/s   yes, crc32c [0-9a-f]{8}$",
                "(?m)^IPv6 server -> client +[0-9,.]+ MB +[0-9.]+ Gbit/s   yes, crc32c [0-9a-f]{8}$",
                "(?m)^together +[0-9,.]+ MB +[0-9.]+ Gbit/s   in [0-9.]+ s$",
                "(?m)^d0    native XDP, copy +12 +0 +0.0 MB +[0-9,.]+ MB$",
                "(?m)^      it is so$",
                "(?m)^  reached the ports +20$",
                "(?m)^    left to the kernel: not IP .ARP. +1$",
                "(?m)^    left to the kernel: new +2$",
                "(?m)^    lost, receive ring full .TCP sends again. +5$",
                "(?m)^  taken in by Penstock +12$",
                "(?m)^    forwarded +10 +0.0 k/s$",
                "(?m)^    dropped: no_route +2$",
                "(?m)^    unaccounted +0$",
                "(?m)^Every byte arrived, and every packet is accounted for.$")) {
            assertTrue(Pattern.compile(line).matcher(screen).find(), () -> line + " not in:\n" + screen);
        }
    }

    @Test
    @Privileged
    void shouldKeepTheNamespacesWhenAsked() throws IOException {
        final List<String> wellBehaved = standIn("echo ready; exec sleep 1000", STAT.formatted(0, MANY_BYTES));
        assertEquals(0, demo(wellBehaved, "--keep", "--seconds", "0.5"));
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
        assertEquals(1, demo(standIn("echo ready; exec sleep 1000", STAT.formatted(3, 7)), "--seconds", "0.5"));
        assertTrue(err.toString().contains("the data plane lost track of packets: unaccounted=3"), err::toString);
        assertTrue(err.toString().contains("the data plane forwarded less than arrived, the rest came through the kernel: "
                + "forwarded_bytes=7 received_bytes="), err::toString);
        assertTrue(out.toString().endsWith("This is NOT as it should be: faults=2\n"), out::toString);
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
    void shouldReplayAndLeaveNothingWhenThereIsNoRoot() {
        final DemoCommand command = new DemoCommand(List.of("false"), () -> Optional.of(NO_ROOT));
        assertEquals(0, demo(command, "--json", "--seconds", "1"), err::toString);
        final Counts result = Counts.parse(out.toString());
        assertEquals("replay", result.text("through"));
        assertEquals("No root", result.text("why"));
        assertEquals(0, result.number("unaccounted"));
        assertEquals(4, count("\"intact\":true"), out::toString);
        assertTrue(err.toString().startsWith(
                "--seconds is for traffic between namespaces: a replay takes as long as it takes\n"), err::toString);
        final Matcher folder = Pattern.compile("captures in (\\S+), and replaying it").matcher(err.toString());
        assertTrue(folder.find(), err::toString);
        assertFalse(Files.exists(Path.of(folder.group(1))));
    }

    @Test
    void shouldKeepCapturesThatCanBeReplayedByHandWhenAsked() {
        final DemoCommand command = new DemoCommand(List.of("false"), () -> Optional.of(NO_ROOT));
        assertEquals(0, demo(command, "--keep"), err::toString);
        assertTrue(out.toString().startsWith(
                "No root: this run goes through replay. The real thing: sudo ./penstock demo\n"), out::toString);
        final Matcher kept = Pattern.compile(
                "(?m)^kept the captures; replay them again with: ./penstock replay (.*)\nremove them with: (rm -r \\S+)$")
                .matcher(err.toString());
        assertTrue(kept.find(), err::toString);
        final StringWriter again = new StringWriter();
        assertEquals(0, new CommandLine(new ReplayCommand())
                .setOut(new PrintWriter(again, true))
                .execute(kept.group(1).split(" ")));
        assertTrue(again.toString().contains(" drop=15 stolen=0 queue=0 unaccounted=0\n"), again::toString);
        Shell.sh(kept.group(2));
    }

    @Test
    void shouldListWhatIsSupportedWhenTheScenarioIsUnknown() {
        assertEquals(2, demo(List.of("false"), "nat"));
        assertTrue(err.toString().startsWith("no such scenario: scenario=nat; supported: forward, balancer"), err::toString);
    }

    @Test
    void shouldSayWhyThereIsNoBalancerWhenThereIsNoRoot() {
        assertEquals(1, demo(new DemoCommand(List.of("false"), () -> Optional.of(NO_ROOT)), "balancer"));
        assertEquals("No root: the balancer's scenario is live clients and servers in network namespaces, which a replay has not; "
                + "the real thing: sudo ./penstock demo balancer\n", err.toString());
        assertEquals("", out.toString());
    }

    @Test
    @Privileged
    void shouldCleanUpWhenTheBalancersDataPlaneDoesNotStart() throws IOException {
        assertEquals(1, demo(standIn("echo no such device >&2; exit 4", "{}"), "balancer"));
        assertTrue(err.toString().contains("the data plane did not become ready: exit=4; it printed:\nno such device"),
                err::toString);
        assertTrue(namespaces().isEmpty(), () -> "left behind: " + namespaces());
    }

    @Test
    void shouldRefuseWhenTheTimeIsOutOfRange() {
        assertEquals(2, demo(List.of("false"), "--seconds", "0"));
        assertTrue(err.toString().startsWith("--seconds=0.0 is out of range; give 0.5 to 3600.0"), err::toString);
    }

    @Test
    void shouldRefuseWhenTheTimeIsTooShortForTheBalancer() {
        assertEquals(2, demo(List.of("false"), "balancer", "--seconds", "5"));
        assertTrue(err.toString().startsWith("--seconds=5.0 is out of range; give 6.0 to 3600.0"), err::toString);
    }

    @Test
    void shouldReadWhatPingPrints() {
        final Ping ping = Ping.parse("IPv4", """
                5 packets transmitted, 4 received, 20% packet loss, time 804ms
                rtt min/avg/max/mdev = 0.038/0.051/0.061/0.008 ms
                """);
        assertEquals(new Ping("IPv4", 5, 4, 0.038, 0.051), ping);
        assertFalse(ping.isComplete());
    }

    private int demo(final List<String> penstock, final String... arguments) {
        return demo(new DemoCommand(penstock, Optional::empty), arguments);
    }

    private int demo(final DemoCommand command, final String... arguments) {
        return new CommandLine(command)
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
