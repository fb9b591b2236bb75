package io.penstock.dataplane.metrics;

import java.util.Locale;

/** Whether a port's frames are copied between driver and UMEM. The number is its code in the counter file. */
public enum CopyMode {
    /** Not attached. */
    NONE,
    /** The device reads and writes the UMEM. */
    ZERO,
    /** The kernel copies every frame. */
    COPY;

    /** The name in listings and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
