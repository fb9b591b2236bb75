package io.penstock.rules.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.TableStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * {@code iptables-restore} and {@code ip6tables-restore}: a table goes into force at its {@code COMMIT}, as a whole or not at all; tables
 * before a line that is wrong stay in force.
 */
public final class IptablesRestoreCommand {

    private final TableStore store;
    private final Extensions extensions;
    private final Names names;
    private final IpFamily family;
    private final TablesLock lock;
    private final CommandFiles files;
    private int line;
    private int column = 1;
    private String reason = "";

    /** The command of a family, over tables that nobody else reaches. */
    public IptablesRestoreCommand(final TableStore store, final Extensions extensions, final Names names, final IpFamily family) {
        this(store, extensions, names, family, TablesLock.NONE, CommandFiles.OWN);
    }

    /** The command of a family. */
    public IptablesRestoreCommand(final TableStore store, final Extensions extensions, final Names names, final IpFamily family,
            final TablesLock lock, final CommandFiles files) {
        this.store = store;
        this.extensions = extensions;
        this.names = names;
        this.family = family;
        this.lock = lock;
        this.files = files;
    }

    /**
     * Runs it.
     *
     * @param words the arguments, without the command's name
     * @param in    standard input
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return the exit status
     */
    public int run(final List<String> words, final InputStream in, final PrintStream out, final PrintStream err) {
        final Tool tool = new Tool(family.tool() + "-restore", family, extensions, names, out, err);
        try {
            tool.line(0);
            final RestoreOptions options = RestoreOptions.parse(tool, words);
            if (options.file == null) {
                return run(new RestoreFile(tool, store, options, lock), in);
            }
            try (InputStream file = open(tool, options.file)) {
                return run(new RestoreFile(tool, store, options, lock), file);
            }
        } catch (final ToolExit exit) {
            return exit.status();
        } catch (final ParameterProblem problem) {
            return tool.report(problem);
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        } finally {
            tool.flush();
        }
    }

    private int run(final RestoreFile restore, final InputStream in) throws IOException {
        try {
            return restore.run(in);
        } finally {
            reason = restore.reason();
            line = restore.line();
            column = restore.column();
        }
    }

    /** Why the last run's line failed where the tool says no more than that; or nothing. */
    public String reason() {
        return reason;
    }

    /** The line that was at fault in the last run, from 1 on; or the last one. */
    public int line() {
        return line;
    }

    /** The column of {@link #line} that was at fault, from 1 on. */
    public int column() {
        return column;
    }

    private InputStream open(final Tool tool, final String name) {
        try {
            return files.read(name);
        } catch (final IOException problem) {
            tool.err("Can't open " + name + ": " + problem.getMessage() + "\n");
            throw new ToolExit(1);
        }
    }
}
