package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.ipvs.schedule.Roster;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Scenarios of what schedulers choose, as data: {@code sched}, {@code fallback}, {@code port_in_hash}, {@code variant}, {@code dests} (address, port, weight) in the
 * order in which the scheduler goes through them and in which they came one by one, {@code picks} (source, source port, destination, index of the server or -1).
 *
 * <p>The variants: with {@code dest0_overload} the first server is overloaded; with {@code dest1_weight0} the second one's weight became 0 when all were there.
 * After each pick the chosen server has one more active connection.
 */
final class SchedulerVectors {

    private static final int DESTINATION_PORT = 80;

    private SchedulerVectors() {
    }

    /** The scenarios of a text, YAML or JSON. */
    static List<Map<String, Object>> parse(final String text) {
        final List<Map<String, Object>> scenarios = new ArrayList<>();
        for (final Object scenario : (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text)) {
            final Map<String, Object> fields = new LinkedHashMap<>();
            ((Map<?, ?>) scenario).forEach((key, value) -> fields.put((String) key, value));
            scenarios.add(fields);
        }
        return scenarios;
    }

    /** Runs a scenario; returns how many picks it had. */
    static int run(final Map<String, Object> scenario) {
        final List<?> dests = (List<?>) scenario.get("dests");
        final TestServer[] servers = new TestServer[dests.size()];
        for (int i = 0; i < servers.length; i++) {
            final List<?> dest = (List<?>) dests.get(i);
            servers[i] = new TestServer((String) dest.get(0), (int) dest.get(1), (int) dest.get(2));
        }
        final SchedulerKind kind = SchedulerKind.of((String) scenario.get("sched"));
        final int flags = ((int) scenario.get("fallback") != 0 ? ServiceSpec.SCHEDULER_1 : 0)
                | ((int) scenario.get("port_in_hash") != 0 ? ServiceSpec.SCHEDULER_2 : 0);
        Scheduler scheduler = null;
        for (int count = 0; count <= servers.length; count++) {
            scheduler = kind.make(Arrays.copyOf(servers, count), flags, scheduler);
        }
        switch ((String) scenario.get("variant")) {
            case "dest0_overload" -> servers[0].isOverloaded = true;
            case "dest1_weight0" -> {
                servers[1].weight = 0;
                scheduler = kind.make(servers, flags, scheduler);
            }
            default -> assertEquals("plain", scenario.get("variant"));
        }
        final List<?> picks = (List<?>) scenario.get("picks");
        for (int i = 0; i < picks.size(); i++) {
            final List<?> pick = (List<?>) picks.get(i);
            final int chosen = scheduler.pick(TestFlows.of((String) pick.get(0), (int) pick.get(1), (String) pick.get(2), DESTINATION_PORT));
            final int at = i;
            assertEquals(pick.get(3), chosen, () -> "pick " + at + " of " + scenario);
            if (chosen >= 0) {
                servers[chosen].active++;
            }
        }
        checkTable(scenario, servers);
        return picks.size();
    }

    private static void checkTable(final Map<String, Object> scenario, final TestServer[] servers) {
        if (scenario.get("table") instanceof final List<?> table && !table.isEmpty()) {
            final int[] made = MaglevTables.fillAsKernel(new Roster(servers, 0, null));
            assertEquals(table, Arrays.stream(made).boxed().toList());
        }
    }
}
