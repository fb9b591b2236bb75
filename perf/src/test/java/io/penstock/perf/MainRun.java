package io.penstock.perf;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command line that was run in this JVM. */
public record MainRun(int exitCode, String out, String err) {

    /** Runs it. */
    public static MainRun of(final String... args) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final CommandLine line = Main.commandLine(args);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        final int exitCode = line.execute(args);
        return new MainRun(exitCode, out.toString(), err.toString());
    }
}
