package io.penstock.dataplane.control;

import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.TablesLock;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The commands of a network namespace, by the names that operators know.
 *
 * @param tables      those that speak of tables
 * @param connections those that speak of connections
 * @param sets        those that speak of sets
 * @param services    those that speak of virtual services
 */
public record Tools(TableCommands tables, ConnectionCommands connections, SetCommands sets, ServiceCommands services) {

    /** sysctl(8), for the settings that the data plane keeps itself. */
    static final String SYSCTL = "sysctl";

    /** Their names. */
    public static final List<String> NAMES = Stream.of(TableCommands.TOOLS, ConnectionCommands.TOOLS, List.of(SYSCTL), SetCommands.TOOLS,
            ServiceCommands.TOOLS).flatMap(List::stream).toList();

    /**
     * What a command has of whoever gave it. Standard output and error write ISO 8859-1.
     *
     * @param in     standard input
     * @param out    standard output
     * @param err    standard error
     * @param files  files that the arguments name
     * @param lock   what commands that change tables wait for
     * @param ending how a command that goes on until somebody ends it learns that it is to end
     * @param gone   whether whoever gave the command has gone; of the command's thread, while it reads no input
     */
    record Giver(InputStream in, PrintStream out, PrintStream err, CommandFiles files, TablesLock lock, ConntrackCommand.Ending ending,
            BooleanSupplier gone) {
    }

    /**
     * Runs one.
     *
     * @param tool  one of {@link #NAMES}
     * @param words its arguments; a character is a byte
     * @return its exit status
     */
    int run(final String tool, final List<String> words, final Giver giver) {
        if (SetCommands.TOOLS.contains(tool)) {
            return sets.run(words, giver);
        }
        if (ServiceCommands.TOOLS.contains(tool)) {
            return services.run(tool, words, giver);
        }
        if (tool.equals(SYSCTL)) {
            return new SysctlCommand(connections.settings(), services.services()).run(words, giver.out, giver.err);
        }
        return ConnectionCommands.TOOLS.contains(tool) ? connections.run(words, giver)
                : tables.run(tool, words, giver.in, giver.out, giver.err, giver.files, giver.lock);
    }
}
