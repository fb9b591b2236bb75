package io.penstock.dataplane.replay;

import java.nio.file.Path;

/**
 * A capture and where its packets come in.
 *
 * @param port    a port's name, or {@link #LOCAL}
 * @param capture pcap or pcapng, Ethernet or raw IP
 */
public record ReplayInput(String port, Path capture) {

    /** In place of a port's name: what the host's own sockets send. */
    public static final String LOCAL = "local";
}
