package io.penstock.conntrack.model;

/**
 * A setting of connection tracking.
 *
 * @param name       its whole name
 * @param kind       what its number is
 * @param byDefault  what it is in a new namespace, or {@link #BY_MEMORY}
 * @param min        the least that can be written
 * @param max        the most that can be written
 * @param access     who may write it
 */
public record ConnSysctl(String name, Kind kind, long byDefault, long min, long max, Access access) {

    /** The default follows from the machine's memory. */
    public static final long BY_MEMORY = -1;

    /** What a number is. */
    public enum Kind {
        /** 0 or 1. */
        FLAG,
        /** Seconds. */
        SECONDS,
        /** Bytes. */
        BYTES,
        /** How many, or which of several. */
        NUMBER
    }

    /** Who may write. */
    public enum Access {
        /** Every namespace for itself. */
        NAMESPACE,
        /** The first namespace for all; others read. */
        FIRST_NAMESPACE,
        /** Nobody. */
        READ_ONLY
    }

    /** Whether a number can be written. */
    public boolean takes(final long value) {
        return access != Access.READ_ONLY && value >= min && value <= max;
    }

    /** The last part of the name, without {@code nf_conntrack_}. */
    public String shortName() {
        return name.substring(ConnSysctls.PREFIX.length());
    }
}
