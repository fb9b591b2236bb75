package io.penstock.rules.model;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.check.TableChecker;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tables in memory that no packet passes: for checking files, and for tests. Counters are what is put there. One thread. */
public final class MemoryTableStore implements TableStore {

    private final Map<IpFamily, Map<TableName, TableSnapshot>> tables = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, List<TableName>> order = new EnumMap<>(IpFamily.class);

    /** Empty tables. */
    public MemoryTableStore() {
        for (final IpFamily family : IpFamily.values()) {
            tables.put(family, new EnumMap<>(TableName.class));
            order.put(family, new ArrayList<>());
        }
    }

    @Override
    public TableSnapshot read(final IpFamily family, final TableName table) {
        return tables.get(family).computeIfAbsent(table, name -> {
            order.get(family).addFirst(name);
            final RuleTable empty = RuleTable.empty(family, name);
            return new TableSnapshot(empty, 0, new long[empty.counters()], new long[empty.counters()]);
        });
    }

    @Override
    public List<TableName> tables(final IpFamily family) {
        return List.copyOf(order.get(family));
    }

    @Override
    public void replace(final TableReplacement replacement) {
        final RuleTable table = replacement.table();
        final TableSnapshot old = read(table.family(), table.name());
        if (replacement.version() != old.version()) {
            throw new TableRefusal(TableRefusal.EAGAIN, null, 0, "table has changed meanwhile: table=" + table.name().text());
        }
        test(table);
        final long[] packets = replacement.packets().clone();
        final long[] bytes = replacement.bytes().clone();
        for (int i = 0; i < packets.length; i++) {
            final int origin = replacement.origin()[i];
            if (origin >= 0) {
                packets[i] += old.packets()[origin];
                bytes[i] += old.bytes()[origin];
            }
        }
        tables.get(table.family()).put(table.name(), new TableSnapshot(table, old.version() + 1, packets, bytes));
    }

    /** Counts a packet, for tests of what becomes of counters. */
    public void count(final IpFamily family, final TableName table, final int counter, final long packets, final long bytes) {
        final TableSnapshot old = read(family, table);
        old.packets()[counter] += packets;
        old.bytes()[counter] += bytes;
    }

    @Override
    public void test(final RuleTable table) {
        TableChecker.check(table, provided());
    }

    /** What a match needs stays as long as the match. */
    private Set<String> provided() {
        final Set<String> provided = new HashSet<>();
        for (final Map<TableName, TableSnapshot> family : tables.values()) {
            for (final TableSnapshot snapshot : family.values()) {
                snapshot.table().chains().stream().flatMap(chain -> chain.rules().stream()).forEach(rule -> {
                    rule.matches().forEach(match -> provided.addAll(match.needed()));
                    if (rule.action() instanceof Action.Extension(final Target target)) {
                        provided.add(target.provided());
                    }
                });
            }
        }
        return provided;
    }
}
