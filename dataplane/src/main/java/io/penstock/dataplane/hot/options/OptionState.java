package io.penstock.dataplane.hot.options;

/**
 * What is known of a packet's options, in one long, so that it can wait with the packet.
 *
 * <pre>
 *   63  62                                31 30        24 23    18 17    12 11     6 5      0
 *  +---+------------------------------------+------------+--------+--------+--------+--------+
 *  | P | next hop of the source route, or   |   flags    | CIPSO  | source | time-  | record |
 *  |   | pointer of the problem, or REFUSED |            |        | route  | stamp  | route  |
 *  +---+------------------------------------+------------+--------+--------+--------+--------+
 * </pre>
 *
 * <p>The lower fields are offsets from the IP header, 20 to 59, or 0 without such an option. P says that the packet is to be
 * dropped. The kernel keeps the same in {@code struct ip_options}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>An option whose offset is here lies whole in the header, and has the bytes that its kind has at least.</li>
 *   <li>A packet with a problem keeps what was found before it: the error message echoes that.</li>
 * </ol>
 */
public final class OptionState {

    /** No options, or none that matter. */
    public static final long NONE = 0;

    static final long RECORD_NEEDS_ADDRESS = 1L << 24;
    static final long TIMESTAMP_NEEDS_ADDRESS = 1L << 25;
    static final long TIMESTAMP_NEEDS_TIME = 1L << 26;
    static final long STRICT = 1L << 27;
    static final long HIT = 1L << 28;
    static final long CHANGED = 1L << 29;
    static final long ALERT = 1L << 30;

    private static final int RECORD_ROUTE_SHIFT = 0;
    private static final int TIMESTAMP_SHIFT = 6;
    private static final int SOURCE_ROUTE_SHIFT = 12;
    private static final int CIPSO_SHIFT = 18;
    private static final int OFFSET_MASK = 0x3F;
    private static final int WORD_SHIFT = 31;
    private static final long WORD_MASK = 0xFFFF_FFFFL << WORD_SHIFT;
    private static final long PROBLEM = 1L << 63;
    /** In the word's place; pointers are smaller. */
    private static final int REFUSED = -1;

    private OptionState() {
    }

    /** True when the sender is to be told of a parameter problem (code 0) at {@link #pointer}, and the packet dropped. */
    public static boolean isProblem(final long state) {
        return state < 0 && word(state) != REFUSED;
    }

    /** Which byte of the header the problem is at. */
    public static int pointer(final long state) {
        return word(state);
    }

    /** True when the packet is to be dropped and nobody told. */
    public static boolean isRefused(final long state) {
        return state < 0 && word(state) == REFUSED;
    }

    /** True for a loose or strict source route, done or not. Such packets cause no redirects. */
    public static boolean hasSourceRoute(final long state) {
        return sourceRoute(state) != 0;
    }

    /** True for a strict source route: its next hop must be on a link of this host's, or destination unreachable, code 5. */
    public static boolean isStrict(final long state) {
        return (state & STRICT) != 0;
    }

    /** True when this host is where the source route has led and {@link #nextHop} is where it goes on to. */
    public static boolean isSourceRouteHit(final long state) {
        return (state & HIT) != 0;
    }

    /** The next address of a source route that is {@linkplain #isSourceRouteHit followed}. */
    public static int nextHop(final long state) {
        return word(state);
    }

    /** True when every router on the way is asked to look at the packet (RFC 2113). */
    public static boolean isRouterAlert(final long state) {
        return (state & ALERT) != 0;
    }

    /** True when the header was changed and its checksum is stale. */
    public static boolean isChanged(final long state) {
        return (state & CHANGED) != 0;
    }

    static int recordRoute(final long state) {
        return (int) (state >>> RECORD_ROUTE_SHIFT) & OFFSET_MASK;
    }

    static int timestamp(final long state) {
        return (int) (state >>> TIMESTAMP_SHIFT) & OFFSET_MASK;
    }

    static int sourceRoute(final long state) {
        return (int) (state >>> SOURCE_ROUTE_SHIFT) & OFFSET_MASK;
    }

    static int cipso(final long state) {
        return (int) (state >>> CIPSO_SHIFT) & OFFSET_MASK;
    }

    static long withRecordRoute(final long state, final int offset) {
        return state | (long) offset << RECORD_ROUTE_SHIFT;
    }

    static long withTimestamp(final long state, final int offset) {
        return state | (long) offset << TIMESTAMP_SHIFT;
    }

    static long withSourceRoute(final long state, final int offset) {
        return state | (long) offset << SOURCE_ROUTE_SHIFT;
    }

    static long withCipso(final long state, final int offset) {
        return state | (long) offset << CIPSO_SHIFT;
    }

    static long withNextHop(final long state, final int address) {
        return withWord(state, address) | HIT | CHANGED;
    }

    static long problem(final long state, final int pointer) {
        return withWord(state, pointer) | PROBLEM;
    }

    static long refused(final long state) {
        return withWord(state, REFUSED) | PROBLEM;
    }

    private static int word(final long state) {
        return (int) (state >>> WORD_SHIFT);
    }

    private static long withWord(final long state, final int word) {
        return state & ~WORD_MASK | Integer.toUnsignedLong(word) << WORD_SHIFT;
    }
}
