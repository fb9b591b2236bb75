package io.penstock.perf.bench.measure;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What every command here does with its options and results. Threads: main. */
public final class Options {

    private Options() {
    }

    /** Refuses a number that is out of range. */
    public static void check(final CommandSpec spec, final String option, final long value, final long least, final long most) {
        if (value < least || value > most) {
            throw usage(spec, option + '=' + value + " is out of range: least=" + least + " most=" + most);
        }
    }

    /** Refuses a time that is out of range, or no number. Unit: s. */
    public static void checkSeconds(
            final CommandSpec spec, final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw usage(spec, option + '=' + value + " is out of range: least=" + least + " most=" + most);
        }
    }

    /** A refusal, one sentence. */
    public static ParameterException usage(final CommandSpec spec, final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Prints a result. */
    public static void print(final CommandSpec spec, final String text) {
        final PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
