package io.penstock.os.xdp;

/** How frames get between a device and a UMEM, as asked for and as running. */
public enum XskMode {
    /** Asked for only: zero-copy where the driver has it, else copy. */
    AUTO("auto"),
    /** The driver works in the UMEM itself. */
    ZERO_COPY("zero-copy"),
    /** The kernel copies each frame between its own buffer and the UMEM; works on every device. */
    COPY("copy");

    private final String text;

    XskMode(final String text) {
        this.text = text;
    }

    /** The word for configuration and listings. */
    public String text() {
        return text;
    }
}
