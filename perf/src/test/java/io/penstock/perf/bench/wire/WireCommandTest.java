package io.penstock.perf.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.perf.Main;
import io.penstock.perf.WholeOnly;
import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.SizeMix;
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
        assertEquals(new WireSettings(WirePeer.NONE, 16384, SizeMix.of(60), ArrivalPattern.constant(), null, 0, 5, 5, 0, 3, false, null,
                WireTracking.NONE), settings());
    }

    @Test
    void shouldTakeEveryOption() {
        assertEquals(new WireSettings(WirePeer.TESTPMD, 7, SizeMix.of(1514), ArrivalPattern.constant(), null, 0, 2.5, 1, 10_000, 5, true,
                        Path.of("a.yaml"), WireTracking.NONE),
                settings("--against", "testpmd", "--flows", "7", "--size", "1514", "--seconds", "2.5", "--warm-up", "1",
                        "--rate", "10000", "--runs", "5", "--latency", "--config", "a.yaml", "--json"));
    }

    @Test
    void shouldLetTestpmdForwardBesideWhatPenstockTracks() {
        final WireSettings settings = settings("--against", "testpmd", "--connections", "snat");
        assertEquals(WireTracking.SNAT, settings.tracking());
        assertEquals(WireTracking.NONE, settings.peerTracking());
        assertEquals(WireTracking.NONE, settings.setup(List.of()).ofPeer().tracking());
        assertEquals(WireTracking.SNAT, settings("--against", "kernel", "--connections", "snat").setup(List.of()).ofPeer().tracking());
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
        assertRefused("there are no --connections 'nat'; supported are none, tracked, snat, service", "--connections", "nat");
        assertRefused("--flows=200001 is out of range: least=1 most=200000", "--connections", "snat", "--flows", "200001");
        assertRefused("ovs is given no servers to choose among; with --connections service compare with kernel", "--connections", "service",
                "--against", "ovs");
        assertRefused("there is no peer 'vpp'; supported are none, testpmd, kernel, ovs", "--against", "vpp");
    }

    @Test
    void shouldTakeMixesPatternsAndCaptures() {
        assertEquals("imix", FrameSizes.text(settings("--size", "imix").sizes(), 0));
        final WireSettings mixed = settings("--size", "imix:60=5,1514=2", "--pattern", "burst:32", "--rate", "1000", "--seed", "9");
        assertEquals(new SizeMix(new int[] {60, 1514}, new int[] {5, 2}, 9), mixed.sizes());
        assertEquals("imix:60=5,1514=2", FrameSizes.text(mixed.sizes(), 0));
        assertEquals("burst:32", mixed.pattern().toString());
        assertEquals("poisson", settings("--pattern", "poisson", "--latency").pattern().toString());
        assertEquals(Path.of("a:b.pcap"), settings("--replay", "a:b.pcap").replay());
        assertEquals(0, settings("--replay", "a.pcap").replayFactor());
        assertEquals(Path.of("a:b.pcap"), settings("--replay", "a:b.pcap:0.5").replay());
        assertEquals(0.5, settings("--replay", "a:b.pcap:0.5").replayFactor());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertRefused("--size has no size 'big'; give a number of bytes, imix, or imix:BYTES=WEIGHT,... such as imix:64=7,594=4",
                "--size", "big");
        assertRefused("--size has no size 'imix:60'; give", "--size", "imix:60");
        assertRefused("--size: a weight is out of range: weights=[0] least=1 most=100", "--size", "imix:60=0");
        assertRefused("there is no --pattern 'steady'; supported are constant, poisson, burst:N such as burst:32", "--pattern", "steady",
                "--rate", "5");
        assertRefused("--pattern burst:N=65537 is out of range: least=1 most=65536", "--pattern", "burst:65537", "--rate", "5");
        assertRefused("--pattern is of frames that are due at a rate, and without one they are sent as fast as they go; add --rate or "
                + "--latency", "--pattern", "poisson");
        assertRefused("a capture has sizes, flows and gaps of its own; leave --size, --flows and --pattern out, or --replay",
                "--replay", "a", "--size", "60");
        assertRefused("a capture's packets are not answered, and its connections not the generator's; leave --connections out, or "
                + "--replay", "--replay", "a", "--connections", "tracked");
        assertRefused("with a FACTOR the capture says when frames are due; leave --rate and --latency out, or :FACTOR", "--replay",
                "a:1", "--rate", "5");
        assertRefused("--replay FILE:FACTOR=0.0 is out of range: least=1.0E-6 most=1000000.0", "--replay", "a:0");
    }

    @Test
    @WholeOnly
    @Privileged(programs = "ip")
    void shouldForwardEverySizeOfAMixUnalteredWhenFramesComeInBursts() throws IOException {
        assertEquals(0, execute(penstock(), "--seconds", "1", "--warm-up", "0.5", "--runs", "1", "--rate", "5000", "--flows",
                "100", "--size", "imix", "--pattern", "burst:16", "--json"), err::toString);
        final Map<?, ?> result = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertEquals("imix", result.get("size"));
        assertEquals("burst:16", result.get("pattern"));
        assertEquals(0, number(result, "altered"), out::toString);
        assertEquals(number(result, "packets"), number(result, "forwarded"), out::toString);
        assertEquals(0, number((Map<?, ?>) result.get("latency_us"), "lost"), out::toString);
        assertNothingLeft();
    }

    @Test
    @WholeOnly
    @Privileged(programs = "ip")
    void shouldForwardACaptureAsItWasRecorded() throws IOException {
        final Path file = Files.createTempFile("penstock-replay", ".pcap");
        try (MappedMemory memory = MappedMemory.reserve(2048, MappedMemory.Pages.NORMAL)) {
            try (PcapWriter writer = PcapWriter.create(file, LinkType.RAW)) {
                // A UDP packet, a TCP packet without payload, a ping: each 1 ms after the one before.
                write(writer, memory.address(), 1, 17, 300);
                write(writer, memory.address(), 2, 6, 20);
                write(writer, memory.address(), 3, 1, 56);
            }
            assertEquals(0, execute(penstock(), "--seconds", "1", "--warm-up", "0.5", "--runs", "1", "--replay", file + ":0.5",
                    "--json"), err::toString);
        } finally {
            Files.delete(file);
        }
        final Map<?, ?> result = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertEquals(2000, number(result, "rate_pps"), out::toString);
        assertEquals(3, number((Map<?, ?>) result.get("replay"), "frames"), out::toString);
        assertEquals(0, number(result, "altered"), out::toString);
        assertEquals(number(result, "packets"), number(result, "forwarded"), out::toString);
        assertEquals(0, number((Map<?, ?>) result.get("latency_us"), "lost"), out::toString);
        assertNothingLeft();
    }

    private static void write(final PcapWriter writer, final long at, final int ms, final int protocol, final int payload) {
        Memory.fill(at, 2048, (byte) 0);
        Ipv4Layout.setHeaderBytes(at, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTotalLength(at, Ipv4Layout.HEADER_BYTES + payload);
        Ipv4Layout.setTtl(at, 9);
        Ipv4Layout.setProtocol(at, protocol);
        Ipv4Layout.setSource(at, 0x0A000001);
        Ipv4Layout.setDestination(at, 0xCB007101);
        UdpLayout.setLength(at + Ipv4Layout.HEADER_BYTES, protocol == 17 ? payload : 0);
        writer.write(ms * 1_000_000L, at, Ipv4Layout.HEADER_BYTES + payload, Ipv4Layout.HEADER_BYTES + payload);
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
        assertTrue(number(result, "worker_kernel_share") >= 0 && number(result, "worker_kernel_share") < 1, out::toString);
        for (final String whose : List.of("configuration", "peer_configuration")) {
            assertTrue(((List<?>) result.get(whose)).stream().anyMatch(line -> line.toString().endsWith("-j SNAT --to-source 198.19.0.16-198.19.0.250")),
                    out::toString);
        }
        assertNothingLeft();
    }

    @Test
    @WholeOnly
    @Privileged(programs = {"ip", "iptables-legacy-restore"})
    void shouldShareFlowsAmongServersAsTheKernelDoes() throws IOException {
        assertEquals(0, execute(penstock(), "--seconds", "1", "--warm-up", "0.5", "--runs", "1", "--rate", "10000", "--flows", "100",
                "--connections", "service", "--against", "kernel", "--json"), err::toString);
        final Map<?, ?> result = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertEquals(100, number(result, "connections"), out::toString);
        assertEquals(number(result, "packets"), number(result, "forwarded"), out::toString);
        assertTrue(number(result, "peer_mpps") > 0, out::toString);
        assertNothingLeft();
    }

    @Test
    void shouldCountConnectionsOfAListing() {
        assertEquals(7, WireTracking.listed("""
                IP Virtual Server version 1.2.1 (size=4096)
                Prot LocalAddress:Port Scheduler Flags
                  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
                UDP  198.18.255.254:9000 rr
                  -> 198.19.0.2:9000              Masq    1      0          5
                  -> 198.19.0.3:9000              Masq    1      2          0
                """));
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
