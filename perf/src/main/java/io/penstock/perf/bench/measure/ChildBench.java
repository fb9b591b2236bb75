package io.penstock.perf.bench.measure;

import io.penstock.perf.Main;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * This process's bench command again, in a JVM of its own, so that no measurement runs code that was compiled for another.
 *
 * <p>Threads: one.
 */
public final class ChildBench {

    private final List<String> arguments;
    private final PrintWriter progress;

    /**
     * Nothing yet.
     *
     * @param arguments of this process's command line, from {@code bench} on
     * @param progress  is told what is under way
     */
    public ChildBench(final List<String> arguments, final PrintWriter progress) {
        this.arguments = List.copyOf(arguments);
        this.progress = progress;
    }

    /** The same without an option that takes no value. */
    public ChildBench withoutFlag(final String option) {
        final List<String> kept = new ArrayList<>(arguments);
        kept.removeIf(option::equals);
        return new ChildBench(kept, progress);
    }

    /** The same with another value of an option, or with the option. */
    public ChildBench with(final String option, final Object value) {
        // Of an option that is given twice, picocli would complain.
        final List<String> kept = new ArrayList<>(without(option).arguments);
        kept.addAll(List.of(option, value.toString()));
        return new ChildBench(kept, progress);
    }

    /** The same without an option that takes a value. */
    public ChildBench without(final String option) {
        final List<String> kept = new ArrayList<>(arguments);
        final int given = kept.indexOf(option);
        if (given >= 0) {
            kept.subList(given, Math.min(given + 2, kept.size())).clear();
        }
        kept.removeIf(argument -> argument.startsWith(option + '='));
        return new ChildBench(kept, progress);
    }

    /** Its command line, from {@code bench} on. */
    public List<String> arguments() {
        return arguments;
    }

    /** Measures, and returns what it prints as it is, whatever the exit code. */
    public ChildJvm.Output attempt(final String what) {
        progress.println("measuring " + what);
        progress.flush();
        return ChildJvm.capture(List.of(), Main.class.getName(), arguments);
    }

    /** Measures, and returns the JSON object that it prints. */
    public String run(final String what, final List<String> jvmOptions) {
        progress.println("measuring " + what);
        progress.flush();
        final List<String> all = new ArrayList<>(withoutFlag("--json").arguments);
        all.add("--json");
        final ChildJvm.Output output = ChildJvm.capture(jvmOptions, Main.class.getName(), all);
        if (output.exitCode() != 0) {
            throw new BenchException(output.exitCode(), what + " could not be measured, see above: exit=" + output.exitCode());
        }
        return output.text().strip();
    }
}
