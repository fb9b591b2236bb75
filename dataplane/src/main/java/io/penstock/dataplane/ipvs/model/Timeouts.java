package io.penstock.dataplane.ipvs.model;

/** The three timeouts that {@code ipvsadm --set} changes, in seconds; in a change 0 leaves one as it is. */
public record Timeouts(int tcp, int tcpFin, int udp) {
}
