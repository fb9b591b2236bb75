package io.penstock.dataplane.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapTest {

    private static final byte[] DATA = {1, 2, 3, 4, 5};

    @TempDir
    private Path folder;

    record Packet(long ns, long original, LinkType type, List<Byte> data) {
    }

    @ParameterizedTest
    @CsvSource({"BIG_ENDIAN,A1B2C3D4,1000", "LITTLE_ENDIAN,A1B2C3D4,1000", "BIG_ENDIAN,A1B23C4D,1", "LITTLE_ENDIAN,A1B23C4D,1"})
    void shouldReadClassicWhenInAnyOrderAndUnit(final String order, final String magic, final int unit) throws IOException {
        final CaptureBytes bytes = bytes(order)
                .classic((int) Long.parseLong(magic, 16), 1)
                .packet(10, 20, 5, DATA)
                .packet(-1, 999_999, 9000, DATA)
                .packet(0, 0, 0);
        assertEquals(
                List.of(
                        packet(10_000_000_000L + 20 * unit, 5, LinkType.ETHERNET, DATA),
                        packet(0xFFFF_FFFFL * 1_000_000_000L + 999_999L * unit, 9000, LinkType.ETHERNET, DATA),
                        packet(0, 0, LinkType.ETHERNET)),
                read(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BIG_ENDIAN", "LITTLE_ENDIAN"})
    void shouldReadPcapngWhenItHasSeveralInterfacesAndSections(final String order) throws IOException {
        final CaptureBytes b = bytes(order);
        b.section()
                .description(1, 0, b.none())
                .description(101, 0, b.none().option(2, DATA).option(9, (byte) 9).option(0))
                .description(228, 3, b.none().option(9, (byte) 0x8A).option(14, longs(order, 100)))
                .block(0x0BAD, b.none().ints(1, 2, 3))
                .enhanced(0, 1_000_001, 5, DATA)
                .enhanced(1, 7_000_000_009L, 1500, DATA)
                .enhanced(2, 5 * 1024 + 512, 5, DATA)
                .simple(5, DATA)
                .obsolete(1, 42, DATA)
                .section()
                .description(229, 2, b.none())
                .simple(5, (byte) 1, (byte) 2);
        assertEquals(
                List.of(
                        packet(1_000_001_000L, 5, LinkType.ETHERNET, DATA),
                        packet(7_000_000_009L, 1500, LinkType.RAW, DATA),
                        packet(105_500_000_000L, 5, LinkType.IPV4, DATA),
                        packet(105_500_000_000L, 5, LinkType.ETHERNET, DATA),
                        packet(42, 5, LinkType.RAW, DATA),
                        packet(42, 5, LinkType.IPV6, (byte) 1, (byte) 2)),
                read(b));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 3000000000", "3, 3005, 3005000000", "12, 3000000005999, 3000000005", "18, 1000000000000000000, 1000000000",
        "0x80, 3, 3000000000", "0x81, 3, 1500000000", "0xBF, 4611686018427387904, 500000000"})
    void shouldConvertTimesWhenTheResolutionIsGiven(final String resolution, final long time, final long expectedNs)
            throws IOException {
        final CaptureBytes b = bytes("LITTLE_ENDIAN");
        b.section().description(1, 0, b.none().option(9, Integer.decode(resolution).byteValue())).enhanced(0, time, 5, DATA);
        assertEquals(expectedNs, read(b).getFirst().ns);
    }

    @Test
    void shouldStreamWhenTheFileIsLargerThanTheWindow() throws IOException {
        final byte[] large = new byte[PcapReader.MAX_PACKET_BYTES];
        new Random(1).nextBytes(large);
        final CaptureBytes classic = bytes("BIG_ENDIAN").classic(ClassicReader.MICROSECONDS, 1);
        final CaptureBytes next = bytes("BIG_ENDIAN");
        next.section().description(1, 0, next.none());
        for (int i = 0; i < 20; i++) {
            classic.packet(i, 0, large.length, Arrays.copyOf(large, large.length - i));
            next.block(0x0BAD, next.none().bytes(large))
                    .enhanced(0, i * 1_000_000L, large.length, Arrays.copyOf(large, large.length - i));
        }
        for (final CaptureBytes bytes : List.of(classic, next)) {
            try (PcapReader reader = PcapReader.open(write(bytes.toArray()))) {
                for (int i = 0; i < 20; i++) {
                    assertTrue(reader.next());
                    assertEquals(i * 1_000_000_000L, reader.timestampNs());
                    assertArrayEquals(Arrays.copyOf(large, large.length - i), data(reader));
                }
                assertFalse(reader.next());
                assertFalse(reader.next());
            }
        }
    }

    @Test
    void shouldReadBackWhenWritten() throws IOException {
        final Path file = folder.resolve("out.pcap");
        final byte[] large = new byte[200_000];
        new Random(2).nextBytes(large);
        try (MappedMemory memory = MappedMemory.reserve(large.length, MappedMemory.Pages.NORMAL)) {
            Memory.copyFromArray(large, 0, memory.address(), large.length);
            try (PcapWriter writer = PcapWriter.create(file, LinkType.RAW)) {
                for (int i = 0; i < 10; i++) {
                    writer.write(1_700_000_000_123_456_789L + i, memory.address(), large.length - i, 250_000);
                }
                assertEquals(10, writer.packets());
                assertThrows(IllegalArgumentException.class, () -> writer.write(-1, memory.address(), 1, 1));
                assertThrows(IllegalArgumentException.class, () -> writer.write(0, memory.address(), 2, 1));
            }
        }
        final byte[] bytes = Files.readAllBytes(file);
        assertArrayEquals(new byte[] {0x4D, 0x3C, (byte) 0xB2, (byte) 0xA1, 2, 0, 4, 0}, Arrays.copyOf(bytes, 8));
        try (PcapReader reader = PcapReader.open(file)) {
            for (int i = 0; i < 10; i++) {
                assertTrue(reader.next());
                assertEquals(1_700_000_000_123_456_789L + i, reader.timestampNs());
                assertEquals(250_000, reader.originalBytes());
                assertEquals(LinkType.RAW, reader.linkType());
                assertArrayEquals(Arrays.copyOf(large, large.length - i), data(reader));
            }
            assertFalse(reader.next());
        }
    }

    @Test
    void shouldMergeByTimeThenOrderWhenThereAreSeveral() throws IOException {
        final List<PcapReader> readers = new ArrayList<>();
        final int[][] times = {{1, 3, 3, 2}, {}, {1, 2, 3, 9}};
        for (int i = 0; i < times.length; i++) {
            final CaptureBytes bytes = bytes("BIG_ENDIAN").classic(ClassicReader.MICROSECONDS, 1);
            for (final int time : times[i]) {
                bytes.packet(time, 0, 5, DATA);
            }
            readers.add(PcapReader.open(Files.write(folder.resolve("in" + i), bytes.toArray())));
        }
        final List<String> seen = new ArrayList<>();
        try (PcapMerge merge = new PcapMerge(readers)) {
            for (int i = merge.next(); i >= 0; i = merge.next()) {
                seen.add(i + "@" + merge.reader().timestampNs() / 1_000_000_000);
            }
            assertEquals(-1, merge.next());
        }
        assertEquals(List.of("0@1", "2@1", "2@2", "0@3", "0@3", "0@2", "2@3", "2@9"), seen);
    }

    @Test
    void shouldNameTheByteWhenClassicIsDamaged() throws IOException {
        final CaptureBytes good = bytes("LITTLE_ENDIAN").classic(ClassicReader.MICROSECONDS, 1).packet(1, 1, 5, DATA);
        refused("offset=40: the file ends inside a packet: needed=5 bytes, left=4; it was cut short, capture or copy it again",
                Arrays.copyOf(good.toArray(), 44));
        refused("offset=45: the file ends inside a packet's header: needed=16 bytes, left=1; it was cut short, capture or copy "
                + "it again", Arrays.copyOf(good.toArray(), 46));
        refused("offset=0: the file ends inside the file header: needed=24 bytes, left=20; it was cut short, capture or copy "
                + "it again", Arrays.copyOf(good.toArray(), 20));
        refused("offset=0: this is no capture: it is shorter than a magic number; give a pcap or pcapng file", new byte[3]);
        refused("offset=0: this is no capture: magic=0x0; give a pcap or pcapng file", new byte[30]);
        refused("offset=0: this is compressed by gzip; uncompress it with 'gunzip' first", new byte[] {0x1F, (byte) 0x8B, 8, 0});
        refused("offset=0: this is Kuznetzov's variant of pcap, which Penstock does not read; convert it with "
                + "'editcap -F pcap IN OUT'", bytes("LITTLE_ENDIAN").classic(0xA1B2_CD34, 1).toArray());
        refused("offset=20: the link type is not supported: linktype=113; supported: 1 (ETHERNET), 101 (RAW), 228 (IPV4), 229 "
                + "(IPV6)", bytes("BIG_ENDIAN").classic(ClassicReader.MICROSECONDS, 113).toArray());
        refused("offset=4: the format's version is not known: version=3 expected=2; convert it with 'editcap -F pcap IN OUT'",
                bytes("BIG_ENDIAN").ints(ClassicReader.MICROSECONDS).shorts(3, 0).ints(0, 0, 0, 1).toArray());
        refused("offset=32: the packet's length is not believable: captured=4294967295 limit=262144; the file is damaged",
                bytes("BIG_ENDIAN").classic(ClassicReader.MICROSECONDS, 1).ints(0, 0, -1, 0).toArray());
    }

    @Test
    void shouldNameTheByteWhenPcapngIsDamaged() throws IOException {
        refused("offset=8: the section's byte order is not known: magic=0x0; the file is damaged",
                next().ints(0x0A0D_0D0A, 28, 0, 0, 0, 0, 28).toArray());
        refused("offset=4: the section header is too short: length=24 expected at least 28; the file is damaged",
                next().ints(0x0A0D_0D0A, 24, 0x1A2B_3C4D, 1, -1, 24).toArray());
        refused("offset=24: the block's two lengths differ: first=28 second=32; the file is damaged",
                next().ints(0x0A0D_0D0A, 28, 0x1A2B_3C4D).shorts(1, 0).ints(-1, -1, 32).toArray());
        refused("offset=12: the format's version is not known: version=2 expected=1; convert it with 'editcap -F pcap IN OUT'",
                next().ints(0x0A0D_0D0A, 28, 0x1A2B_3C4D).shorts(2, 0).ints(-1, -1, 28).toArray());
        refused("offset=32: the block's length is neither 12 nor a greater multiple of 4: length=13; the file is damaged",
                next().section().ints(77, 13).toArray());
        refused("offset=36: the file ends inside a block: missing=4294967272 bytes; it was cut short, capture or copy it again",
                next().section().ints(77, -12).toArray());
        refused("offset=36: the packet names an interface that the section has not described: interface=0 interfaces=0; the "
                + "file is damaged", next().section().enhanced(0, 0, 5, DATA).toArray());
        refused("offset=56: the interface's link type is not supported: interface=0 linktype=113; supported: 1 (ETHERNET), 101 "
                + "(RAW), 228 (IPV4), 229 (IPV6)",
                next().section().description(113, 0, next()).enhanced(0, 0, 5, DATA).toArray());
        refused("offset=44: an option runs past its block: length=9; the file is damaged",
                next().section().description(1, 0, next().shorts(2, 9).ints(0, 0)).toArray());
        refused("offset=48: the time's resolution is finer than Penstock reads: if_tsresol=19; convert it with "
                + "'editcap -F nsecpcap IN OUT'", next().section().description(1, 0, next().option(9, (byte) 19)).toArray());
        refused("offset=60: the packet's time is out of range: seconds=18446744073709; the file is damaged",
                next().section().description(1, 0, next()).enhanced(0, -1, 5, DATA).toArray());
        refused("offset=52: the packet is longer than its block: captured=5 block=36; the file is damaged",
                next().section().description(1, 0, next())
                        .block(6, next().ints(0, 0, 0, 5, 5, 0)).toArray());
    }

    @Test
    void shouldSayWhyWhenTheFileCannotBeOpened() {
        final Path absent = folder.resolve("absent");
        assertEquals(absent + ": the capture cannot be opened: no such file or directory; check its path and permissions",
                assertThrows(PcapException.class, () -> PcapReader.open(absent)).getMessage());
        final Path out = absent.resolve("out");
        assertEquals(out + ": the capture cannot be written: " + out + "; check the folder and the space that is left",
                assertThrows(PcapException.class, () -> PcapWriter.create(out, LinkType.RAW)).getMessage());
    }

    private void refused(final String sentence, final byte[] bytes) throws IOException {
        final Path file = write(bytes);
        final PcapException e = assertThrows(PcapException.class, () -> {
            try (PcapReader reader = PcapReader.open(file)) {
                while (reader.next()) {
                    data(reader);
                }
            }
        });
        assertEquals(file + ": " + sentence, e.getMessage());
    }

    private List<Packet> read(final CaptureBytes bytes) throws IOException {
        final List<Packet> packets = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(write(bytes.toArray()))) {
            while (reader.next()) {
                packets.add(packet(reader.timestampNs(), reader.originalBytes(), reader.linkType(), data(reader)));
            }
        }
        return packets;
    }

    private Path write(final byte[] bytes) throws IOException {
        return Files.write(folder.resolve("in.pcap"), bytes);
    }

    static byte[] data(final PcapReader reader) {
        final byte[] data = new byte[reader.capturedBytes()];
        Memory.copyToArray(reader.address(), data, 0, data.length);
        return data;
    }

    private static Packet packet(final long ns, final long original, final LinkType type, final byte... data) {
        final List<Byte> list = new ArrayList<>();
        for (final byte b : data) {
            list.add(b);
        }
        return new Packet(ns, original, type, list);
    }

    private static CaptureBytes next() {
        return bytes("LITTLE_ENDIAN");
    }

    private static CaptureBytes bytes(final String order) {
        return new CaptureBytes("BIG_ENDIAN".equals(order) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] longs(final String order, final long value) {
        final byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (value >>> ("BIG_ENDIAN".equals(order) ? 56 - 8 * i : 8 * i));
        }
        return bytes;
    }
}
