/** Forwarding over veth between namespaces, against peers in turns. */
package io.penstock.perf.bench.wire;
