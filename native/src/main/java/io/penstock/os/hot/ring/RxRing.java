package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The RX ring: frames that the kernel has filled and given to Penstock. Each peeked frame belongs to the caller from the
 * {@link #release} on; the addresses must be read before it. See {@link ConsumerRing} for order and threads.
 */
public final class RxRing extends ConsumerRing {

    /** In {@link #options}: the packet goes on in the next descriptor. Never set: Penstock binds without XDP_USE_SG. */
    public static final int CONTINUED = 1;

    /**
     * A ring over a mapping.
     *
     * @param mapping the address of the mapped ring
     * @param offsets where its parts lie
     * @param size    descriptors, a power of two
     * @param umem    the address of the UMEM's first byte, which turns descriptors into addresses
     */
    public RxRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        super(mapping, offsets, size, umem);
    }

    /** The absolute address of the first byte of the packet at a peeked position. */
    public long address(final int position) {
        return umem + Memory.getLong(descriptor(position) + RingOffsets.ADDRESS);
    }

    /** The length in bytes of the packet at a peeked position. */
    public int length(final int position) {
        return Memory.getInt(descriptor(position) + RingOffsets.LENGTH);
    }

    /** The kernel's options of the packet at a peeked position, such as {@link #CONTINUED}. */
    public int options(final int position) {
        return Memory.getInt(descriptor(position) + RingOffsets.OPTIONS);
    }

    private long descriptor(final int position) {
        return descriptors + (long) slot(position) * RingOffsets.PACKET_DESCRIPTOR_BYTES;
    }
}
