package io.penstock.dataplane.hot.fib;

/**
 * The buckets of multipath routes: blocks of 128 adjacency indexes, filled in proportion to the next hops' weights.
 *
 * <p>128 buckets are 512 bytes, and give a next hop its share to within 0.4 % of the whole; fewer would round weights
 * like 1:100 away, more would spread a group over further cache lines. The top bits of the flow's hash choose.
 */
public final class BucketLayout {

    /** log2 of the buckets of a block. */
    public static final int BUCKETS_LOG2 = 7;

    /** Buckets of a block; also the most next hops that a route can use. */
    public static final int BUCKETS = 1 << BUCKETS_LOG2;

    /** Blocks that the address space is reserved for: distinct groups of next hops, not routes. */
    public static final int MAX_BLOCKS = 1 << 16;

    /** log2 of the bytes of a block. */
    public static final int BLOCK_SHIFT = BUCKETS_LOG2 + 2;

    /** Bytes to reserve. */
    public static final long BYTES = (long) MAX_BLOCKS << BLOCK_SHIFT;

    private BucketLayout() {
    }

    /** Address of a block's first bucket. */
    public static long block(final long base, final long block) {
        return base + (block << BLOCK_SHIFT);
    }

    /** Address of the bucket that a flow's hash chooses. */
    public static long bucket(final long base, final long block, final int hash) {
        return block(base, block) + (hash >>> 32 - BUCKETS_LOG2) * 4L;
    }
}
