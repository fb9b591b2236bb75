/** Single tables beside DPDK's: routes and connections. */
package io.penstock.perf.bench.table;
