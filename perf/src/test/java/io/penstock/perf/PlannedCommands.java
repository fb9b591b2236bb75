package io.penstock.perf;

import java.util.List;

/** Command lines of this program, looked at and not run. */
public final class PlannedCommands {

    private PlannedCommands() {
    }

    /** Throws what the program would refuse it with. */
    public static void parse(final List<String> arguments) {
        Main.commandLine(arguments.toArray(String[]::new)).parseArgs(arguments.toArray(String[]::new));
    }
}
