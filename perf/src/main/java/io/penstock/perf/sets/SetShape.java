package io.penstock.perf.sets;

/** A set that packets ask. */
public enum SetShape {

    /** Addresses. */
    HASH_IP(1, 0b1),
    /** Networks of {@link MadeSet#LENGTHS eight prefix lengths}. */
    HASH_NET(1, 0b1),
    /** Addresses, with TCP ports of destinations. */
    HASH_IP_PORT(2, 0b01),
    /** Ports of destinations; at most half of all. */
    BITMAP_PORT(1, 0b0),
    /** Three sets of addresses, each a third of them. */
    LIST_SET(1, 0b1);

    private final int dimensions;
    private final int sources;

    SetShape(final int dimensions, final int sources) {
        this.dimensions = dimensions;
        this.sources = sources;
    }

    int dimensions() {
        return dimensions;
    }

    /** Which of them are the packet's source. */
    int sources() {
        return sources;
    }
}
