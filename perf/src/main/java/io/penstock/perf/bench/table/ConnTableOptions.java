package io.penstock.perf.bench.table;

/**
 * What {@code bench connections} was asked for, for one number of connections.
 *
 * @param connections in the table
 * @param ipv6        whether they are IPv6's
 * @param runs        measured runs, which take turns with the peer's
 * @param seconds     of each run, for each way of looking up
 * @param cpu         where to measure
 * @param dpdk        whether DPDK's table is measured, too
 */
record ConnTableOptions(int connections, boolean ipv6, int runs, double seconds, int cpu, boolean dpdk) {
}
