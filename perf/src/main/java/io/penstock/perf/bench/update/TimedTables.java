package io.penstock.perf.bench.update;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;

/**
 * Tables, with the time that a command spends in them.
 *
 * <p>Threads: one.
 */
final class TimedTables implements TableStore {

    private TableStore store;
    private long readNs;
    private long replaceNs;
    private long compiledNs;
    private long inForceNs;

    /** The tables, once they are there. */
    void store(final TableStore value) {
        store = value;
    }

    /** What a worker runs at once; the first of them is made when the table is compiled. */
    TableProgram program(final CompiledTable table, final int worker) {
        if (compiledNs == 0) {
            compiledNs = System.nanoTime();
        }
        return table.indexed(worker);
    }

    /** A command begins. */
    void begin() {
        readNs = 0;
        replaceNs = 0;
        compiledNs = 0;
        inForceNs = 0;
    }

    /** Time that the command spent in reading the table. */
    long readNs() {
        return readNs;
    }

    /** When it was to be replaced. */
    long replaceNs() {
        return replaceNs;
    }

    /** When the new one was checked and compiled. */
    long compiledNs() {
        return compiledNs;
    }

    /** When it was in force, and the old one's counters were handed over; 0 if none was replaced. */
    long inForceNs() {
        return inForceNs;
    }

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        final long fromNs = System.nanoTime();
        final TableSnapshot snapshot = store.read(family, table);
        readNs += System.nanoTime() - fromNs;
        // A table's first use compiles the empty one.
        compiledNs = 0;
        return snapshot;
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        return store.tables(family);
    }

    @Override
    public void replace(final TableReplacement replacement) {
        replaceNs = System.nanoTime();
        compiledNs = 0;
        store.replace(replacement);
        inForceNs = System.nanoTime();
    }

    @Override
    public void test(final RuleTable table) {
        store.test(table);
    }
}
