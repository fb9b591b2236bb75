package io.penstock.rules.model;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;

/** Where tables are in force. Control threads; calls are serialized by whoever holds the tables' lock. */
public interface TableStore {

    /** A table as it is now. */
    TableSnapshot read(IpFamily family, TableName table);

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
