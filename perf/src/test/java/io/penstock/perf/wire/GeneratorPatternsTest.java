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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the generator's program makes of patterns and mixes, frame by frame in the kernel. */
@Privileged
class GeneratorPatternsTest {

    private static final TrafficProfile PROFILE = TrafficProfile.of(
            0x0200_0000_0001L, 0x0200_0000_0002L, new byte[] {10, 1, 0, 0}, new byte[] {10, 2, 0, 1});
    private static final double MEAN_NS = 1_000;

    @Test
    void shouldHaveExponentialGapsAndTheMeanRateWhenPoisson() {
        final ArrivalPattern pattern = ArrivalPattern.poisson(7);
        final long[] due = due(PROFILE, pattern, pattern.size() + 1);
        final double[] gaps = gaps(due);
        final double mean = (double) (due[due.length - 1] - due[0]) / gaps.length;
        final double deviation = Math.sqrt(Arrays.stream(gaps).map(gap -> (gap - mean) * (gap - mean)).sum() / gaps.length);

        assertEquals(MEAN_NS, mean, 0.001);
        assertEquals(1, deviation / mean, 0.02, "coefficient of variation");
        assertEquals(1 - Math.exp(-1), share(gaps, MEAN_NS), 0.01, "gaps below the mean");
        assertEquals(1 - Math.exp(-3), share(gaps, 3 * MEAN_NS), 0.01, "gaps below three times the mean");
        // Independent of one another: the next gap does not follow from the one before.
        double together = 0;
        for (int i = 1; i < gaps.length; i++) {
            together += (gaps[i] - mean) * (gaps[i - 1] - mean);
        }
        assertEquals(0, together / gaps.length / deviation / deviation, 0.02, "autocorrelation");
    }

    @Test
    void shouldHaveTheSameGapsWhenTheSeedIsTheSame() {
        assertArrayEquals(ArrivalPattern.poisson(7).gaps(1e6), ArrivalPattern.poisson(7).gaps(1e6));
        assertTrue(!Arrays.equals(ArrivalPattern.poisson(7).gaps(1e6), ArrivalPattern.poisson(8).gaps(1e6)));
    }

    @Test
    void shouldBeDueInBurstsThatKeepTheMeanRate() {
        final long[] due = due(PROFILE, ArrivalPattern.bursts(5), 23);
        for (int i = 0; i < due.length; i++) {
            assertEquals(i / 5 * 5 * (long) MEAN_NS, due[i] - due[0], "frame " + i);
        }
    }

    @Test
    void shouldKeepRecordedGapsInProportion() {
        final long[] due = due(PROFILE, ArrivalPattern.recorded(0, 10, 50, 20), 9);
        assertArrayEquals(new long[] {0, 0, 500, 3000, 4000, 4000, 4500, 7000, 8000},
                Arrays.stream(due).map(at -> at - due[0]).toArray());
    }

    @Test
    void shouldBeDueAtEqualGapsWhenConstant() {
        final long[] due = due(PROFILE, ArrivalPattern.constant(), 100);
        for (final double gap : gaps(due)) {
            assertEquals(MEAN_NS, gap);
        }
    }

    @Test
    void shouldSendNoMoreFramesThanAreDue() {
        try (GeneratorProgram program = GeneratorProgram.load(PROFILE, ArrivalPattern.bursts(4), 1)) {
            program.pace(System.nanoTime() - TimeUnit.SECONDS.toNanos(1), MEAN_NS, 6);
            int made = 0;
            for (int i = 0; i < 20; i++) {
                if (ProgramTestRun.run(program.program(), PROFILE.template()).verdict() == XdpContext.XDP_REDIRECT) {
                    made++;
                }
            }
            // Of the bursts at 0 and 4 intervals all, because they are due before 6 are over.
            assertEquals(8, made);
            assertTrue(program.isDone());
            assertEquals(1_000_000_000L, program.elapsedNs(), 5e8);
        }
    }

    @Test
    void shouldStampPacedFramesWithTheTimeAtWhichTheyWereDue() {
        try (GeneratorProgram program = GeneratorProgram.load(PROFILE, ArrivalPattern.constant(), 1)) {
            final long start = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);
            program.pace(start, MEAN_NS, 1_000);
            for (int i = 0; i < 10; i++) {
                assertEquals(start + i * (long) MEAN_NS, time(ProgramTestRun.run(program.program(), PROFILE.template()).frame()));
            }
        }
    }

    @Test
    void shouldSendEverySizesShareInEachRound() {
        final TrafficProfile profile = PROFILE.withSizes(SizeMix.imix()).withFlows(7);
        try (GeneratorProgram program = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1);
                SinkProgram sink = SinkProgram.load(ArrivalCheck.of(profile, 0))) {
            // What a receiver left of the longest frame, as the kernel gives it back.
            byte[] page = profile.template();
            boolean varied = false;
            for (int round = 0; round < 5; round++) {
                final int[] lengths = new int[12];
                for (int i = 0; i < 12; i++) {
                    final byte[] frame = ProgramTestRun.run(program.program(), page).frame();
                    System.arraycopy(frame, 0, page, 0, frame.length);
                    lengths[i] = frame.length;
                    assertEquals(XdpContext.XDP_DROP, ProgramTestRun.run(sink.program(), frame).verdict());
                }
                varied |= lengths[0] != lengths[1];
                Arrays.sort(lengths);
                assertArrayEquals(new int[] {60, 60, 60, 60, 60, 60, 60, 590, 590, 590, 590, 1514}, lengths);
            }
            assertTrue(varied);
            final SinkReport report = sink.read();
            assertEquals(Map.of(60, 35L, 590, 20L, 1514, 5L), report.sizes());
            assertEquals(profile.sizes().counts(60), report.sizes());
            assertEquals(0, report.altered(), report.alterations()::toString);
            assertEquals(60, report.frames());
        }
    }

    @Test
    void shouldMakeRightChecksumsForEverySizeOfAMix() {
        final byte[] address6 = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 255, 1, 2, 3};
        final SizeMix sizes = new SizeMix(new int[] {79, 78, 101, 1501}, new int[] {1, 2, 3, 4}, 1);
        for (final TrafficProfile profile : new TrafficProfile[] {
                PROFILE.withUdpChecksum(true).withSizes(sizes).withFlows(3000),
                TrafficProfile.of(1, 2, address6, address6).withSizes(sizes).withFlows(3000)}) {
            try (GeneratorProgram program = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1)) {
                final byte[] page = profile.template();
                for (int i = 0; i < 400; i++) {
                    final byte[] frame = ProgramTestRun.run(program.program(), page).frame();
                    System.arraycopy(frame, 0, page, 0, frame.length);
                    WireProgramsTest.assertChecksums(profile, frame);
                }
            }
        }
    }

    private static long[] due(final TrafficProfile profile, final ArrivalPattern pattern, final int frames) {
        try (GeneratorProgram program = GeneratorProgram.load(profile, pattern, 1)) {
            // Long overdue, so that no frame is waited for.
            program.pace(System.nanoTime() - TimeUnit.SECONDS.toNanos(10), MEAN_NS, 1L << 40);
            final long[] due = new long[frames];
            for (int i = 0; i < frames; i++) {
                final ProgramTestRun.Result result = ProgramTestRun.run(program.program(), profile.template());
                assertEquals(XdpContext.XDP_REDIRECT, result.verdict());
                due[i] = time(result.frame());
            }
            return due;
        }
    }

    private static double[] gaps(final long... due) {
        final double[] gaps = new double[due.length - 1];
        Arrays.setAll(gaps, i -> due[i + 1] - due[i]);
        return gaps;
    }

    private static double share(final double[] gaps, final double below) {
        return (double) Arrays.stream(gaps).filter(gap -> gap < below).count() / gaps.length;
    }

    private static long time(final byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder()).getLong(PROFILE.stampOffset() + StampLayout.TIME);
    }
}
