package io.penstock.dataplane.control;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;

/**
 * Tables for any thread, one call at a time, until they are closed. Commands hold the tables' lock from reading a table to replacing it;
 * listings do not, and none of them reaches tables that are taken down.
 */
final class SerialTables implements TableStore, AutoCloseable {

    private final TableStore tables;
    private boolean closed;

    SerialTables(final TableStore tables) {
        this.tables = tables;
    }

    @Override
    public synchronized TableSnapshot read(final IpFamily family, final TableName table) {
        check();
        return tables.read(family, table);
    }

    @Override
    public synchronized List<TableName> tables(final IpFamily family) {
        check();
        return tables.tables(family);
    }

    @Override
    public synchronized void replace(final TableReplacement replacement) {
        check();
        tables.replace(replacement);
    }

    @Override
    public synchronized void test(final RuleTable table) {
        check();
        tables.test(table);
    }

    /** Returns when no call is under way; none comes through afterwards. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private void check() {
        if (closed) {
            throw new TableRefusal(TableRefusal.EAGAIN, null, 0, "the data plane ends; start another with 'penstock run'");
        }
    }
}
