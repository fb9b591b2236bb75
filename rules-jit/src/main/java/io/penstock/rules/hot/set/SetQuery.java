package io.penstock.rules.hot.set;

/**
 * What a rule asks of a set, or has it do: the same for all its packets.
 *
 * @param dimensions         how many directions were given, 1 to 6
 * @param sources            bit {@code n} for the {@code n}th direction, from 0: set for {@code src}
 * @param returnNomatch      whether exceptions count as elements, and elements do not
 * @param updateCounters     whether the element that matches counts the packet
 * @param updateSubCounters  whether elements of the sets in a list do
 * @param packetsCondition   {@link #NO_CONDITION} or what the element's packets must be
 * @param packets            compared with what
 * @param bytesCondition     the same of its bytes
 * @param bytes              compared with what
 * @param exist              target: whether an element that is there gets what is said
 * @param timeout            target: seconds, or {@link #NO_TIMEOUT} for the set's own
 */
public record SetQuery(int dimensions, int sources, boolean returnNomatch, boolean updateCounters, boolean updateSubCounters,
        int packetsCondition, long packets, int bytesCondition, long bytes, boolean exist, long timeout) {

    /** {@link #timeout}: the set's own. */
    public static final long NO_TIMEOUT = -1;

    /** No condition. */
    public static final int NO_CONDITION = 0;
    /** Equal. */
    public static final int EQUAL = 1;
    /** Not equal. */
    public static final int NOT_EQUAL = 2;
    /** Less. */
    public static final int LESS = 3;
    /** Greater. */
    public static final int GREATER = 4;

    /** A query of nothing but an element. */
    public static SetQuery of(final int dimensions, final int sources) {
        return new SetQuery(dimensions, sources, false, true, true, NO_CONDITION, 0, NO_CONDITION, 0, false, NO_TIMEOUT);
    }

    /** Whether a direction, from 0, is {@code src}. */
    public boolean isSource(final int dimension) {
        return (sources >> dimension & 1) != 0;
    }

    /** Whether counters have to be as told. */
    public boolean hasConditions() {
        return packetsCondition != NO_CONDITION || bytesCondition != NO_CONDITION;
    }

    /** Whether counters are as told. */
    public boolean agreesWith(final long counted, final long countedBytes) {
        return agrees(packetsCondition, counted, packets) && agrees(bytesCondition, countedBytes, bytes);
    }

    private static boolean agrees(final int condition, final long counted, final long value) {
        return switch (condition) {
            case EQUAL -> counted == value;
            case NOT_EQUAL -> counted != value;
            case LESS -> Long.compareUnsigned(counted, value) < 0;
            case GREATER -> Long.compareUnsigned(counted, value) > 0;
            default -> true;
        };
    }
}
