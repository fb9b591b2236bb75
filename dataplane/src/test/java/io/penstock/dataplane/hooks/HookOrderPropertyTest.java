package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Functions run by priority, then by registration, whatever came and went; compared with a list kept in order by hand. */
class HookOrderPropertyTest {

    /**
     * One change.
     *
     * @param remove closes the registration with this number, modulo those there are, or -1 to register
     * @param priorities of the array to register
     */
    record Change(HookList list, int remove, List<Integer> priorities) {
    }

    /** A registration in the model. */
    record Known(HookList list, List<Integer> priorities, List<Integer> names, Registration registration) {
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        final Arbitrary<Integer> priority = Arbitraries.of(Integer.MIN_VALUE, -300, -1, 0, 0, 0, 1, 50, Integer.MAX_VALUE);
        return Combinators.combine(
                Arbitraries.of(HookList.IPV4_FORWARD, HookList.IPV4_PRE_ROUTING, HookList.INGRESS),
                Arbitraries.integers().between(-6, 5).map(i -> Math.max(-1, i)),
                priority.list().ofMinSize(1).ofMaxSize(4)).as(Change::new).list().ofMinSize(1).ofMaxSize(25);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
    void shouldRunByPriorityThenRegistration(@ForAll("changes") final List<Change> changes) {
        try (TestEngine engine = new TestEngine()) {
            final List<Known> model = new ArrayList<>();
            final List<Integer> calls = new ArrayList<>();
            int name = 0;
            for (final Change change : changes) {
                if (change.remove >= 0 && !model.isEmpty()) {
                    model.remove(change.remove % model.size()).registration.close();
                } else {
                    final List<Integer> names = new ArrayList<>();
                    final var array = new ArrayList<HookOps>();
                    for (final int priority : change.priorities) {
                        final int own = name++;
                        names.add(own);
                        array.add(Places.ops(change.list, "f" + own, priority, (packet, state) -> {
                            calls.add(own);
                            return Verdict.ACCEPT;
                        }));
                    }
                    model.add(new Known(change.list, change.priorities, names, engine.hooks.register(array)));
                }
                calls.clear();
                Places.send(engine, HookList.IPV4_FORWARD, 1);
                assertEquals(expected(model), calls);
                engine.assertBooks();
            }
        }
    }

    private static List<Integer> expected(final List<Known> model) {
        final List<Integer> names = new ArrayList<>();
        for (final HookList list : List.of(HookList.INGRESS, HookList.IPV4_PRE_ROUTING, HookList.IPV4_FORWARD)) {
            // An insertion sort by hand: after all of the same priority.
            final List<int[]> sorted = new ArrayList<>();
            for (final Known known : model) {
                for (int i = 0; known.list == list && i < known.names.size(); i++) {
                    int at = 0;
                    while (at < sorted.size() && sorted.get(at)[0] <= known.priorities.get(i)) {
                        at++;
                    }
                    sorted.add(at, new int[] {known.priorities.get(i), known.names.get(i)});
                }
            }
            sorted.forEach(pair -> names.add(pair[1]));
        }
        return names;
    }
}
