package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.PlannedCommands;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is to be measured, and in which order. */
final class PlanTest {

    /** What the quick plan may take, beside starting and writing the report. Unit: s. */
    private static final double QUICK_S = 9 * 60;

    @Test
    void shouldBeDoneInNineMinutesWhenQuick() {
        final double seconds = Plan.of(true, 1).steps(need -> true).stream().mapToDouble(step -> step.measurement().seconds()).sum();
        assertTrue(seconds <= QUICK_S, "seconds=" + seconds);
    }

    @Test
    void shouldHoldCommandLinesThatThereAre() {
        for (final boolean quick : new boolean[] {true, false}) {
            for (final Step step : Plan.of(quick, 1).steps(need -> true)) {
                assertDoesNotThrow(() -> PlannedCommands.parse(step.command()), step.command().toString());
            }
        }
    }

    @Test
    void shouldGiveTheSeedToEachCommandThatTakesOne() {
        for (final boolean quick : new boolean[] {true, false}) {
            int seeded = 0;
            for (final Step step : Plan.of(quick, 4711).steps(need -> true)) {
                final int at = step.command().indexOf("--seed");
                assertEquals(PlannedCommands.hasOption(step.command(), "--seed"), at >= 0, step.command().toString());
                if (at >= 0) {
                    assertEquals("4711", step.command().get(at + 1));
                    seeded++;
                }
            }
            assertTrue(seeded >= 5, "quick=" + quick + " seeded=" + seeded);
        }
    }

    @Test
    void shouldMakeTheFirstRoundsOfAllBeforeTheSecondOnes() {
        final Plan plan = new Plan(List.of(measurement("a").times(2), measurement("b"), measurement("c").times(2)));
        assertEquals(List.of("a", "b", "c", "a.2", "c.2"), plan.steps(need -> true).stream().map(Step::name).toList());
    }

    @Test
    void shouldLeaveAPeerOutWhereItIsAbsent() {
        final Plan plan = new Plan(List.of(measurement("with").beside(Need.OVS, "--against", "ovs"), measurement("only").beside(Need.OVS),
                measurement("root").needing(Need.ROOT)));
        final List<Step> all = plan.steps(need -> true);
        assertEquals(List.of("bench", "fib", "--against", "ovs", "--json"), all.getFirst().command());
        assertEquals(Map.of(), Plan.absences(all));
        final List<Step> steps = plan.steps(need -> false);
        assertEquals(List.of("bench", "fib", "--json"), steps.getFirst().command());
        assertNull(steps.getFirst().absent());
        assertEquals(Map.of("only", "Open vSwitch with DPDK is absent: install with --install-peers", "root",
                "not measured: needs root; run it with sudo"), Plan.absences(steps));
    }

    @Test
    void shouldChooseByNameOrCommand() {
        final Plan plan = Plan.of(true, 1);
        assertEquals(List.of("service-direct"), ids(plan.only(List.of("direct"))));
        assertTrue(ids(plan.only(List.of("wire"))).contains("wire-snat"));
        assertEquals(List.of(), ids(plan.only(List.of("nothing-like-that"))));
        assertEquals(ids(plan), ids(plan.only(List.of())));
    }

    private static List<String> ids(final Plan plan) {
        return plan.measurements().stream().map(Measurement::id).toList();
    }

    private static Measurement measurement(final String id) {
        return Measurement.of(id, id, 1, "bench", "fib");
    }
}
