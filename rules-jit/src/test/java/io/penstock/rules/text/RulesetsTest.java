package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Rulesets;
import io.penstock.os.testkit.Rulesets.Ruleset;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.MemoryTableStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Real rulesets, taken and printed. */
class RulesetsTest {

    private static final Names MACHINE = new SystemNames();

    @BeforeAll
    static void need() {
        Rulesets.need();
    }

    private static ToolBox box(final Names names) {
        return new ToolBox(new MemoryTableStore(), RuleExtensions.installed(), names, Clock.systemUTC());
    }

    private static String withoutComments(final String text) {
        return text.lines().filter(line -> !line.startsWith("#")).map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String restoreAndSave(final Ruleset set, final String text, final Names names) {
        final ToolBox box = box(names);
        final ToolBox.Outcome restored = box.run(set.tool() + "-restore", text, List.of());
        assertEquals("", restored.err());
        assertEquals(0, restored.status());
        return withoutComments(box.run(set.tool() + "-save", "", List.of()).out());
    }

    @TestFactory
    List<DynamicTest> shouldPrintWhatTheRealToolPrintsWhenARealSetWasRestored() {
        return Rulesets.files("golden", ".canon").stream().map(golden -> DynamicTest.dynamicTest(golden.getFileName().toString(), () -> {
            final String name = golden.getFileName().toString().replace(".canon", ".save");
            final Ruleset set = Rulesets.hosts().stream().filter(host -> host.name().equals(name)).findFirst().orElseThrow();
            assertEquals(Rulesets.read(golden), restoreAndSave(set, set.text(), MACHINE));
        })).toList();
    }

    @TestFactory
    List<DynamicTest> shouldTakeItsOwnOutputWhenContainersSetsWereRestored() {
        return Rulesets.containers().stream().map(set -> takesItsOwnOutput(set, MACHINE)).toList();
    }

    @TestFactory
    List<DynamicTest> shouldTakeItsOwnOutputWhenMeshesSetsWereRestored() {
        return Rulesets.meshes().stream().map(set -> takesItsOwnOutput(set, new MeshNames(MACHINE))).toList();
    }

    private static DynamicTest takesItsOwnOutput(final Ruleset set, final Names names) {
        return DynamicTest.dynamicTest(set.name(), () -> {
            final String saved = restoreAndSave(set, set.text(), names);
            assertTrue(saved.contains("COMMIT\n"), saved);
            assertEquals(sections(saved), sections(restoreAndSave(set, saved, names)));
        });
    }

    /** Groups and sets that this machine does not have make the real tool refuse some: then in the same words. */
    @Test
    @Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore"})
    void shouldDoWhatTheRealToolDoesWhenContainersAndMeshesSetsAreRestored(@TempDir final Path folder) throws Exception {
        final List<Ruleset> sets = new ArrayList<>(Rulesets.containers());
        sets.addAll(Rulesets.meshes());
        int taken = 0;
        for (final Ruleset set : sets) {
            final Path input = Files.writeString(folder.resolve("input"), set.text(), StandardCharsets.ISO_8859_1);
            final ToolBox box = box(MACHINE);
            final ToolBox.Outcome outcome = box.run(set.tool() + "-restore", set.text(), List.of());
            try (TestNetNs namespace = TestNetNs.create("r")) {
                final ToolBox.Outcome real = real(namespace, set.tool() + "-legacy-restore", input, folder);
                assertEquals(real, outcome, set::name);
                assertEquals(withoutComments(real(namespace, set.tool() + "-legacy-save", input, folder).out()),
                        withoutComments(box.run(set.tool() + "-save", "", List.of()).out()), set::name);
                taken += real.status() == 0 ? 1 : 0;
            }
        }
        System.out.printf("rulesets beside the real tool: sets=%d taken=%d%n", sets.size(), taken);
        assertTrue(taken > 0, "the real tool takes none");
    }

    private static ToolBox.Outcome real(final TestNetNs namespace, final String tool, final Path input, final Path folder)
            throws IOException, InterruptedException {
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final int status = new ProcessBuilder("ip", "netns", "exec", namespace.name(), tool).redirectInput(input.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
        return new ToolBox.Outcome(status, Rulesets.read(out), Rulesets.read(err));
    }

    @TestFactory
    List<DynamicTest> shouldRefuseAsTheRealToolWhenItRefuses() {
        return Rulesets.files("expect-reject", ".save").stream().map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> {
            final String name = set.getFileName().toString();
            final String reason = Rulesets.read(set.resolveSibling("REASONS.txt")).lines()
                    .filter(line -> line.startsWith(name)).findFirst().orElseThrow().substring(name.length() + 2).strip();
            final ToolBox.Outcome outcome = box(MACHINE).run("iptables-restore", Rulesets.read(set), List.of());
            assertEquals(2, outcome.status());
            assertTrue(outcome.err().replace('\n', ' ').startsWith(reason), outcome.err());
        })).toList();
    }

    /** Tables come back in the reverse order of their first use: compared one by one. */
    private static List<String> sections(final String text) {
        return Arrays.stream(text.split("(?=\\*)")).sorted().toList();
    }
}
