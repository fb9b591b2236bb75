package io.penstock.perf.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class StageTableTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(at -> !at.contains("/test-classes/") && !at.contains("-tests.jar") && !at.contains("archfixture"))
            .importPackages("io.penstock");
    private static final Set<String> CLASSES =
            ALL.stream().map(JavaClass::getName).collect(Collectors.toCollection(TreeSet::new));

    @Test
    void shouldKnowEveryHotClass() {
        final Set<String> unknown = CLASSES.stream().filter(name -> name.contains(".hot.") && !name.endsWith(".package-info"))
                .filter(name -> !StageTable.knows(name)).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(unknown.isEmpty(), () -> "enter these in StageTable: " + unknown);
        assertTrue(CLASSES.stream().filter(name -> name.contains(".hot.")).count() > 100, "hot classes were not found");
    }

    @Test
    void shouldHaveNoEntryWithoutAClass() {
        for (final String entry : StageTable.entries()) {
            final int method = entry.indexOf('#');
            final String name = "io.penstock." + (method < 0 ? entry : entry.substring(0, method));
            assertTrue(entry.endsWith(".") ? CLASSES.stream().anyMatch(known -> known.startsWith(name)) : CLASSES.contains(name),
                    () -> "no class for the entry " + entry);
        }
    }

    @Test
    void shouldHaveNoEntryWithoutAMethod() {
        for (final String entry : StageTable.entries()) {
            final int at = entry.indexOf('#');
            if (at >= 0) {
                final JavaClass type = ALL.get("io.penstock." + entry.substring(0, at));
                assertTrue(type.getMethods().stream().anyMatch(method -> method.getName().equals(entry.substring(at + 1))),
                        () -> "no method for the entry " + entry);
            }
        }
    }

    @Test
    void shouldPreferTheMostParticularEntry() {
        assertEquals(Stage.RECEIVE, StageTable.of("io.penstock.dataplane.hot.port.MemoryPortIo", "receive"));
        assertEquals(Stage.SEND, StageTable.of("io.penstock.dataplane.hot.port.MemoryPortIo", "send"));
        assertEquals(Stage.CONNECTION_TRACK, StageTable.of("io.penstock.conntrack.hot.table.Confirmation", "any"));
        assertEquals(Stage.CONNECTION_LOOKUP, StageTable.of("io.penstock.conntrack.hot.table.TupleHash", "any"));
        assertEquals(Stage.CONNECTION_LOOKUP, StageTable.of("io.penstock.conntrack.hot.table.TupleHash$Inner", "any"));
        assertEquals(Stage.RULES, StageTable.of("io.penstock.rules.compile.GeneratedTable", "any"));
        assertEquals(Stage.SETS, StageTable.of("io.penstock.rules.hot.set.table.KeyTable", "find"));
    }

    @Test
    void shouldLeaveHelpersToWhoCallsThem() {
        assertNull(StageTable.of("io.penstock.os.hot.packet.Checksum", "fold"));
        assertNull(StageTable.of("io.penstock.conntrack.hot.ConnLayout", "status"));
        assertNull(StageTable.of("java.lang.String", "length"));
        assertNull(StageTable.of("io.penstock.nowhere.hot.Strange", "x"));
    }
}
