/** Connections: tuples, the off-heap table, trackers, expectations and helpers, NAT bindings, timeouts, events. */
package io.penstock.conntrack;
