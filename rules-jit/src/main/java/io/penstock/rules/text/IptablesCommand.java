package io.penstock.rules.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableStore;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/**
 * {@code iptables} and {@code ip6tables}.
 *
 * <p>Differs from other versions as 1.8.9 does: without {@code -w}, or with {@code -w 0}, it waits for the lock as long as it takes.
 */
public final class IptablesCommand {

    private final TableStore store;
    private final Extensions extensions;
    private final Names names;
    private final IpFamily family;
    private final TablesLock lock;

    /** The command of a family, over tables that nobody else reaches. */
    public IptablesCommand(final TableStore store, final Extensions extensions, final Names names, final IpFamily family) {
        this(store, extensions, names, family, TablesLock.NONE);
    }

    /** The command of a family. */
    public IptablesCommand(final TableStore store, final Extensions extensions, final Names names, final IpFamily family,
            final TablesLock lock) {
        this.store = store;
        this.extensions = extensions;
        this.names = names;
        this.family = family;
        this.lock = lock;
    }

    /**
     * Runs it.
     *
     * @param words the arguments, without the command's name; a character is a byte
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return the exit status
     */
    public int run(final List<String> words, final PrintStream out, final PrintStream err) {
        final Tool tool = new Tool(family.tool(), family, extensions, names, out, err);
        final RuleCommand command = new RuleCommand(tool, store);
        try {
            final CommandLine line = new RuleLineParser(tool, words, "filter", false, Set.of()).parse();
            tool.lock(lock, line.waitSeconds);
            try {
                return run(command, line);
            } finally {
                lock.release();
            }
        } catch (final ToolExit exit) {
            return exit.status();
        } catch (final ParameterProblem problem) {
            return tool.report(problem);
        } catch (final TableRefusal refusal) {
            return command.report(refusal);
        } finally {
            tool.flush();
        }
    }

    private static int run(final RuleCommand command, final CommandLine line) {
        final TableEdit edit = command.openOrEnd(line.table);
        if (!command.run(line, edit)) {
            return command.report(edit);
        }
        edit.commit();
        return 0;
    }
}
