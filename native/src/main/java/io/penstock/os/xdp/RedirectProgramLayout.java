package io.penstock.os.xdp;

/**
 * The two array maps that a redirect program shares with this process, both mapped.
 *
 * <pre>
 * configuration              counters, one line per processor
 *  0                 8       12         16   0            8             16       ...       64
 * +-----------------+-------+----------+    +------------+-------------+-----------------+---
 * | port's MAC << 16| flags | unserved |    | redirected | non-ip      | ...             | next processor
 * +-----------------+-------+----------+    +------------+-------------+-----------------+---
 * </pre>
 *
 * <p>The MAC is kept as the program compares it: the frame's first eight bytes, loaded in the machine's order and shifted
 * left by 16, so that the two bytes of the source address fall out. Each field is written with one store.
 */
final class RedirectProgramLayout {

    static final int MAC = 0;
    static final int FLAGS = 8;
    /** What becomes of frames for a queue that no socket serves: XDP_PASS or XDP_DROP. */
    static final int UNSERVED = 12;
    static final int CONFIG_BYTES = 16;

    /** Frames to the host's own addresses are passed to the kernel. */
    static final int FLAG_LOCAL_TO_KERNEL = 1;
    /** ARP frames are redirected. */
    static final int FLAG_ARP_TO_DATA_PLANE = 2;

    /** A cache line per processor, so that counting never shares one. */
    static final int COUNTERS_SHIFT = 6;

    static final int SOURCE_MAC_BITS = 16;

    private RedirectProgramLayout() {
    }

    /** A MAC, first byte highest in the low 48 bits, as the program compares it. */
    static long comparable(final long mac) {
        return Long.reverseBytes(mac << SOURCE_MAC_BITS) << SOURCE_MAC_BITS;
    }

    static int counter(final RedirectProgramCounter counter) {
        return counter.ordinal() * Long.BYTES;
    }

    /** Processors that the counters have room for: a power of two, so that an index is made safe by a mask. */
    static int processors(final int possible) {
        return possible == 1 ? 1 : Integer.highestOneBit(possible - 1) << 1;
    }
}
