package io.penstock.rules.text;

import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableStore;
import java.util.List;
import java.util.function.Predicate;

/** What a line asks for, done to a table: of the command itself and of a line of a file. */
final class RuleCommand {

    /** Bytes of a table's name, with its end. */
    private static final int TABLE_NAME_BYTES = 32;

    private final Tool tool;
    private final TableStore store;
    private final RulePrinter printer;

    RuleCommand(final Tool tool, final TableStore store) {
        this.tool = tool;
        this.store = store;
        this.printer = new RulePrinter(tool.family(), tool.names());
    }

    /** Opens a table, or null if there is none of that name. */
    TableEdit open(final String name) {
        final TableName table = TableName.of(name);
        return table == null ? null : new TableEdit(store, store.read(tool.family(), table));
    }

    /** Why there is no table of that name. */
    static String whyNot(final String name) {
        return TableErrors.explain(TableErrors.Attempt.INIT,
                name.length() >= TABLE_NAME_BYTES ? TableRefusal.EINVAL : TableRefusal.ENOENT);
    }

    /** Opens the table that a line means, or ends. */
    TableEdit openOrEnd(final String name) {
        final TableEdit edit = open(name);
        if (edit == null) {
            throw new ParameterProblem(ParameterProblem.VERSION,
                    "can't initialize " + tool.family().tool() + " table `" + name + "': " + whyNot(name));
        }
        return edit;
    }

    /** Does it; false if the edit says what is wrong. */
    boolean run(final CommandLine line, final TableEdit edit) {
        final boolean hasRules = line.hasRule() && line.commands.size() == 1;
        final boolean adds = line.commands.contains(CommandKind.APPEND) || line.commands.contains(CommandKind.INSERT);
        if (hasRules && !edit.mayHave(line.ruleCount(), adds)) {
            return false;
        }
        final List<Rule> rules = hasRules ? line.rules(edit::isChain, tool::err) : List.of();
        boolean isDone = true;
        if (line.commands.contains(CommandKind.LIST)) {
            isDone = new TableListing(tool, printer, edit).list(line, CommandKind.LIST);
        }
        if (line.commands.contains(CommandKind.LIST_RULES)) {
            isDone = new TableListing(tool, printer, edit).list(line, CommandKind.LIST_RULES);
        }
        for (final CommandKind command : line.commands) {
            isDone = isDone && one(command, line, rules, edit);
        }
        return isDone;
    }

    private boolean one(final CommandKind command, final CommandLine line, final List<Rule> rules, final TableEdit edit) {
        final String chain = line.chain;
        return switch (command) {
            case APPEND -> each(line, rules, rule -> edit.append(chain, rule, line.packets, line.bytes));
            case INSERT -> each(line, rules, rule -> edit.insert(chain, rule, line.number - 1, line.packets, line.bytes));
            case REPLACE -> each(line, rules, rule -> edit.replace(chain, rule, line.number - 1, line.packets, line.bytes));
            case DELETE -> each(line, rules, rule -> edit.delete(chain, rule));
            case CHECK -> each(line, rules, rule -> edit.check(chain, rule));
            case DELETE_NUMBER -> edit.delete(chain, line.number - 1);
            case FLUSH -> chains(edit, chain, true, line.isVerbose() ? "Flushing" : null, edit::flush);
            case ZERO -> chains(edit, chain, true, line.isVerbose() ? "Zeroing" : null, edit::zero);
            case ZERO_NUMBER -> edit.zero(chain, line.number);
            case NEW_CHAIN -> edit.create(chain);
            case DELETE_CHAIN -> chains(edit, chain, false, line.isVerbose() ? "Deleting" : null, edit::deleteChain);
            case RENAME_CHAIN -> edit.rename(chain, line.newName);
            case SET_POLICY -> edit.policy(chain, line.policy, line.packets, line.bytes);
            case LIST, LIST_RULES -> true;
        };
    }

    private boolean each(final CommandLine line, final List<Rule> rules, final Predicate<Rule> operation) {
        boolean isDone = true;
        for (final Rule rule : rules) {
            if (line.isVerbose()) {
                final StringBuilder text = new StringBuilder();
                printer.line(text, rule);
                tool.out(text);
                tool.remarks(rule);
            }
            isDone &= operation.test(rule);
        }
        return isDone;
    }

    /** Does something to a chain, or to all, built-in ones too or not; says so first where a word for it is given. */
    boolean chains(final TableEdit edit, final String name, final boolean builtIn, final String verb, final Predicate<String> operation) {
        if (name != null) {
            if (verb != null) {
                tool.out(verb + " chain `" + name + "'\n");
            }
            return operation.test(name);
        }
        boolean isDone = true;
        for (final EditChain chain : edit.chains()) {
            if (builtIn || !chain.isBuiltIn()) {
                isDone &= chains(edit, chain.name(), builtIn, verb, operation);
            }
        }
        return isDone;
    }

    /** Says why a table was refused, as the tool does; gives the exit status. */
    int report(final TableRefusal refusal) {
        if (refusal.errno() == TableRefusal.EOPNOTSUPP) {
            tool.err(tool.name() + ": " + refusal.getMessage() + "\n");
            return ParameterProblem.OTHER;
        }
        return report(TableErrors.explain(TableErrors.Attempt.OTHER, refusal.errno()), refusal.errno());
    }

    /** Says what is wrong with the last operation; gives the exit status. */
    int report(final TableEdit edit) {
        return report(edit.explain(), edit.errno());
    }

    private int report(final String text, final int errno) {
        tool.err(tool.name() + ": " + text + (errno == TableRefusal.EINVAL ? ". Run `dmesg' for more information.\n" : ".\n"));
        return errno == TableRefusal.EAGAIN ? ParameterProblem.RESOURCE : ParameterProblem.OTHER;
    }
}
