/**
 * The forwarding table as the workers read it: two multibit tries, the adjacencies that they lead to, this host's own
 * addresses, and nothing that writes. Hot: worker threads, per packet. Public to the pipeline; written by {@code io.penstock.dataplane.fib}.
 */
package io.penstock.dataplane.hot.fib;
