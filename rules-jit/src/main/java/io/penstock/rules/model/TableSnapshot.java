package io.penstock.rules.model;

/**
 * A table with its counters, as of one moment.
 *
 * @param table   the table
 * @param version changes with each replacement
 * @param packets packets by counter, see {@link RuleTable}
 * @param bytes   bytes by counter
 */
public record TableSnapshot(RuleTable table, long version, long[] packets, long[] bytes) {
}
