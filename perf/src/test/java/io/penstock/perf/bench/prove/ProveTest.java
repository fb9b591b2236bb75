package io.penstock.perf.bench.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.MainRun;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.Repeatability;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProveTest {

    private static final String ENGINE = "{\"mpps\":%s,\"runs\":[%s,%s],\"mpps_cpu\":%s,\"mpps_cpu_runs\":[%s,%s],\"ns_per_packet\":1,"
            + "\"allocated_bytes_per_packet\":%s,\"gc_count\":0}";
    private static final Prove PROVE = new Prove(1, 2, new PrintWriter(Writer.nullWriter()));
    /** Processes that differ as little as is ever believed: one in twenty pairs by more than 11 %. */
    private static final Repeatability ALIKE = Repeatability.of(List.of(new double[] {28, 28}, new double[] {28, 28}, new double[] {20, 20},
            new double[] {28, 28}));

    @Test
    void shouldFindASlowdown() {
        final Proof proof = PROVE.injected("x", engine(28, 0), engine(18, 0), "mpps_cpu", ALIKE);
        assertTrue(proof.found());
        assertEquals("found      x                                            35.7 to 55.5 ns a packet (-35.7 %), 0.000 to 0.000 bytes; "
                + "worse: mpps_cpu", proof.text());
    }

    @Test
    void shouldFindAnAllocation() {
        assertTrue(PROVE.injected("x", engine(28, 0), engine(28, 16), "allocated_bytes_per_packet", ALIKE).found());
        assertFalse(PROVE.injected("x", engine(28, 0), engine(18, 0), "allocated_bytes_per_packet", ALIKE).found());
    }

    @Test
    void shouldCallThePlainPairDifferentWhenEitherIsBetter() {
        assertTrue(PROVE.same("x", engine(28, 0), engine(30, 0), ALIKE).found());
        assertFalse(PROVE.same("x", engine(28, 0), engine(33, 0), ALIKE).found());
        assertFalse(PROVE.same("x", engine(33, 0), engine(28, 0), ALIKE).found());
    }

    @Test
    void shouldTakeForNoiseWhatProcessesDifferBy() {
        final Repeatability unlike = Repeatability.of(List.of(new double[] {28, 20}, new double[] {24, 33}, new double[] {20, 14},
                new double[] {28, 20}));
        assertTrue(PROVE.same("x", engine(28, 0), engine(33, 0), unlike).found());
        assertFalse(PROVE.injected("x", engine(28, 0), engine(18, 0), "mpps_cpu", unlike).found());
    }

    @Test
    void shouldFindPausesOnlyWhenTheyAreBlamedOnALostCpu() {
        final String paused = "{\"seconds\":3,\"latency_us\":{\"max\":2100},\"slowest\":[{\"at_s\":1,\"us\":2100,\"cause\":\"%s\"},"
                + "{\"at_s\":2,\"us\":2050,\"cause\":\"%s: worker\"},{\"at_s\":2.5,\"us\":500,\"cause\":\"gc\"}]}";
        final Report plain = Report.parse("", "{\"seconds\":3,\"latency_us\":{\"max\":100},\"slowest\":[]}");
        final Report told = Report.parse("", paused.formatted("off_cpu", "involuntary_switch"));
        final Proof proof = Prove.pause(plain, told);
        assertTrue(proof.found());
        assertEquals("of 2000 us, once a second: 2 told of and blamed on a CPU that was lost, 0 without; max 2100 us", proof.change());
        assertFalse(Prove.pause(plain, Report.parse("", paused.formatted("unknown", "off_cpu"))).found());
        assertFalse(Prove.pause(told, told).found(), "a machine that pauses by itself");
    }

    @Test
    void shouldPoolTheRepetitionsOfAllProcesses() {
        final Repeated repeated = new Repeated();
        repeated.add(engine(10, 0));
        repeated.add(engine(20, 1));
        final Report whole = repeated.whole();
        assertEquals(15, whole.samples("mpps_cpu").median(), 0.1);
        assertEquals(4, whole.samples("mpps_cpu").sorted().length);
        assertEquals(0.5, whole.number("allocated_bytes_per_packet"));
        assertEquals(null, whole.number("gc_count"));
    }

    @Test
    void shouldSayWhatWasFound() {
        final List<Proof> proofs = List.of(new Proof("a", true, "b"), new Proof("c", false, "d"));
        assertTrue(ProveCommand.text(proofs).contains("\nNOT found  c"), ProveCommand.text(proofs));
        assertEquals(false, Report.parse("", ProveCommand.json(proofs)).values().get("found"));
    }

    @Test
    void shouldSayWhatIsWrongInOneSentence() {
        final MainRun run = MainRun.of("bench", "prove", "--runs", "0");
        assertEquals(2, run.exitCode());
        assertEquals("--runs=0 is out of range: least=1 most=100", run.err().lines().findFirst().orElse(""));
    }

    private static Report engine(final double mpps, final double bytes) {
        final double near = mpps + 0.01;
        return Report.parse("", ENGINE.formatted(mpps, mpps, near, mpps, mpps, near, bytes));
    }
}
