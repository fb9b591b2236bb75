package io.penstock.perf.bench.connections;

import io.penstock.perf.connections.tcp.TcpShape;

/**
 * What {@code bench rfc9411} was asked for.
 *
 * @param wire       whether the firewall is between namespaces, and not the engine alone
 * @param against    whether the kernel is measured as the firewall, too
 * @param shape      what connections are about
 * @param concurrent connections at a time, for the capacity
 * @param rules      that take nothing, and that each connection's first packet goes through
 * @param seconds    of a measured run
 * @param warmUp     before the first one. Unit: s
 * @param runs       measured runs
 * @param cpu        the engine's
 */
record TcpOptions(
        boolean wire, boolean against, TcpShape shape, int concurrent, int rules, double seconds, double warmUp, int runs, int cpu) {

    /**
     * Connections that begin and end at a time where as many as possible do. Unit: connections. Fewer leave batches half empty; more only wait in
     * rings, and at ten segments each overflow them.
     */
    static final int AT_A_TIME = 256;
}
