package io.penstock.dataplane.control;

import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.TablesLock;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * The commands of a network namespace, by the names that operators know.
 *
 * @param tables      those that speak of tables
 * @param connections those that speak of connections
 */
public record Tools(TableCommands tables, ConnectionCommands connections) {

    /** Their names. */
    public static final List<String> NAMES =
            Stream.concat(TableCommands.TOOLS.stream(), ConnectionCommands.TOOLS.stream()).toList();

    /**
     * What a command has of whoever gave it. Standard output and error write ISO 8859-1.
     *
     * @param in     standard input
     * @param out    standard output
     * @param err    standard error
     * @param files  files that the arguments name
     * @param lock   what commands that change tables wait for
     * @param ending how a command that goes on until somebody ends it learns that it is to end
     */
    record Giver(InputStream in, PrintStream out, PrintStream err, CommandFiles files, TablesLock lock, ConntrackCommand.Ending ending) {
    }

    /**
     * Runs one.
     *
     * @param tool  one of {@link #NAMES}
     * @param words its arguments; a character is a byte
     * @return its exit status
     */
    int run(final String tool, final List<String> words, final Giver giver) {
        return ConnectionCommands.TOOLS.contains(tool) ? connections.run(tool, words, giver)
                : tables.run(tool, words, giver.in, giver.out, giver.err, giver.files, giver.lock);
    }
}
