package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.model.MemoryTableStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RulesetsTest {

    @BeforeAll
    static void need() {
        Assumptions.assumeTrue(Rulesets.folder() != null, "no folder shared/rulesets above " + Path.of("").toAbsolutePath());
    }

    private static ToolBox box() {
        return new ToolBox(new MemoryTableStore(), RuleExtensions.installed(), new SystemNames(), Clock.systemUTC());
    }

    private static String tool(final Path file) {
        final String name = file.getFileName().toString();
        return name.contains("-v6") || name.contains("ip6tables") || name.contains("ipv6") ? "ip6tables" : "iptables";
    }

    private static String withoutComments(final String text) {
        return text.lines().filter(line -> !line.startsWith("#")).map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String restoreAndSave(final String tool, final String text) {
        final ToolBox box = box();
        final ToolBox.Outcome restored = box.run(tool + "-restore", text, List.of());
        assertEquals("", restored.err());
        assertEquals(0, restored.status());
        return withoutComments(box.run(tool + "-save", "", List.of()).out());
    }

    @TestFactory
    List<DynamicTest> shouldPrintWhatTheRealToolPrintsWhenARealSetWasRestored() {
        return Rulesets.files("golden", ".canon").stream().map(golden -> DynamicTest.dynamicTest(golden.getFileName().toString(), () -> {
            final String name = golden.getFileName().toString().replace(".canon", ".save");
            final Path set = Rulesets.files("", ".save").stream().filter(file -> file.endsWith(name)).findFirst().orElseThrow();
            assertEquals(Rulesets.read(golden), restoreAndSave(tool(set), Rulesets.read(set)));
        })).toList();
    }

    @TestFactory
    List<DynamicTest> shouldTakeItsOwnOutputWhenContainersSetsWereRestored() {
        return Rulesets.files("docker", ".golden").stream().map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> {
            final String saved = restoreAndSave(tool(set), Rulesets.read(set));
            assertTrue(saved.contains("COMMIT\n"), saved);
            assertEquals(sections(saved), sections(restoreAndSave(tool(set), saved)));
        })).toList();
    }

    @TestFactory
    List<DynamicTest> shouldRefuseAsTheRealToolWhenItRefuses() {
        return Rulesets.files("expect-reject", ".save").stream().map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> {
            final String name = set.getFileName().toString();
            final String reason = Rulesets.read(set.resolveSibling("REASONS.txt")).lines()
                    .filter(line -> line.startsWith(name)).findFirst().orElseThrow().substring(name.length() + 2).strip();
            final ToolBox.Outcome outcome = box().run(tool(set) + "-restore", Rulesets.read(set), List.of());
            assertEquals(2, outcome.status());
            assertTrue(outcome.err().replace('\n', ' ').startsWith(reason), outcome.err());
        })).toList();
    }

    /** Tables come back in the reverse order of their first use: compared one by one. */
    private static List<String> sections(final String text) {
        return Arrays.stream(text.split("(?=\\*)")).sorted().toList();
    }
}
