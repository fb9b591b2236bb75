package io.penstock.perf.rules;

/**
 * A flow: what all its packets have in common. Without ports, both are 0.
 *
 * @param source          IPv4 address
 * @param destination     IPv4 address
 * @param protocol        TCP, UDP or ICMP
 * @param sourcePort      of TCP and UDP
 * @param destinationPort of TCP and UDP
 */
public record Flow(int source, int destination, int protocol, int sourcePort, int destinationPort) {

    /** As a line of a ClassBench trace. */
    String traceText() {
        return Integer.toUnsignedString(source) + '\t' + Integer.toUnsignedString(destination) + '\t' + sourcePort + '\t'
                + destinationPort + '\t' + protocol + '\n';
    }
}
