package io.penstock.perf.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProfileResultTest {

    private static final String PARSE = "dataplane.hot.pipeline.ParseStep.ipv4";
    private static final String PROGRAM = "dataplane.program.HookProgram.run";
    private static final String LOOP = "perf.bench.engine.BenchLoop.measure:X";
    private static final String LOOKUP = "conntrack.hot.table.TupleSearch.find";

    /** 60 in parsing, of which 40 in memory; 30 in a look-up that is called; 10 outside of everything. */
    private static final List<Sample> SAMPLES = samples();

    @Test
    void shouldBookTimeToTheInnermostStage() {
        final List<StageShare> shares = StageShare.of(SAMPLES);
        assertEquals(List.of(Stage.PARSE, Stage.CONNECTION_LOOKUP, Stage.OTHER), shares.stream().map(StageShare::stage).toList());
        assertEquals(0.6, shares.getFirst().share(), 1e-9);
        assertEquals(1.96 * Math.sqrt(0.6 * 0.4 / 100), shares.getFirst().error(), 1e-9);
    }

    @Test
    void shouldBookLoadsAndStoresToTheMethodThatAsksForThem() {
        final HotMethod parse = methods().getFirst();
        assertEquals("ParseStep.ipv4", parse.name());
        assertEquals(0.6, parse.share(), 1e-9);
        assertEquals(List.of("HookProgram.run"), parse.roots());
        assertEquals(4, parse.tier());
        assertEquals(0, parse.slowShare());
    }

    @Test
    void shouldSayWhyACallStayedACall() {
        final HotMethod find = methods().get(1);
        assertEquals(List.of("TupleSearch.find"), find.roots());
        assertEquals(List.of("HookProgram.run: callee is too large"), find.refusals().stream().map(HotMethod.Call::text).toList());
        assertEquals(3, find.tier());
        assertEquals(2, find.compilations());
        assertEquals(3, find.deoptimizations());
        assertEquals(900, find.codeBytes());
    }

    @Test
    void shouldWarnOfWhatIsWrong() {
        final List<String> warnings = result(true).warnings();
        assertEquals(List.of(
                "TupleSearch.find, 30.0 % of the time: 100.0 % of it below the top tier",
                "TupleSearch.find, 30.0 % of the time: deoptimized 3 times: TupleSearch.find:12 unstable_if",
                "TupleSearch.find, bytecodes=9001, is not inlined into HookProgram.run, 30.0 % of the time below that call: callee is too large",
                "10.0 % of the time belongs to no stage"), warnings.stream().filter(w -> !w.contains("never compiled")).toList());
        assertTrue(warnings.contains("TupleSearch.find, 30.0 % of the time: bytecodes=9001, more than 8000: it is never compiled; split it"),
                warnings::toString);
        assertTrue(result(false).warnings().getFirst().endsWith(
                "start the data plane with PENSTOCK_JAVA_OPTS='-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints'"));
    }

    @Test
    void shouldNotCallItAFaultWhenTheCalleeHasMuchCodeOfItsOwn() {
        assertFalse(Refusal.isForSize("already compiled into a big method"));
        assertTrue(Refusal.isForSize("hot method too big"));
        assertFalse(Refusal.isForSize("virtual call"));
    }

    @Test
    void shouldPrintAScreen() {
        final String text = result(true).text(10);
        assertTrue(text.startsWith("a test: 2.0 s, 100 samples, one for each millisecond of the clock; 3 more without a stack\n1 Mpps; 95 % error of "
                + "a share of 5 % is 4.3, of 20 % 7.8, of 50 % 9.8 %\n"), text);
        assertTrue(text.contains("\nparse              60.0 % +-9.6  60.00 ns  ##############################\n"), text);
        assertTrue(text.contains("\nParseStep.ipv4                              60.0%    4      ?      ?   0     0  HookProgram.run\n"), text);
        assertTrue(text.contains("\nTupleSearch.find                            30.0%    3   9001    900   2     3  | HookProgram.run: callee is too "
                + "large\n"), text);
    }

    @Test
    void shouldPrintTheSameAsJson() {
        final Report report = Report.parse("", result(true).json(2));
        assertEquals(100, report.number("samples"));
        assertEquals(2, report.number("seconds"));
        final Map<?, ?> stage = (Map<?, ?>) ((List<?>) report.values().get("stages")).getFirst();
        assertEquals("parse", stage.get("stage"));
        assertEquals(0.6, stage.get("share"));
        assertEquals(60, ((Number) stage.get("ns_per_packet")).doubleValue());
        final Map<?, ?> method = (Map<?, ?>) ((List<?>) report.values().get("methods")).get(1);
        assertEquals("{method=TupleSearch.find, share=0.3, tier=3, bytes=9001, code_bytes=900, inlined=0, inlined_into=[], "
                + "not_inlined=[HookProgram.run: callee is too large], deoptimizations=3, compilations=2}", method.toString());
        assertEquals("[{where=TupleSearch.find:12 unstable_if, count=3}]", report.values().get("deoptimizations").toString());
    }

    @Test
    void shouldReadTheListOfCode() {
        final List<Compilation> code = LiveProfile.codeOf("""
                729:
                11 4 0 W.main([Ljava/lang/String;)V [0x00007fc54bec7e88, 0x00007fc54bec7fa0 - 0x00007fc54bec8108]
                9 3 1 W.main([Ljava/lang/String;)V [0x00007fc5443ffc08, 0x00007fc5443ffd20 - 0x00007fc544400090]
                20 4 0 a.b.HookProgram/0x0000000059.run(J)I [0x00007fc54bec7e88, 0x00007fc54bec7fa0 - 0x00007fc54bec7fb0]
                """);
        assertEquals(List.of(new Compilation(11, "W.main([Ljava/lang/String;)V", 4, false, 0x168),
                new Compilation(20, "a.b.HookProgram.run(J)I", 4, false, 16)), code);
    }

    @Test
    void shouldKnowHowLargeMethodsAre() {
        final Bytecodes bytecodes = new Bytecodes(List.of(
                "[0.5s] 12       4       io.penstock.made.HookProgram/0x00005::run (81 bytes)",
                "[0.5s] 13 %     4       io.penstock.made.HookProgram/0x00005::loop @ 12 (91 bytes)   made not entrant: x"));
        assertEquals(81, bytecodes.of(Stacks.frame("made.HookProgram.run:C")));
        assertEquals(91, bytecodes.of(Stacks.frame("made.HookProgram.loop:C")));
        assertEquals(-1, bytecodes.of(Stacks.frame("made.HookProgram.none:C")));
        assertTrue(bytecodes.of(new Frame(Stacks.class.getName(), "of", "(Ljava/lang/String;)Lio/penstock/perf/bench/profile/Sample;",
                Frame.Kind.COMPILED, 0)) > 10);
    }

    private static List<Sample> samples() {
        final List<Sample> samples = new ArrayList<>();
        samples.addAll(Stacks.times(20, PARSE + ":I " + PROGRAM + ":C " + LOOP));
        samples.addAll(Stacks.times(40, "jdk.internal.misc.Unsafe.getLong:I os.hot.memory.Memory.getLong:I " + PARSE + ":I " + PROGRAM + ":C "
                + LOOP));
        samples.addAll(Stacks.times(30, LOOKUP + ":C " + PROGRAM + ":C " + LOOP));
        samples.addAll(Stacks.times(10, "somewhere.Else.x:C"));
        return samples;
    }

    private static Recording recording() {
        final String find = Stacks.frame(LOOKUP + ":C").key();
        final String program = Stacks.frame(PROGRAM + ":C").key();
        final Deoptimization trap = new Deoptimization(3, find, 12, "unstable_if", "reinterpret");
        return new Recording(SAMPLES, 3, List.of(new Compilation(1, program, 4, false, 5000), new Compilation(2, find, 4, false, 800),
                new Compilation(3, find, 4, false, 850), new Compilation(4, find, 3, false, 900), new Compilation(5, find, 4, true, 7)),
                List.of(new Refusal(1, program, "find", 7, "callee is too large"), new Refusal(1, program, "find", 8, "virtual call"),
                        new Refusal(4, program, "find", 7, "tier 3's words")),
                List.of(trap, trap, trap));
    }

    private static List<HotMethod> methods() {
        return HotMethods.of(recording(), new Bytecodes(List.of("[0s] 1 4 io.penstock.conntrack.hot.table.TupleSearch::find (9001 bytes)")),
                List.of());
    }

    private static ProfileResult result(final boolean exact) {
        return new ProfileResult("a test", 2, Sampler.CLOCK, recording(), StageShare.of(SAMPLES), methods(), 100, "1 Mpps", exact, true,
                MachineFacts.ofThis());
    }
}
