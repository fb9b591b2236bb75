package io.penstock.rules.model;

/**
 * A table that is to take another's place, with where its counters come from: a counter begins with what the old one at {@code origin}
 * has counted by the moment of replacement, plus what is given here (which may be negative: zeroing takes off what was seen).
 *
 * @param version the snapshot's that it was made from
 * @param table   the new table
 * @param origin  by counter of the new table, the old one's counter, or -1
 * @param packets by counter, packets to add
 * @param bytes   by counter, bytes to add
 */
public record TableReplacement(long version, RuleTable table, int[] origin, long[] packets, long[] bytes) {
}
