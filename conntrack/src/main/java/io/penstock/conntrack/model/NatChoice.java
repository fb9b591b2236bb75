package io.penstock.conntrack.model;

/**
 * What one end of a connection is to be rewritten to.
 *
 * @param hasAddress whether an address is given
 * @param high       its first 8 bytes; 0 of IPv4
 * @param low        its last 8 bytes
 * @param port       the port, -1 if none is given
 */
public record NatChoice(boolean hasAddress, long high, long low, int port) {
}
