package io.penstock.conntrack.hot.frag;

/**
 * What has become of a fragment. After {@link #HELD} and {@link #WHOLE} the store owns its frame; after all else it is still the caller's.
 *
 * <p>Of the reasons to drop, some end the whole packet: then the frames that waited are among those released.
 */
public final class FragmentResult {

    /** It waits for others. Frames released now were held for a packet that started over ({@code ipfrag_max_dist}). */
    public static final int HELD = 0;
    /** It was the one that was missing: the packet is there to be copied. */
    public static final int WHOLE = 1;
    /** It is not gathered and goes on as it is (IPv6: no fragment header to be found, a header chain cut off, a length that is no multiple of 8). */
    public static final int PASS = 2;

    /** The least of the reasons to drop it. */
    public static final int DROPPED = 3;
    /** It, or more than it, is there already; the others stay. */
    public static final int DUPLICATE = 3;
    /** It overlaps another: the packet is dropped (RFC 5722). */
    public static final int OVERLAP = 4;
    /** It ends behind the packet's end, or is a last one that ends elsewhere. IPv4: the packet is dropped. */
    public static final int INCONSISTENT = 5;
    /** It has no payload, or, in IPv4 with more to follow, less than 8 bytes. IPv4: the packet is dropped. */
    public static final int EMPTY = 6;
    /** The packet would be longer than 65,535 bytes. The packet is dropped, but not where IPv6 sees it from the fragment alone. */
    public static final int TOO_LONG = 7;
    /** Some of the fragments have come from a transport that knows of congestion marks, some not (RFC 3168, 5.3): the packet is dropped. */
    public static final int MIXED_ECN = 8;
    /** More waits than the high threshold allows. */
    public static final int NO_MEMORY = 9;
    /** The store has no record free. */
    public static final int NO_ROOM = 10;
    /** IPv6: the fragment header is cut off. */
    public static final int TRUNCATED = 11;

    private FragmentResult() {
    }

    /** Whether the fragment was dropped. */
    public static boolean isDropped(final int result) {
        return result >= DROPPED;
    }
}
