package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.other;
import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One run of iptables-restore over a file. */
final class RestoreFile {

    /** Bytes of a table's name that are kept. */
    private static final int TABLE_NAME_BYTES = 32;
    private static final int DECIMAL = 10;

    private final Tool tool;
    private final TableStore store;
    private final RestoreOptions options;
    private final TablesLock lock;
    private final RuleCommand command;
    private final Set<String> announced = new HashSet<>();
    private final int[] columns = new int[LineWords.MOST_WORDS];
    private final List<String> words = new ArrayList<>();
    private final LineWords split = new LineWords(words, columns);

    private TableEdit edit;
    private String table = "";
    private boolean isInTable;
    private boolean isLocked;
    private String why = "";
    private String reason = "";
    private int faultyLine;
    private int faultyColumn;

    RestoreFile(final Tool tool, final TableStore store, final RestoreOptions options, final TablesLock lock) {
        this.tool = tool;
        this.store = store;
        this.options = options;
        this.lock = lock;
        this.command = new RuleCommand(tool, store);
    }

    /** Reads it all; gives the exit status. The lock is held from a table's name to its end, as the real one holds it. */
    int run(final InputStream in) throws IOException {
        try {
            return read(in);
        } finally {
            unlock();
        }
    }

    private void lock() {
        tool.lock(lock, options.waitSeconds);
        isLocked = true;
    }

    private void unlock() {
        if (isLocked) {
            isLocked = false;
            lock.release();
        }
    }

    private int read(final InputStream in) throws IOException {
        final LineReader lines = new LineReader(in);
        for (String line = lines.next(); line != null; line = lines.next()) {
            tool.line(tool.line() + 1);
            fault(tool.line(), 1);
            if (line.startsWith("\n")) {
                continue;
            }
            if (line.startsWith("#")) {
                if (options.verbose > 0) {
                    tool.out(line);
                }
                continue;
            }
            if (!line(line) && isWanted()) {
                reason = edit == null ? reason : edit.explain();
                tool.err(tool.name() + ": line " + tool.line() + " failed\n" + why);
                return ParameterProblem.OTHER;
            }
        }
        if (isInTable) {
            fault(tool.line() + 1, 1);
            tool.err(tool.name() + ": COMMIT expected at line " + (tool.line() + 1) + "\n");
            return ParameterProblem.OTHER;
        }
        return 0;
    }

    /** Why a line failed, or nothing. */
    String reason() {
        return reason;
    }

    private void fault(final int line, final int column) {
        faultyLine = line;
        faultyColumn = column;
    }

    /** The line that is at fault, from 1 on. */
    int line() {
        return faultyLine;
    }

    /** The column that is at fault, from 1 on. */
    int column() {
        return faultyColumn;
    }

    private boolean isWanted() {
        return options.table == null || options.table.equals(table);
    }

    private boolean line(final String line) {
        if (isInTable && line.equals("COMMIT\n")) {
            return commit();
        }
        if (!isInTable) {
            return line.startsWith("*") && begin(line);
        }
        if (line.startsWith(":")) {
            chain(line);
            return true;
        }
        return rule(line);
    }

    private boolean commit() {
        isInTable = false;
        try {
            if (options.test) {
                store.test(edit.build());
            } else {
                edit.commit();
            }
        } catch (final TableRefusal refusal) {
            return refused(refusal);
        } finally {
            edit = null;
            unlock();
        }
        return true;
    }

    /** A test ends well whatever the tables say to it, as the real one, which does not ask them. */
    private boolean refused(final TableRefusal refusal) {
        reason = refusal.getMessage();
        final RulePlace place = edit.place(refusal.chain(), refusal.number());
        if (place != null) {
            fault(place.line(), place.column(refusal.part()));
        }
        why = "penstock: line=" + faultyLine + " column=" + faultyColumn + " errno=" + refusal.errno() + ": " + refusal.getMessage() + "\n";
        if (options.test) {
            tool.err(why);
        }
        return options.test;
    }

    private boolean begin(final String line) {
        lock();
        final String name = new Tokens(line, 1).next(Tokens.BLANKS);
        if (name == null) {
            throw parameter("%s: line %d table name invalid", tool.name(), tool.line());
        }
        table = name.substring(0, Math.min(name.length(), TABLE_NAME_BYTES));
        if (options.table != null && !options.table.equals(name)) {
            unlock();
            return true;
        }
        edit = command.open(name);
        if (edit == null) {
            throw parameter("%s: unable to initialize table '%s'", tool.name(), name);
        }
        if (!options.noFlush) {
            command.chains(edit, null, true, options.verbose > 0 ? "Flushing" : null, edit::flush);
            command.chains(edit, null, false, options.verbose > 0 ? "Deleting" : null, edit::deleteChain);
        }
        isInTable = true;
        return true;
    }

    private void chain(final String line) {
        final Tokens tokens = new Tokens(line, 1);
        final String name = tokens.next(Tokens.BLANKS);
        if (name == null) {
            throw parameter("%s: line %d chain name invalid", tool.name(), tool.line());
        }
        if (name.length() >= Extensions.NAME_BYTES) {
            throw parameter("Invalid chain name `%s' (%d chars max)", name, Extensions.NAME_BYTES - 1);
        }
        final EditChain there = edit.chain(name);
        if (there == null || !there.isBuiltIn()) {
            if (options.noFlush && there != null) {
                edit.flush(name);
            } else if (!edit.create(name)) {
                throw parameter("error creating chain '%s':%s", name, TableErrors.system(edit.errno()));
            }
        }
        final String policy = tokens.next(Tokens.BLANKS);
        if (policy == null) {
            throw parameter("%s: line %d policy invalid", tool.name(), tool.line());
        }
        if (!policy.equals("-")) {
            final long[] counters = options.counters ? counters(tokens.next(Tokens.BLANKS), name) : new long[2];
            if (!edit.policy(name, policy, counters[0], counters[1])) {
                throw other("Can't set policy `%s' on `%s' line %d: %s", policy, name, tool.line(), edit.explain());
            }
        }
        announced.add(name);
    }

    private static long[] counters(final String text, final String chain) {
        if (text != null && text.startsWith("[")) {
            final CNumber packets = CNumber.read(text, 1, DECIMAL);
            if (packets.end() > 1 && text.startsWith(":", packets.end())) {
                final CNumber bytes = CNumber.read(text, packets.end() + 1, DECIMAL);
                if (bytes.end() > packets.end() + 1) {
                    return new long[] {packets.value(), bytes.value()};
                }
            }
        }
        throw parameter("invalid policy counters for chain '%s'", chain);
    }

    private boolean rule(final String line) {
        words.clear();
        LineWords.add(words, "-t");
        LineWords.add(words, table);
        for (int i = 0; !options.noFlush && i < options.verbose; i++) {
            LineWords.add(words, "-v");
        }
        int from = 0;
        if (line.startsWith("[")) {
            from = line.indexOf(']') + 1;
            if (from == 0) {
                throw parameter("Bad line %d: need ]", tool.line());
            }
            counters(line);
        }
        final int first = words.size();
        Arrays.fill(columns, 0, first, from + 1);
        try {
            split.split(line, from);
        } catch (final ParameterProblem problem) {
            fault(tool.line(), split.column());
            throw problem;
        }
        return words(first);
    }

    private boolean words(final int first) {
        final RuleLineParser parser = new RuleLineParser(tool, words, "filter", true, announced);
        final CommandLine asked;
        try {
            asked = parser.parse();
        } catch (final ParameterProblem | ToolExit problem) {
            fault(tool.line(), column(parser.faultyWord()));
            throw problem;
        }
        final int[] parts = new int[asked.partWords.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = column(asked.partWords[i]);
        }
        final RulePlace place = new RulePlace(tool.line(), column(first), parts);
        edit.place(place);
        // What makes it throw is that what the rule jumps to is not there.
        fault(place.line(), place.column(parts.length - 1));
        final boolean isDone = command.run(asked, edit);
        fault(place.line(), place.column(TableRefusal.WHOLE));
        return isDone;
    }

    private int column(final int word) {
        return word < 0 ? 0 : columns[word];
    }

    private void counters(final String line) {
        final Tokens tokens = new Tokens(line, 1);
        final String packets = tokens.next(":");
        if (packets == null) {
            throw parameter("Bad line %d: need :", tool.line());
        }
        final String bytes = tokens.next("]");
        if (bytes == null) {
            throw parameter("Bad line %d: need ]", tool.line());
        }
        if (options.counters) {
            LineWords.add(words, "--set-counters");
            LineWords.add(words, packets);
            LineWords.add(words, bytes);
        }
    }
}
