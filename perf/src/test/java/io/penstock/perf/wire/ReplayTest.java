package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures as the generator sends them. */
class ReplayTest {

    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final long FROM = 0x0200_0000_0001L;
    private static final long TO = 0x0200_0000_0002L;

    @TempDir
    private Path folder;
    private final MappedMemory memory = MappedMemory.reserve(1 << 16, MappedMemory.Pages.NORMAL);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldKeepFramesButForWhatTheSinkHasToKnow() {
        final byte[] original = ipv4(TCP, 1, 40, 99);
        try (Replay replay = Replay.read(capture(original), FROM, TO)) {
            final byte[] frame = replay.frame(0);
            assertEquals(74, frame.length);
            assertArrayEquals(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0}, Arrays.copyOf(frame, 14));
            assertEquals(64, frame[22]);
            final byte[] expected = original.clone();
            System.arraycopy(frame, 0, expected, 0, 14);
            expected[22] = 64;
            expected[24] = frame[24];
            expected[25] = frame[25];
            assertArrayEquals(expected, frame);
            assertEquals(1, replay.size());
            assertEquals(new Replay.Counts(0, 0, 3, 222), replay.counts(3));
        }
    }

    @Test
    void shouldTrimPaddingAndFillUpWhatTheCaptureCut() {
        final byte[] padded = Arrays.copyOf(ipv4(TCP, 1, 6, 9), 60);
        final byte[] cut = Arrays.copyOf(ipv4(UDP, 1, 1000, 9), 60);
        try (Replay replay = Replay.read(capture(padded, cut), FROM, TO)) {
            assertEquals(40, replay.frame(0).length);
            assertEquals(1034, replay.frame(1).length);
            assertEquals(0, replay.frame(1)[1033]);
        }
    }

    @Test
    void shouldLeaveOutWhatNoRouterPassesOn() {
        final byte[] arp = new byte[60];
        arp[12] = 8;
        arp[13] = 6;
        final byte[] multicast = ipv4(UDP, 1, 40, 9);
        multicast[30] = (byte) 224;
        final byte[] loopback = ipv4(UDP, 1, 40, 9);
        loopback[26] = 127;
        final byte[] own = ipv4(UDP, 1, 40, 9);
        own[30] = (byte) 198;
        own[31] = 19;
        final byte[] noHeader = ipv4(UDP, 1, 40, 9);
        noHeader[14] = 0x44;
        try (Replay replay = Replay.read(
                capture(arp, multicast, loopback, own, noHeader, ipv4(UDP, 1, 1501 - 20, 9), ipv4(UDP, 1, 1480, 9)), FROM, TO)) {
            assertEquals(1, replay.size());
            assertEquals(Map.of(Replay.Reason.NOT_IPV4, 1L, Replay.Reason.NOT_ROUTED, 3L, Replay.Reason.MALFORMED, 1L,
                    Replay.Reason.TOO_LONG, 1L), replay.leftOut());
        }
    }

    @Test
    void shouldSayWhyWhenNothingIsLeft() {
        final Path file = capture(new byte[60]);
        assertEquals(file + " holds no frame that a router passes on: left out={NOT_IPV4=1}; give a capture of IPv4 traffic"
                        .replace("NOT_IPV4", "not IPv4"),
                assertThrows(IllegalArgumentException.class, () -> Replay.read(file, FROM, TO)).getMessage());
    }

    @Test
    void shouldKeepRecordedTimesInProportion() {
        try (Replay replay = Replay.read(capture(ipv4(UDP, 1, 40, 9), ipv4(UDP, 2, 40, 9), ipv4(UDP, 3, 40, 9)), FROM, TO)) {
            // 1,000 and 2,000 ns apart; the mean of these follows the last one.
            assertEquals(2 / 3e-6, replay.recordedPps(), 1);
            assertArrayEquals(new long[] {667, 1333, 1000}, replay.recordedPattern().gaps(1000));
        }
        final Path single = capture(ipv4(UDP, 1, 40, 9));
        try (Replay replay = Replay.read(single, FROM, TO)) {
            assertEquals(single + " has no times to keep to: frames=1, all of one time; send it as fast as it goes",
                    assertThrows(IllegalArgumentException.class, replay::recordedPattern).getMessage());
        }
    }

    @Test
    @Privileged
    void shouldSendFramesInOrderAndStampWhatItCan() {
        final byte[][] frames = {ipv4(UDP, 1, 40, 9), ipv4(TCP, 2, 20, 9), ipv4(UDP, 3, 1480, 9), ipv4(UDP, 1, 24, 9),
            ipv4(UDP, 4, 8, 9)};
        try (Replay replay = Replay.read(capture(frames), FROM, TO);
                GeneratorProgram program = GeneratorProgram.load(replay, ArrivalPattern.constant(), 1);
                SinkProgram sink = SinkProgram.load(ArrivalCheck.of(replay, 0))) {
            final byte[] page = new byte[replay.longest()];
            for (int i = 0; i < 12; i++) {
                final ProgramTestRun.Result result = ProgramTestRun.run(program.program(), page);
                assertEquals(XdpContext.XDP_REDIRECT, result.verdict());
                final byte[] frame = result.frame();
                System.arraycopy(frame, 0, page, 0, frame.length);
                final byte[] expected = replay.frame(i % 5);
                assertEquals(expected.length, frame.length);
                final boolean stamped = i % 5 != 1 && i % 5 != 4;
                if (stamped) {
                    assertEquals(0xD7A9L, word(frame) >>> 48);
                    // Two flows: one bit.
                    assertEquals((long) i << 1 | new int[] {0, -1, 1, 0}[i % 5], word(frame) & 0xFF_FFFF_FFFFL);
                    System.arraycopy(frame, 42, expected, 42, 16);
                    if (frame.length >= 66) {
                        System.arraycopy(frame, (frame.length & -2) - 8, expected, (frame.length & -2) - 8, 8);
                    }
                }
                assertArrayEquals(expected, frame);
                assertEquals(XdpContext.XDP_DROP, ProgramTestRun.run(sink.program(), frame).verdict());
            }
            final Replay.Counts counts = replay.counts(12);
            final SinkReport report = sink.read();
            assertEquals(7, counts.stamped());
            assertEquals(counts, new Replay.Counts(report.frames(), report.bytes(), report.passed(), report.bytesPassed()));
            assertEquals(0, report.altered(), report.alterations()::toString);
            assertEquals(0, report.late());
            assertEquals(7, report.latency().count());
        }
    }

    @Test
    @Privileged
    void shouldNoticeWhatComesLateInItsFlowAndNotWhatOvertakesAnother() {
        try (Replay replay = Replay.read(capture(ipv4(UDP, 1, 40, 9), ipv4(UDP, 2, 40, 9)), FROM, TO);
                GeneratorProgram program = GeneratorProgram.load(replay, ArrivalPattern.constant(), 1);
                SinkProgram sink = SinkProgram.load(ArrivalCheck.of(replay, 0))) {
            final byte[][] frames = new byte[4][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = ProgramTestRun.run(program.program(), new byte[replay.longest()]).frame();
            }
            for (final int i : new int[] {1, 0, 3}) {
                ProgramTestRun.run(sink.program(), frames[i]);
            }
            assertEquals(0, sink.read().late());
            ProgramTestRun.run(sink.program(), frames[1]);
            assertEquals(1, sink.read().late());
        }
    }

    private static long word(final byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder()).getLong(Replay.STAMP_OFFSET);
    }

    /** Frames at 1, 2, 4, 8 ... us. */
    private Path capture(final byte[]... frames) {
        final Path file = folder.resolve("capture-" + System.nanoTime() + ".pcap");
        try (PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET)) {
            for (int i = 0; i < frames.length; i++) {
                Memory.copyFromArray(frames[i], 0, memory.address(), frames[i].length);
                writer.write(1000L << i, memory.address(), frames[i].length, frames[i].length);
            }
        }
        return file;
    }

    /** A frame whose payload above IP is so long and holds that byte, from 10.0.0.host. */
    private static byte[] ipv4(final int protocol, final int host, final int payload, final int filler) {
        final ByteBuffer frame = ByteBuffer.allocate(34 + payload);
        Arrays.fill(frame.array(), (byte) filler);
        frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45).putShort(16, (short) (20 + payload)).putShort(20, (short) 0)
                .put(22, (byte) 17).put(23, (byte) protocol).putInt(26, 0x0A000000 | host).putInt(30, 0x0A010001);
        if (protocol == UDP) {
            frame.putShort(34, (short) 1000).putShort(36, (short) 53).putShort(38, (short) payload);
        }
        return frame.array();
    }
}
