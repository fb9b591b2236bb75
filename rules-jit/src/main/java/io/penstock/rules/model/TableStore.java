package io.penstock.rules.model;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import java.util.List;

/** Where tables are in force. Control threads; calls are serialized by whoever holds the tables' lock. */
public interface TableStore {

    /** A table as it is now. */
    TableSnapshot read(IpFamily family, TableName table);

    /**
     * The tables that iptables-save writes, in its order: the kernel has those that were read once in this namespace, the latest first.
     */
    default List<TableName> tables(final IpFamily family) {
        return List.of(TableName.values());
    }

    /**
     * Puts a table into force, or leaves the old one as it is.
     *
     * @throws TableRefusal if it cannot be: nothing has changed then
     */
    void replace(TableReplacement replacement);

    /**
     * Says whether a table could be put into force, without doing it.
     *
     * @throws TableRefusal if not
     */
    void test(RuleTable table);
}
