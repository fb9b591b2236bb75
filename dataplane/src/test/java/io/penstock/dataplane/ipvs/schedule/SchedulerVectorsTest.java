package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What schedulers choose, against recorded choices of the kernel's, and against scenarios made by hand. */
final class SchedulerVectorsTest {

    private static final String VECTORS = "shared/vectors/ipvs-schedulers.json";
    private static final int SCENARIOS = 357;

    @Test
    void shouldChooseAsTheKernelWhenItsRecordedChoicesAreRepeated() throws IOException {
        final Path file = file();
        assumeTrue(file != null, "../shared is absent: no file " + VECTORS + " above " + Path.of("").toAbsolutePath());
        final List<Map<String, Object>> scenarios = SchedulerVectors.parse(Files.readString(file));
        assertEquals(SCENARIOS, scenarios.size());
        int picks = 0;
        int tables = 0;
        for (final Map<String, Object> scenario : scenarios) {
            picks += SchedulerVectors.run(scenario);
            tables += scenario.get("table") instanceof final List<?> table && !table.isEmpty() ? 1 : 0;
        }
        assertTrue(picks > 10 * SCENARIOS, "picks=" + picks);
        assertEquals(14, tables);
    }

    @Test
    void shouldChooseAsExpectedWhenScenariosWereMadeByHand() throws IOException {
        final List<Map<String, Object>> scenarios;
        try (InputStream in = SchedulerVectorsTest.class.getResourceAsStream("/ipvs/schedulers.yaml")) {
            scenarios = SchedulerVectors.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        scenarios.forEach(SchedulerVectors::run);
        final Set<Object> covered = scenarios.stream().map(scenario -> scenario.get("sched")).collect(Collectors.toSet());
        assertEquals(new TreeSet<>(SchedulerKind.names()), new TreeSet<>(covered));
    }

    private static Path file() {
        for (Path from = Path.of("").toAbsolutePath(); from != null; from = from.getParent()) {
            if (Files.isRegularFile(from.resolve(VECTORS))) {
                return from.resolve(VECTORS);
            }
        }
        return null;
    }
}
