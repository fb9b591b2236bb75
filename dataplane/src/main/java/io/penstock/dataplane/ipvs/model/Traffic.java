package io.penstock.dataplane.ipvs.model;

/** What has passed: connections, packets and bytes (IP headers included) from clients ({@code in}) and from servers ({@code out}). */
public record Traffic(long connections, long packetsIn, long packetsOut, long bytesIn, long bytesOut) {

    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    /** Both together. */
    public Traffic plus(final Traffic other) {
        return new Traffic(connections + other.connections, packetsIn + other.packetsIn, packetsOut + other.packetsOut,
                bytesIn + other.bytesIn, bytesOut + other.bytesOut);
    }

    /** Less what had passed before. */
    public Traffic minus(final Traffic before) {
        return new Traffic(connections - before.connections, packetsIn - before.packetsIn, packetsOut - before.packetsOut,
                bytesIn - before.bytesIn, bytesOut - before.bytesOut);
    }
}
