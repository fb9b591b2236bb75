package io.penstock.rules.match;

/** Marks of connections, with the kernel's bits ({@code enum ip_conntrack_status}). */
public enum ConntrackStatus {

    /** Nothing of it. */
    NONE(0),
    /** Another connection announced it. */
    EXPECTED(1),
    /** There were packets both ways. */
    SEEN_REPLY(1 << 1),
    /** Not to be given up early. */
    ASSURED(1 << 2),
    /** Its first packet has left. */
    CONFIRMED(1 << 3);

    private final int bit;

    ConntrackStatus(final int bit) {
        this.bit = bit;
    }

    /** Its bit in a mask. */
    public int bit() {
        return bit;
    }

    /** The one that begins so, null if none does. */
    static ConntrackStatus find(final String text) {
        for (final ConntrackStatus status : values()) {
            if (status.name().regionMatches(true, 0, text, 0, text.length())) {
                return status;
            }
        }
        return null;
    }

    /** Writes a blank and those of a mask. */
    static void write(final StringBuilder out, final int mask) {
        if (mask == 0) {
            out.append(' ').append(NONE);
        }
        char separator = ' ';
        for (final ConntrackStatus status : values()) {
            if ((mask & status.bit) != 0) {
                out.append(separator).append(status);
                separator = ',';
            }
        }
    }
}
