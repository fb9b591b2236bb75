package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration over captures with few segments, also with results that somebody spoilt. */
final class ReplayDemoTest {

    private static final Obstacle NO_ROOT = new Obstacle("No root", "sudo ./penstock demo");

    /** Odd, so that the last one is acknowledged alone; the numbers pass 2^32. */
    private static final long SEGMENTS = 2_001;

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int TCP = IP + Ipv4Layout.HEADER_BYTES;

    /** What happens to a packet of a capture: false removes it. */
    private interface Spoiler {
        boolean spoil(long number, long eth);
    }

    @TempDir
    private Path folder;

    @Test
    void shouldFindNothingWrongWhenTheEngineForwards() {
        final ReplayReport report = new ReplayDemo(folder, SEGMENTS).run(NO_ROOT);
        assertEquals(List.of(), report.faults());
        for (final Connection connection : report.conversation().connections()) {
            assertEquals(SEGMENTS * Connection.PAYLOAD_BYTES, report.arrivals().bytes(connection));
            assertEquals(connection.sum(), report.arrivals().sum(connection));
        }
        assertEquals(Map.of(DropReason.TTL_EXPIRED, 6L, DropReason.NO_ROUTE, 6L, DropReason.IPV4_CHECKSUM, 3L),
                report.conversation().refused());
        assertEquals(report.conversation().packets() - 15, report.arrivals().packets() - report.arrivals().errors());
    }

    @Test
    void shouldShowWhereEveryPacketWentWithinTheWidthOfATerminal() {
        final ReplayReport report = new ReplayDemo(folder, SEGMENTS).run(NO_ROOT);
        final Screen screen = new Screen(false);
        report.show(screen);
        final String text = screen.toString();
        for (final String line : List.of(
                "^No root: this run goes through replay. The real thing: sudo ./penstock demo\n",
                "(?m)^IPv4 client -> server +2,001 +1.0 MB   yes, crc32c [0-9a-f]{8}$",
                "(?m)^IPv6 +5 of 5$",
                "(?m)^  12,062 packets, all right$",
                "(?m)^d0    captures +[0-9,]+ +[0-9,]+ +[0-9.]+ MB +[0-9.]+ MB$",
                "(?m)^  taken in by Penstock +12,067$",
                "(?m)^  made by Penstock itself +10$",
                "(?m)^    forwarded +12,062 +[0-9.]+ k/s$",
                "(?m)^    dropped: ttl_expired +6$",
                "(?m)^    unaccounted +0$",
                "\nEvery byte arrived, and every packet is accounted for.\n$")) {
            assertTrue(Pattern.compile(line).matcher(text).find(), () -> line + " not in:\n" + text);
        }
        text.lines().forEach(line -> assertTrue(line.length() <= Screen.COLUMNS, () -> "too wide: " + line));
    }

    @Test
    void shouldPrintAnObjectWithTheKeysOfTheRealThing() {
        final Counts result = Counts.parse(new ReplayDemo(folder, SEGMENTS).run(NO_ROOT).json());
        assertEquals("forward", result.text("scenario"));
        assertEquals("replay", result.text("through"));
        assertEquals(true, result.values().get("ok"));
        assertEquals(List.of(), result.values().get("faults"));
        assertEquals(4, ((List<?>) result.values().get("flows")).size());
        assertEquals(
                List.of(Map.of("family", "IPv4", "sent", 5, "answered", 5), Map.of("family", "IPv6", "sent", 5, "answered", 5)),
                result.values().get("pings"));
        assertEquals(12_062, result.number("forwarded"));
        assertEquals(Map.of("ipv4_checksum", 3L, "ttl_expired", 6L, "no_route", 6L), result.object("dropped").numbers());
        assertEquals(0, result.number("unaccounted"));
        assertEquals(12_067, result.object("stat").number("packets"));
    }

    @Test
    void shouldWriteTheSameFilesEachTime() throws IOException {
        final Path other = Files.createDirectory(folder.resolve("other"));
        Conversation.write(10, folder);
        Conversation.write(10, other);
        for (final Side side : Side.values()) {
            assertArrayEquals(Files.readAllBytes(Conversation.capture(folder, side)),
                    Files.readAllBytes(Conversation.capture(other, side)));
        }
    }

    @Test
    void shouldMissAPacketThatDidNotArrive() throws IOException {
        final ReplayReport report = spoilt(Side.SERVER, (number, eth) -> number != 1_000);
        assertEquals(1, report.faults().stream().filter(fault -> fault.contains(" did not arrive intact: sent=1024512")).count(),
                () -> report.faults().toString());
    }

    @Test
    void shouldMissAnAnswerThatDidNotArrive() throws IOException {
        final ReplayReport report = spoilt(Side.CLIENT, (number, eth) ->
                EthernetLayout.etherType(eth) != EthernetLayout.TYPE_IPV4 || Ipv4Layout.protocol(eth + IP) != 1);
        assertEquals(List.of("ping over IPv4 lost packets: sent=5 answered=0"), report.faults());
    }

    @Test
    void shouldNoticeWhenAHeaderIsNotWhatForwardingMakes() throws IOException {
        assertEquals(List.of("packets left with a wrong MAC addresses: packets=1"),
                spoilt(Side.SERVER, first(eth -> EthernetLayout.setDestination(eth, Side.CLIENT.mac()))).faults());
        assertEquals(List.of("packets left with a wrong TTL: packets=1"),
                spoilt(Side.SERVER, first(eth -> Ipv4Layout.decrementTtl(eth + IP))).faults());
        assertEquals(List.of("packets left with a wrong IPv4 checksum: packets=1"),
                spoilt(Side.SERVER, first(eth -> Ipv4Layout.setChecksum(eth + IP, 1))).faults());
        final List<String> faults = spoilt(Side.SERVER, first(eth -> TcpLayout.setWindow(eth + TCP, 1))).faults();
        assertTrue(faults.contains("packets left with a wrong TCP checksum: packets=1"), faults::toString);
    }

    @Test
    void shouldNoticeWhenDropsAreNotThoseThatMustBe() {
        final ReplayReport report = new ReplayDemo(folder, 10).run(NO_ROOT);
        final ReplayReport other = new ReplayReport(NO_ROOT, report.conversation(), report.arrivals(),
                Counts.parse("{\"unaccounted\":4,\"dropped\":{\"ttl_expired\":6,\"ipv4_checksum\":3,\"no_route\":2}}"), 1);
        assertEquals(List.of(
                "not as many packets as should were dropped for reason=no_route: dropped=2 expected=6",
                "the engine lost track of packets: unaccounted=4"), other.faults());
    }

    /** Runs it, spoils what left on one side, and looks at that. */
    private ReplayReport spoilt(final Side side, final Spoiler spoiler) throws IOException {
        final ReplayReport report = new ReplayDemo(folder, SEGMENTS).run(NO_ROOT);
        final Path out = folder.resolve("out");
        final Path capture = out.resolve(side.port() + ".pcap");
        final Path original = Files.move(capture, out.resolve("original"), StandardCopyOption.REPLACE_EXISTING);
        try (MappedMemory memory = MappedMemory.reserve(2048, MappedMemory.Pages.NORMAL);
                PcapReader from = PcapReader.open(original);
                PcapWriter to = PcapWriter.create(capture, LinkType.ETHERNET)) {
            for (long number = 0; from.next(); number++) {
                final int bytes = from.capturedBytes();
                Memory.copy(from.address(), memory.address(), bytes);
                if (spoiler.spoil(number, memory.address())) {
                    to.write(from.timestampNs(), memory.address(), bytes, bytes);
                }
            }
        }
        return new ReplayReport(
                NO_ROOT, report.conversation(), Arrivals.read(report.conversation(), out), report.stat(), report.seconds());
    }

    private static Spoiler first(final LongConsumer editor) {
        return (number, eth) -> {
            if (number == 0) {
                editor.accept(eth);
            }
            return true;
        };
    }
}
