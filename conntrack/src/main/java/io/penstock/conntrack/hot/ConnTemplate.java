package io.penstock.conntrack.hot;

/**
 * What a rule (CT) has said of a packet before it is tracked, in one long.
 *
 * <pre>
 *   63  62  61    48 47         36 35  34    33     32       31      16 15      0
 *  +---+---+--------+-------------+---+------+-------+----------+--------+--------+
 *  | 0 | 1 |   0    | events told | 0 | mark | reply | original |   0    |  zone  |
 *  +---+---+--------+-------------+---+------+-------+----------+--------+--------+
 * </pre>
 *
 * <p>Source: {@code struct xt_ct_target_info_v1}.
 */
public final class ConnTemplate {

    /** Nothing was said. */
    public static final long NONE = 0;

    private static final long PRESENT = 1L << 62;
    private static final long ORIGINAL = 1L << 32;
    private static final long REPLY = 1L << 33;
    private static final long MARK = 1L << 34;
    private static final int EVENTS_SHIFT = 36;
    private static final int EVENTS_MASK = 0xFFF;
    private static final int ZONE_MASK = 0xFFFF;
    /** All events of {@link ConnEvents}. */
    public static final int ALL_EVENTS = EVENTS_MASK;

    private ConnTemplate() {
    }

    /**
     * A template.
     *
     * @param zone       the zone, 0 to 65,535
     * @param isOriginal whether it counts in the original direction
     * @param isReply    whether it counts in the reply direction
     * @param isMark     whether the packet's mark is the zone instead
     * @param events     which of {@link ConnEvents} are told; {@link #ALL_EVENTS} unless a rule names some
     */
    public static long of(final int zone, final boolean isOriginal, final boolean isReply, final boolean isMark, final int events) {
        return PRESENT | zone & ZONE_MASK | (isOriginal ? ORIGINAL : 0) | (isReply ? REPLY : 0) | (isMark ? MARK : 0)
                | (long) (events & EVENTS_MASK) << EVENTS_SHIFT;
    }

    /** A direction's zone. */
    public static int zone(final long template, final int direction, final int mark) {
        if ((template & (direction == ConnDirection.ORIGINAL ? ORIGINAL : REPLY)) == 0) {
            return 0;
        }
        return (int) ((template & MARK) == 0 ? template : mark) & ZONE_MASK;
    }

    /** Which events are told. */
    public static int events(final long template) {
        return (int) (template >>> EVENTS_SHIFT) & EVENTS_MASK;
    }
}
