package io.penstock.rules.hot.match;

/**
 * What a list of {@code -m hashlimit} is made with: that of its first rule. Control.
 *
 * @param isV6            which addresses
 * @param mode            what a flow is and how it is counted: the bits below (linux/netfilter/xt_hashlimit.h)
 * @param cost            credits that a packet, or 16 bytes, cost
 * @param cap             packets: credits that are saved up at most; bytes: seconds' worth that a burst may take
 * @param creditPerSecond credits that each flow gets
 * @param rate            matching rates: packets or bytes a second
 * @param burst           matching rates: how many an interval may have
 * @param intervalSeconds matching rates: how long is measured
 * @param size            buckets wanted, unsigned; 0 for the usual number
 * @param max             flows at most, unsigned; 0 for eight a bucket
 * @param gcIntervalMs    how often all flows are looked at
 * @param expireMs        after which time without a packet a flow is gone
 * @param sourceBits      the source's prefix length
 * @param destinationBits the destination's prefix length
 */
public record HashlimitSettings(
        boolean isV6,
        int mode,
        long cost,
        long cap,
        long creditPerSecond,
        long rate,
        long burst,
        long intervalSeconds,
        int size,
        int max,
        long gcIntervalMs,
        long expireMs,
        int sourceBits,
        int destinationBits) {

    /** The destination is part of the flow. */
    public static final int DESTINATION = 1;
    /** The destination port is part of the flow. */
    public static final int DESTINATION_PORT = 1 << 1;
    /** The source is part of the flow. */
    public static final int SOURCE = 1 << 2;
    /** The source port is part of the flow. */
    public static final int SOURCE_PORT = 1 << 3;
    /** What is above the limit is taken. */
    public static final int INVERT = 1 << 4;
    /** Bytes are counted. */
    public static final int BYTES = 1 << 5;
    /** The rate is measured, not limited. */
    public static final int RATE_MATCH = 1 << 6;

    /** The kernel's number on machines with more than 1 GiB. */
    private static final int USUAL_SIZE = 8192;
    private static final int PER_BUCKET = 8;

    /** Buckets: those that were asked for, or so many more that a bucket has no more flows than it usually has. */
    public int buckets() {
        return Math.max(wanted(), (flows() + PER_BUCKET - 1) / PER_BUCKET);
    }

    /** Flows at most. */
    public int flows() {
        return max == 0 ? PER_BUCKET * wanted() : Math.max(max, wanted());
    }

    private int wanted() {
        return size == 0 ? USUAL_SIZE : size;
    }

    /** Whether a bit of the mode is set. */
    public boolean has(final int bit) {
        return (mode & bit) != 0;
    }
}
