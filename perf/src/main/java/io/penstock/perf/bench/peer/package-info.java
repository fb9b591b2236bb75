/**
 * Those that are measured beside Penstock: which of them are here, how they are installed, and those that are given the same packets in memory.
 *
 * <p>Threads: the caller's, but where a class says otherwise.
 */
package io.penstock.perf.bench.peer;
