package io.penstock.perf.wire;

/** How a frame can differ from what a router makes of what was sent. */
public enum Alteration {
    /** A length that was not sent, or one that differs from what IP or UDP say. */
    LENGTH("length"),
    /** The TTL is not what was sent less one for each router. */
    TTL("ttl"),
    /** The IPv4 header's checksum is wrong. */
    CHECKSUM("checksum"),
    /** An address that is to be kept is not its flow's. */
    ADDRESS("address"),
    /** A port that is to be kept is not its flow's. */
    PORT("port"),
    /** The end of the payload belongs to another frame, or its middle is not what was sent. */
    PAYLOAD("payload");

    private final String text;

    Alteration(final String text) {
        this.text = text;
    }

    /** In the sink's word of kinds. */
    int bit() {
        return 1 << ordinal();
    }

    /** In results. */
    @Override
    public String toString() {
        return text;
    }
}
