package io.penstock.perf.bench.update;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Several scenarios, each in a JVM of its own, so that no first change of rules finds code that another has warmed.
 *
 * @param text     what they have printed
 * @param exitCode the first that was not 0
 */
record UpdateTable(String text, int exitCode) {

    /** What each scenario alone has a use for. */
    private static final Map<String, List<String>> OPTIONS = Map.of("restore", List.of("--restores"), "changes", List.of("--rule-count", "--changes",
            "--interval"));

    /** The command of one scenario: what is another's is left out. */
    static ChildBench child(final ChildBench command, final String scenario) {
        ChildBench child = command.with("--scenario", scenario);
        for (final String option : foreign(scenario)) {
            child = child.without(option);
        }
        return child;
    }

    /** Options that mean nothing to a scenario, as they are another's. */
    static List<String> foreign(final String scenario) {
        return OPTIONS.entrySet().stream().filter(other -> !other.getKey().equals(scenario)).flatMap(other -> other.getValue().stream()).toList();
    }

    /** The scenario that an option is about. */
    static String owner(final String option) {
        return OPTIONS.entrySet().stream().filter(scenario -> scenario.getValue().contains(option)).findFirst().orElseThrow().getKey();
    }

    /**
     * Measures.
     *
     * @param command this process's, which is about all of them
     * @param json    whether results are to be JSON: then they become one object, {@code {"table":[...]}}
     */
    static UpdateTable measure(final ChildBench command, final List<String> scenarios, final boolean json) {
        final List<String> texts = new ArrayList<>();
        int exitCode = ExitCode.DONE;
        for (final String scenario : scenarios) {
            final ChildJvm.Output output = child(command, scenario).attempt(scenario);
            texts.add(output.text().strip());
            exitCode = exitCode == ExitCode.DONE ? output.exitCode() : exitCode;
        }
        return new UpdateTable(json ? "{\"table\":[" + String.join(",", texts) + "]}\n" : String.join("\n\n", texts) + '\n', exitCode);
    }
}
