package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The two programs one frame at a time, without a device. */
@Privileged
class WireProgramsTest {

    private static final byte[] SOURCE4 = {10, 1, (byte) 255, (byte) 255};
    private static final byte[] SOURCE6 = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 255, 1, 2, 3};
    private static final TrafficProfile V4 =
            TrafficProfile.of(0x0200_0000_0001L, 0x0200_0000_0002L, SOURCE4, new byte[] {(byte) 192, 0, 2, 9});
    private static final TrafficProfile V6 =
            TrafficProfile.of(0x0200_0000_0001L, 0x0200_0000_0002L, SOURCE6, SOURCE6);

    @Test
    void shouldRewriteWhateverTheReceiverLeftOfTheHeaders() {
        for (final TrafficProfile profile : new TrafficProfile[] {V4, V6, V4.withUdpChecksum(true)}) {
            try (GeneratorProgram program = GeneratorProgram.load(profile.withFlows(3), ArrivalPattern.constant(), 1)) {
                final byte[] garbage = new byte[profile.frameBytes()];
                Arrays.fill(garbage, 0, profile.stampOffset() + StampLayout.BYTES, (byte) 0x5A);
                final ProgramTestRun.Result result = ProgramTestRun.run(program.program(), garbage);

                final byte[] expected = profile.template();
                assertEquals(XdpContext.XDP_REDIRECT, result.verdict());
                assertArrayEquals(withoutChecksums(expected, profile), withoutChecksums(result.frame(), profile));
            }
        }
    }

    @Test
    void shouldMakeRightChecksumsForEveryFlow() {
        for (final TrafficProfile base : new TrafficProfile[] {V4.withUdpChecksum(true), V6, V6.withFrameBytes(1501)}) {
            final TrafficProfile profile = base.withFlows(3000).withStream(255);
            try (GeneratorProgram program = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1)) {
                byte[] frame = profile.template();
                for (int i = 0; i < 6001; i++) {
                    frame = ProgramTestRun.run(program.program(), frame).frame();
                    assertChecksums(profile, frame);
                    final int flow = i % 3000;
                    final ByteBuffer view = ByteBuffer.wrap(frame);
                    assertEquals(10000 + flow % 1024, view.getShort(profile.udpOffset()) & 0xFFFF);
                    assertEquals(profile.varyingAddressBase() + flow / 1024, view.getInt(profile.varyingAddressOffset()));
                    assertEquals(0xD7A9FFL << 40 | i, view.order(ByteOrder.nativeOrder()).getLong(profile.stampOffset()));
                }
                assertEquals(6001, program.made());
            }
        }
    }

    @Test
    void shouldLeaveTheUdpChecksumOutWhenNotWanted() {
        try (GeneratorProgram program = GeneratorProgram.load(V4.withTimestamp(false), ArrivalPattern.constant(), 1)) {
            final byte[] frame = ProgramTestRun.run(program.program(), V4.template()).frame();
            assertEquals(0, ByteBuffer.wrap(frame).getShort(40));
            assertEquals(0, ByteBuffer.wrap(frame).getLong(50));
            assertEquals(0xFFFF, sum(frame, 14, 20));
        }
    }

    @Test
    void shouldCountDropAndMeasureWhatTheGeneratorMade() {
        for (final TrafficProfile profile : new TrafficProfile[] {V4, V6}) {
            try (GeneratorProgram generator = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1); SinkProgram sink = SinkProgram.load(1, 1)) {
                for (int i = 0; i < 10; i++) {
                    final byte[] frame = ProgramTestRun.run(generator.program(), profile.template()).frame();
                    assertEquals(XdpContext.XDP_DROP, ProgramTestRun.run(sink.program(), frame).verdict());
                }
                final SinkReport report = sink.read();
                assertEquals(10, report.frames());
                assertEquals(10L * profile.frameBytes(), report.bytes());
                assertEquals(0, report.late());
                assertEquals(10, report.latency().count());
                assertTrue(report.latency().p50() > 0 && report.latency().p9999() <= report.latency().max());
                sink.reset();
                assertEquals(0, sink.read().frames());
                assertEquals(0, sink.read().latency().count());
            }
        }
    }

    @Test
    void shouldPutEveryLatencyIntoTheBucketThatTheReaderExpects() {
        for (long age = 1_000; age < 1L << 39; age *= 3) {
            try (SinkProgram sink = SinkProgram.load(1, 1)) {
                final byte[] frame = stamped(0, 0, System.nanoTime() - age);
                ProgramTestRun.run(sink.program(), frame);
                final LatencyHistogram latency = sink.read().latency();
                // nanoTime is the same clock on Linux; the run comes a little later.
                assertTrue(latency.max() >= age && latency.max() < age + 1_000_000_000L, latency.toString());
                final long[] buckets = new long[LatencyBuckets.COUNT];
                buckets[LatencyBuckets.bucket(Math.min(latency.max(), LatencyBuckets.MAX_VALUE))]++;
                assertEquals(new LatencyHistogram(buckets, latency.max()).p50(), latency.p50());
            }
        }
    }

    @Test
    void shouldNoticeWhatComesLateInItsFlow() {
        try (SinkProgram sink = SinkProgram.load(2, 3)) {
            // Flow 0: 0 6 3; flow 1: 1 4; stream 1's flow 0: 0; a stream that is not checked: 5.
            for (final long sequence : new long[] {0, 1, 6, 4, 3}) {
                ProgramTestRun.run(sink.program(), stamped(0, sequence, 0));
            }
            ProgramTestRun.run(sink.program(), stamped(1, 0, 0));
            ProgramTestRun.run(sink.program(), stamped(9, 5, 0));
            ProgramTestRun.run(sink.program(), stamped(9, 4, 0));
            assertEquals(8, sink.read().frames());
            assertEquals(1, sink.read().late());
            assertEquals(0, sink.read().latency().count());

            ProgramTestRun.run(sink.program(), stamped(0, 0, 0));
            assertEquals(2, sink.read().late());
            sink.resetOrder();
            ProgramTestRun.run(sink.program(), stamped(0, 0, 0));
            assertEquals(2, sink.read().late());
        }
    }

    @Test
    void shouldPassFramesOfOthers() {
        try (SinkProgram sink = SinkProgram.load(1, 1)) {
            final byte[] good = stamped(0, 0, 0);
            for (final int at : new int[] {12, 13, 14, 23, 48, 49}) {
                final byte[] bad = good.clone();
                bad[at] ^= 0x33;
                assertEquals(XdpContext.XDP_PASS, ProgramTestRun.run(sink.program(), bad).verdict(), "byte " + at);
            }
            assertEquals(XdpContext.XDP_PASS, ProgramTestRun.run(sink.program(), Arrays.copyOf(good, 57)).verdict());
            assertEquals(7, sink.read().passed());
            assertEquals(0, sink.read().frames());
        }
    }

    private static byte[] stamped(final long stream, final long sequence, final long time) {
        final ByteBuffer frame = ByteBuffer.wrap(V4.template());
        frame.order(ByteOrder.nativeOrder()).putLong(42, 0xD7A9L << 48 | stream << 40 | sequence).putLong(50, time);
        return frame.array();
    }

    private static byte[] withoutChecksums(final byte[] frame, final TrafficProfile profile) {
        final ByteBuffer copy = ByteBuffer.wrap(frame.clone());
        if (profile.v4()) {
            copy.putShort(24, (short) 0);
        }
        copy.putShort(profile.udpOffset() + 6, (short) 0);
        copy.putLong(profile.stampOffset(), 0).putLong(profile.stampOffset() + 8, 0);
        return copy.array();
    }

    static void assertChecksums(final TrafficProfile profile, final byte[] frame) {
        final int udp = profile.udpOffset();
        final int addressBytes = profile.v4() ? 8 : 32;
        if (profile.v4()) {
            assertEquals(0xFFFF, sum(frame, 14, 20));
        }
        final int pseudo = sum(frame, udp - addressBytes, addressBytes) + 17 + frame.length - udp;
        final int all = pseudo + sum(frame, udp, frame.length - udp);
        assertEquals(0xFFFF, (all & 0xFFFF) + (all >>> 16));
    }

    private static int sum(final byte[] bytes, final int from, final int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xFF) << ((i & 1) == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
