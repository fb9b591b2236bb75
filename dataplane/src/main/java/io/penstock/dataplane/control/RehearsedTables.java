package io.penstock.dataplane.control;

import io.penstock.dataplane.rehearsal.Rehearsal;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;

/** Tables that are changed only when workers would find their code compiled: a command that comes in the first second waits. */
record RehearsedTables(TableStore store) implements TableStore {

    /** On a busy machine the rehearsal takes longer than an operator should wait: then packets may be slow for a moment. Unit: s. */
    private static final int PATIENCE_SECONDS = 1;

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        // A table's first use puts it into force.
        Rehearsal.await(PATIENCE_SECONDS);
        return store.read(family, table);
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        return store.tables(family);
    }

    @Override
    public void replace(final TableReplacement replacement) {
        Rehearsal.await(PATIENCE_SECONDS);
        store.replace(replacement);
    }

    @Override
    public void test(final RuleTable table) {
        store.test(table);
    }
}
