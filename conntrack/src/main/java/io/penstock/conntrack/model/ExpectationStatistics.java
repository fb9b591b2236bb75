package io.penstock.conntrack.model;

/**
 * One CPU's counts of expectations, in the order in which they are told.
 *
 * @param cpu     the CPU
 * @param met     connections that were expected
 * @param created expectations made
 * @param deleted expectations removed
 */
public record ExpectationStatistics(int cpu, long met, long created, long deleted) {
}
