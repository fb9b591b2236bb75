package io.penstock.perf.bench.engine;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tables of which only the rules that can run are put into force, for measuring files that ask for more; counters begin with 0. Whoever
 * reads a table back sees it without the others.
 *
 * <p>Threads: one.
 */
final class RunnableRules implements TableStore {

    private final TableStore store;
    private int leftOut;

    RunnableRules(final TableStore store) {
        this.store = store;
    }

    /** Rules that were not put into force. */
    int leftOut() {
        return leftOut;
    }

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        return store.read(family, table);
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        return store.tables(family);
    }

    @Override
    public void replace(final TableReplacement replacement) {
        final RuleTable table = runnable(replacement.table());
        leftOut += replacement.table().counters() - table.counters();
        final int[] origin = new int[table.counters()];
        Arrays.fill(origin, -1);
        store.replace(new TableReplacement(replacement.version(), table, origin, new long[origin.length], new long[origin.length]));
    }

    @Override
    public void test(final RuleTable table) {
        store.test(runnable(table));
    }

    private static RuleTable runnable(final RuleTable table) {
        final List<Chain> chains = new ArrayList<>();
        for (final Chain chain : table.chains()) {
            chains.add(new Chain(chain.name(), chain.policy(), chain.rules().stream().filter(RunnableRules::canRun).toList()));
        }
        return new RuleTable(table.family(), table.name(), chains);
    }

    private static boolean canRun(final Rule rule) {
        return rule.matches().stream().allMatch(RunnableMatch.class::isInstance)
                && (!(rule.action() instanceof final Action.Extension extension)
                        || extension.target() instanceof final RunnableTarget target && target.missing().isEmpty());
    }
}
