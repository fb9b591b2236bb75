package io.penstock.dataplane.control;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.List;

/**
 * The tables where no data plane can be reached: whoever opens one is told why. What needs none, such as the version, the help and mistakes
 * in the grammar, is as ever.
 *
 * <p>Threads: one.
 */
final class AbsentTables implements TableStore {

    private final String reason;
    private boolean asked;

    AbsentTables(final String reason) {
        this.reason = reason;
    }

    /** Whether a table was asked for. */
    boolean isAsked() {
        return asked;
    }

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        throw refuse("can't initialize " + family.tool() + " table `" + table.text() + "': ");
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        throw refuse("can't initialize " + family.tool() + " tables: ");
    }

    @Override
    public void replace(final TableReplacement replacement) {
        throw refuse("");
    }

    @Override
    public void test(final RuleTable table) {
        throw refuse("");
    }

    /** Of an IP set that a rule names: they are where the tables are. */
    int setFamily(final String set) {
        throw refuse("");
    }

    private ParameterProblem refuse(final String what) {
        asked = true;
        return new ParameterProblem(ParameterProblem.OTHER, what + reason);
    }
}
