package io.penstock.rules.text;

import io.penstock.os.getopt.GetoptLong;
import io.penstock.os.getopt.OptionArgument;
import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.TableStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** {@code iptables-save} and {@code ip6tables-save}. */
public final class IptablesSaveCommand {

    private static final String SHORT = "bcdt:M:f:V";
    private static final List<List<LongOption>> LONG = List.of(List.of(
            LongOption.of("counters", OptionArgument.NONE, 'c'),
            LongOption.of("dump", OptionArgument.NONE, 'd'),
            LongOption.of("table", OptionArgument.NEEDED, 't'),
            LongOption.of("modprobe", OptionArgument.NEEDED, 'M'),
            LongOption.of("file", OptionArgument.NEEDED, 'f'),
            LongOption.of("version", OptionArgument.NONE, 'V')));
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);
    private static final int FLUSH_AT = 1 << 16;

    private final TableStore store;
    private final Names names;
    private final IpFamily family;
    private final Clock clock;
    private final CommandFiles files;
    private final Extensions none = new Extensions(List.of(), List.of());

    /** The command of a family; the clock is the comments'. */
    public IptablesSaveCommand(final TableStore store, final Names names, final IpFamily family, final Clock clock) {
        this(store, names, family, clock, CommandFiles.OWN);
    }

    /** The command of a family over somebody's files. */
    public IptablesSaveCommand(final TableStore store, final Names names, final IpFamily family, final Clock clock,
            final CommandFiles files) {
        this.store = store;
        this.names = names;
        this.family = family;
        this.clock = clock;
        this.files = files;
    }

    /**
     * Runs it.
     *
     * @param words the arguments, without the command's name
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return the exit status
     */
    public int run(final List<String> words, final PrintStream out, final PrintStream err) {
        Tool tool = new Tool(family.tool() + "-save", family, none, names, out, err);
        PrintStream file = null;
        try {
            final GetoptLong<LongOption> options = new GetoptLong<>(words, SHORT, false, LONG);
            boolean counters = false;
            String table = null;
            for (int found = options.next(); found != GetoptLong.END; found = options.next()) {
                switch (found == GetoptLong.LONG ? options.found().letter() : (char) found) {
                    case 'b' -> tool.err("-b/--binary option is not implemented\n");
                    case 'c' -> counters = true;
                    case 't' -> table = options.argument();
                    case 'M' -> {
                        // No modules to load here.
                    }
                    case 'f' -> {
                        file = open(tool, options.argument());
                        tool = new Tool(tool.name(), family, none, names, file, err);
                    }
                    case 'd' -> {
                        save(tool, table, counters);
                        return 0;
                    }
                    case 'V' -> {
                        tool.out(tool.name() + " v" + Tool.FULL_VERSION + "\n");
                        return 0;
                    }
                    default -> {
                        tool.err(options.complaint(tool.name()));
                        tool.err("Look at manual page `" + tool.name() + ".8' for more information.\n");
                        return 1;
                    }
                }
            }
            if (options.index() < options.count()) {
                tool.err("Unknown arguments found on commandline\n");
                return 1;
            }
            save(tool, table, counters);
            return 0;
        } catch (final ToolExit exit) {
            return exit.status();
        } catch (final ParameterProblem problem) {
            return tool.report(problem);
        } finally {
            tool.flush();
            if (file != null) {
                file.close();
            }
        }
    }

    private PrintStream open(final Tool tool, final String name) {
        try {
            return new PrintStream(files.write(name), false, StandardCharsets.ISO_8859_1);
        } catch (final IOException problem) {
            tool.err("Failed to open file, error: " + problem.getMessage() + "\n");
            throw new ToolExit(1);
        }
    }

    private void save(final Tool tool, final String table, final boolean counters) {
        if (table == null) {
            store.tables(family).forEach(known -> table(tool, known, counters));
            return;
        }
        final TableName known = TableName.of(table);
        if (known == null) {
            throw ParameterProblem.other("Cannot initialize: %s", RuleCommand.whyNot(table));
        }
        table(tool, known, counters);
    }

    private void table(final Tool tool, final TableName name, final boolean counters) {
        final TableEdit edit = new TableEdit(store, store.read(family, name));
        final StringBuilder text = new StringBuilder();
        text.append("# Generated by ").append(tool.name()).append(" v").append(Tool.VERSION).append(" on ").append(now()).append('\n');
        text.append('*').append(name.text()).append('\n');
        final RulePrinter printer = new RulePrinter(family, names);
        for (final EditChain chain : edit.chains()) {
            text.append(':').append(chain.name()).append(' ');
            if (chain.isBuiltIn()) {
                text.append(chain.policy().name()).append(" [").append(Long.toUnsignedString(chain.end().packets())).append(':')
                        .append(Long.toUnsignedString(chain.end().bytes())).append("]\n");
            } else {
                text.append("- [0:0]\n");
            }
        }
        for (final EditChain chain : edit.chains()) {
            for (int i = 0; i < chain.size(); i++) {
                final EditRule rule = chain.at(i);
                printer.save(text, chain.name(), rule.rule(), counters ? RulePrinter.Counters.FRONT : RulePrinter.Counters.NONE,
                        rule.packets(), rule.bytes());
                tool.remarks(rule.rule());
                if (text.length() > FLUSH_AT) {
                    tool.out(text);
                    text.setLength(0);
                }
            }
        }
        text.append("COMMIT\n# Completed on ").append(now()).append('\n');
        tool.out(text);
    }

    private String now() {
        return DATE.format(ZonedDateTime.now(clock));
    }
}
