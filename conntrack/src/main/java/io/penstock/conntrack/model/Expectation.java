package io.penstock.conntrack.model;

/**
 * A connection that a helper expects.
 *
 * @param tuple          its tuple
 * @param mask           which bits of the tuple's source and destination count; its destination is all ones, as the kernel tells it
 * @param master         the original tuple of the connection that it belongs to
 * @param zone           the zone, or null
 * @param timeoutSeconds seconds until it expires, or null
 * @param flags          {@link #PERMANENT}, {@link #INACTIVE}, {@link #USERSPACE}
 * @param expectClass    the helper's class of it, or null
 * @param helper         the helper's name, or null
 */
public record Expectation(ConnTuple tuple, ConnTuple mask, ConnTuple master, Integer zone, Long timeoutSeconds, int flags,
        Integer expectClass, String helper) {

    /** It stays when it has been met. */
    public static final int PERMANENT = 1;
    /** It does not count. */
    public static final int INACTIVE = 2;
    /** User space made it. */
    public static final int USERSPACE = 4;

    /** Whether a tuple is what is expected. */
    public boolean isMetBy(final ConnTuple other) {
        return other.family() == tuple.family() && other.protocol() == tuple.protocol()
                && (other.sourceHigh() & mask.sourceHigh()) == tuple.sourceHigh()
                && (other.sourceLow() & mask.sourceLow()) == tuple.sourceLow()
                && (other.sourceKey() & mask.sourceKey()) == tuple.sourceKey()
                && other.destinationHigh() == tuple.destinationHigh() && other.destinationLow() == tuple.destinationLow()
                && other.destinationKey() == tuple.destinationKey();
    }
}
