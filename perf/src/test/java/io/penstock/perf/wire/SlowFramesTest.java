package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.testkit.Privileged;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@Privileged
class SlowFramesTest {

    private static final TrafficProfile PROFILE = TrafficProfile.of(
            0x0200_0000_0001L, 0x0200_0000_0002L, new byte[] {10, 1, 0, 0}, new byte[] {10, 2, 0, 1});
    private static final int FRAMES = 100;
    private static final long NEVER = 1L << 60;

    @Test
    void shouldTellWhenEachCameAndHowLongItTookWhenFramesAreSlow() {
        try (SlowFrames slow = new SlowFrames(0)) {
            final long beforeNs = System.nanoTime();
            final SinkReport report = send(slow);
            final long afterNs = System.nanoTime();
            final List<long[]> frames = read(slow);
            assertEquals(FRAMES, frames.size());
            for (final long[] frame : frames) {
                assertTrue(frame[0] - beforeNs > 0 && frame[0] - afterNs < 0 && frame[0] - frame[1] - beforeNs > 0, "within the time");
            }
            assertEquals(report.latency().max(), frames.stream().mapToLong(frame -> frame[1]).max().orElseThrow());
            slow.reset();
            assertEquals(0, read(slow).size());
        }
    }

    @Test
    void shouldTellNothingWhenNoFrameIsSlow() {
        try (SlowFrames slow = new SlowFrames(NEVER)) {
            assertEquals(FRAMES, send(slow).frames());
            assertEquals(0, read(slow).size());
        }
    }

    @Test
    void shouldTellAsWhatTheHistogramCountedThemWhenAsked() {
        try (SlowFrames slow = new SlowFrames(0)) {
            final LatencyHistogram latency = send(slow).latency();
            final List<Long> counted = new ArrayList<>();
            latency.forEach((ns, count) -> {
                for (long i = 0; i < count; i++) {
                    counted.add(ns);
                }
            });
            assertEquals(counted, read(slow).stream().map(frame -> latency.told(frame[1])).sorted().toList());
        }
    }

    private static SinkReport send(final SlowFrames slow) {
        try (GeneratorProgram generator = GeneratorProgram.load(PROFILE, ArrivalPattern.constant(), 1);
                SinkProgram sink = SinkProgram.load(ArrivalCheck.of(PROFILE, 0), slow)) {
            for (int i = 0; i < FRAMES; i++) {
                ProgramTestRun.run(sink.program(), ProgramTestRun.run(generator.program(), PROFILE.template()).frame());
            }
            return sink.read();
        }
    }

    private static List<long[]> read(final SlowFrames slow) {
        final List<long[]> frames = new ArrayList<>();
        assertEquals(0, slow.read((receivedNs, latencyNs) -> frames.add(new long[] {receivedNs, latencyNs})));
        return frames;
    }
}
