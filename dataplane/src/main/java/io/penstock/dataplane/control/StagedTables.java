package io.penstock.dataplane.control;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replacements of several tables that go into force together, after all of them have been tested. Whoever uses it holds the tables' lock.
 *
 * <p>Threads: one.
 */
final class StagedTables implements TableStore {

    private final TableStore tables;
    private final List<TableReplacement> replacements = new ArrayList<>();
    private final Map<List<Object>, TableSnapshot> staged = new HashMap<>();
    private int applied;

    StagedTables(final TableStore tables) {
        this.tables = tables;
    }

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        final TableSnapshot there = staged.get(key(family, table));
        return there == null ? tables.read(family, table) : there;
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        return tables.tables(family);
    }

    @Override
    public void test(final RuleTable table) {
        tables.test(table);
    }

    @Override
    public void replace(final TableReplacement replacement) {
        final RuleTable table = replacement.table();
        tables.test(table);
        final TableSnapshot before = read(table.family(), table.name());
        final long[] packets = replacement.packets().clone();
        final long[] bytes = replacement.bytes().clone();
        for (int i = 0; i < packets.length; i++) {
            final int origin = replacement.origin()[i];
            if (origin >= 0) {
                packets[i] += before.packets()[origin];
                bytes[i] += before.bytes()[origin];
            }
        }
        replacements.add(replacement);
        staged.put(key(table.family(), table.name()), new TableSnapshot(table, before.version(), packets, bytes));
    }

    /** Tests them once more, since what they name may have gone. */
    void check() {
        replacements.forEach(replacement -> tables.test(replacement.table()));
    }

    /** How many there are. */
    int count() {
        return replacements.size();
    }

    /** How many of them {@link #apply} has put into force. */
    int applied() {
        return applied;
    }

    /** Puts them into force, in their order. */
    void apply() {
        for (final TableReplacement r : replacements) {
            final long version = tables.read(r.table().family(), r.table().name()).version();
            tables.replace(new TableReplacement(version, r.table(), r.origin(), r.packets(), r.bytes()));
            applied++;
        }
    }

    private static List<Object> key(final IpFamily family, final TableName table) {
        return List.of(family, table);
    }
}
