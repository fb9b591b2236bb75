package io.penstock.rules.hot.set;

import io.penstock.rules.hot.set.table.KeyTable;

/**
 * What a set of keys is made of.
 *
 * @param layout     how keys lie in their words
 * @param table      the keys
 * @param dimensions directions that a query must have
 * @param family     4, 6, or 0 for both
 * @param closed     whether no element is allowed at all
 * @param maskHigh   what of addresses counts: first half, all ones of IPv4
 * @param maskLow    second half, or all of an IPv4 address
 * @param markmask   what of marks counts
 * @param timeout    seconds that elements stay if nothing else is said
 * @param forceadd   whether a full set gives up an element for another
 * @param missed     where changes that were let be are counted
 */
public record KeyedSetting(KeyLayout layout, KeyTable table, int dimensions, int family, boolean closed, long maskHigh, long maskLow, long markmask,
        long timeout, boolean forceadd, MissedChanges missed) {
}
