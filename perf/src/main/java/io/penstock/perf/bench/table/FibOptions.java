package io.penstock.perf.bench.table;

/**
 * What {@code bench fib} was asked for, for one number of routes.
 *
 * @param routes    in the table
 * @param ipv6      whether they are IPv6's
 * @param addresses that are looked up, in turn; a multiple of a batch
 * @param runs      measured runs, which take turns with the peer's
 * @param seconds   of each run, for each way of looking up
 * @param cpu       where to measure
 * @param dpdk      whether DPDK's table is measured, too
 */
record FibOptions(int routes, boolean ipv6, int addresses, int runs, double seconds, int cpu, boolean dpdk) {
}
