package io.penstock.perf.bench.engine;

import io.penstock.perf.connections.ConnectionMix;

/**
 * The connections that packets belong to.
 *
 * @param mix      what becomes of them
 * @param protocol TCP or UDP
 * @param rules    that take none of them, and that their first packets go through
 * @param rfc9693  whether it is measured first how fast an empty table fills
 */
record ConnectionOptions(ConnectionMix mix, int protocol, int rules, boolean rfc9693) {
}
