package io.penstock.dataplane.metrics;

import java.util.Locale;

/** How a port is attached. The number is its code in the counter file. */
public enum Attachment {
    /** Not yet, or no longer. */
    NONE,
    /** XDP in the driver. */
    NATIVE,
    /** XDP in the stack. */
    GENERIC,
    /** AF_PACKET, because AF_XDP could not be had. */
    PACKET,
    /** Memory or a capture file: no device at all. */
    MEMORY;

    /** The name in listings and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
