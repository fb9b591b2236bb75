package io.penstock.perf.bench.update;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.perf.bench.measure.ChildBench;
import io.penstock.perf.bench.measure.ChildJvm;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Several scenarios, each in a JVM of its own, so that no first change of rules finds code that another has warmed.
 *
 * @param text     what they have printed
 * @param exitCode the first that was not 0
 */
record UpdateTable(String text, int exitCode) {

    /**
     * Measures.
     *
     * @param arguments of this process's command line, from {@code bench} on
     * @param json      whether results are to be JSON: then they become one object, {@code {"table":[...]}}
     * @param progress  is told what is under way
     */
    static UpdateTable measure(final List<String> arguments, final List<String> scenarios, final boolean json, final PrintWriter progress) {
        final List<String> texts = new ArrayList<>();
        int exitCode = ExitCode.DONE;
        for (final String scenario : scenarios) {
            final ChildJvm.Output output = new ChildBench(arguments, progress).with("--scenario", scenario).attempt(scenario);
            texts.add(output.text().strip());
            exitCode = exitCode == ExitCode.DONE ? output.exitCode() : exitCode;
        }
        return new UpdateTable(json ? "{\"table\":[" + String.join(",", texts) + "]}\n" : String.join("\n\n", texts) + '\n', exitCode);
    }
}
