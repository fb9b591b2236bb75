package io.penstock.perf;

import java.util.List;
import picocli.CommandLine;

/** Command lines of this program, looked at and not run. */
public final class PlannedCommands {

    private PlannedCommands() {
    }

    /** Whether the command has an option. */
    public static boolean hasOption(final List<String> arguments, final String option) {
        CommandLine command = Main.commandLine(arguments.toArray(String[]::new));
        for (final String word : arguments) {
            final CommandLine next = command.getSubcommands().get(word);
            if (next == null) {
                break;
            }
            command = next;
        }
        return command.getCommandSpec().findOption(option) != null;
    }

    /** Throws what the program would refuse it with. */
    public static void parse(final List<String> arguments) {
        Main.commandLine(arguments.toArray(String[]::new)).parseArgs(arguments.toArray(String[]::new));
    }
}
