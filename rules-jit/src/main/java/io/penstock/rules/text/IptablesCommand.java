package io.penstock.rules.text;

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
 * <p>Whoever calls it holds the tables' lock: {@code -w} is taken and has nothing to wait for.
 */
public final class IptablesCommand {

    private final TableStore store;
    private final Extensions extensions;
    private final Names names;
    private final IpFamily family;

    /** The command of a family. */
    public IptablesCommand(final TableStore store, final Extensions extensions, final Names names, final IpFamily family) {
        this.store = store;
        this.extensions = extensions;
        this.names = names;
        this.family = family;
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
            final TableEdit edit = command.openOrEnd(line.table);
            if (!command.run(line, edit)) {
                return command.report(edit);
            }
            edit.commit();
            return 0;
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
}
