package io.penstock.conntrack.model;

/**
 * What one direction has carried.
 *
 * @param packets packets, unsigned
 * @param bytes   their bytes with IP headers, unsigned
 */
public record ConnCounters(long packets, long bytes) {

    /** Nothing yet. */
    public static final ConnCounters NONE = new ConnCounters(0, 0);
}
