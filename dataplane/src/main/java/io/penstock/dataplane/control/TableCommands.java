package io.penstock.dataplane.control;

import io.penstock.dataplane.rules.SharedStates;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import io.penstock.rules.text.TablesLock;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The commands that speak of tables, by the names that operators know.
 *
 * <p>Threads: any, if the tables and the lock are for any.
 */
public final class TableCommands {

    /** Their names. */
    public static final List<String> TOOLS = List.of(
            "iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore", RuleLists.RECENT,
            RuleLists.HASHLIMIT);

    private final TableStore tables;
    private final Clock clock;
    private final Lists lists;
    private final ToIntFunction<String> setFamilies;

    /** Commands over tables, and over the lists that their rules keep; the clock is what listings tell. There are no sets. */
    TableCommands(final TableStore tables, final Clock clock, final Lists lists) {
        this(tables, clock, lists, set -> -1);
    }

    /** The same; {@code setFamilies} tells of sets that rules name what {@code Names.setFamily} does. */
    TableCommands(final TableStore tables, final Clock clock, final Lists lists, final ToIntFunction<String> setFamilies) {
        this.setFamilies = setFamilies;
        this.tables = tables;
        this.clock = clock;
        this.lists = lists;
    }

    /** Runs a command of {@link RuleLists}. */
    @FunctionalInterface
    interface Lists {

        /** Runs it, and returns its exit status. */
        int run(String tool, List<String> words, PrintStream out, PrintStream err);
    }

    /**
     * Runs one.
     *
     * @param tool  one of {@link #TOOLS}
     * @param words its arguments; a character is a byte
     * @param in    standard input
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @param files files that the arguments name
     * @param lock  what commands that change tables wait for
     * @return its exit status
     */
    public int run(
            final String tool, final List<String> words, final InputStream in, final PrintStream out, final PrintStream err,
            final CommandFiles files, final TablesLock lock) {
        if (tool.equals(RuleLists.RECENT) || tool.equals(RuleLists.HASHLIMIT)) {
            if (words.equals(List.of("--help")) || words.equals(List.of("-h"))) {
                out.print(RuleLists.help(tool));
                return 0;
            }
            return lists.run(tool, words, out, err);
        }
        final IpFamily family = tool.startsWith(IpFamily.IPV6.tool()) ? IpFamily.IPV6 : IpFamily.IPV4;
        // Names are read anew for each command, as the tools read them.
        final SystemNames names = new SystemNames(setFamilies);
        return switch (tool.substring(family.tool().length())) {
            case "" -> new IptablesCommand(tables, Installed.EXTENSIONS, names, family, lock).run(words, out, err);
            case "-restore" -> new IptablesRestoreCommand(tables, Installed.EXTENSIONS, names, family, lock, files)
                    .run(words, in, out, err);
            case "-save" -> new IptablesSaveCommand(tables, names, family, clock, files).run(words, out, err);
            default -> throw new IllegalArgumentException("no command over tables: " + tool);
        };
    }

    /** The extensions that there are. */
    static Extensions extensions() {
        return Installed.EXTENSIONS;
    }

    /** Made when the first command needs them. */
    private static final class Installed {

        private static final Extensions EXTENSIONS = RuleExtensions.installed();
    }
}
