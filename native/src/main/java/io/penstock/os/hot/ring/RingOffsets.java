package io.penstock.os.hot.ring;

/**
 * Where the parts of one ring lie in its mapping, in bytes, as the kernel answers {@code XDP_MMAP_OFFSETS}.
 *
 * <pre>
 *   mapping + 0 .. +----------+ ... +----------+ ... +-------+ ... +--------------------------+
 *                  | producer |     | consumer |     | flags |     | size descriptors         |
 *                  | u32      |     | u32      |     | u32   |     | 16 bytes (RX, TX) or u64 |
 *                  +----------+     +----------+     +-------+     +--------------------------+
 * </pre>
 *
 * <p>Source: {@code struct xdp_ring_offset} of linux/if_xdp.h, in its order.
 *
 * @param producer    of the producer's index
 * @param consumer    of the consumer's index
 * @param descriptors of descriptor 0
 * @param flags       of the flags, of which bit 0 is XDP_RING_NEED_WAKEUP
 */
public record RingOffsets(long producer, long consumer, long descriptors, long flags) {

    /** Bytes of a descriptor of an RX or TX ring ({@code struct xdp_desc}). */
    public static final int PACKET_DESCRIPTOR_BYTES = 16;

    /** Bytes of a descriptor of a fill or completion ring: a frame's offset in the UMEM. */
    public static final int FRAME_DESCRIPTOR_BYTES = 8;

    /** In a packet descriptor: the offset in the UMEM, u64. */
    static final int ADDRESS = 0;
    /** In a packet descriptor: the length in bytes, u32. */
    static final int LENGTH = 8;
    /** In a packet descriptor: the options, u32. */
    static final int OPTIONS = 12;

    /** The bytes that a ring of so many descriptors needs. */
    public long mappingBytes(final int size, final int descriptorBytes) {
        return descriptors + (long) size * descriptorBytes;
    }
}
