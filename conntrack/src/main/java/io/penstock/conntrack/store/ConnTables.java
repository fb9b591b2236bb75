package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.table.ConnTable;

/** The tables of a namespace, as they are now. Threads: any. */
@FunctionalInterface
public interface ConnTables {

    /** The table of {@link io.penstock.conntrack.hot.ConnLayout#FAMILY_IPV4} or FAMILY_IPV6; null while nothing of it is tracked. */
    ConnTable of(int family);
}
