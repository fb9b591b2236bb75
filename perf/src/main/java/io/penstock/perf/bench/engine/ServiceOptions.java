package io.penstock.perf.bench.engine;

import io.penstock.perf.connections.ServiceMix;

/**
 * The virtual service that packets are for.
 *
 * @param mix        how they get to its servers
 * @param protocol   TCP or UDP
 * @param servers    how many there are
 * @param scheduler  who chooses among them
 * @param replyShare of the packets, how many are servers' answers; per cent
 */
record ServiceOptions(ServiceMix mix, int protocol, int servers, String scheduler, int replyShare) {
}
