package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The fill ring: empty frames that Penstock gives to the kernel to receive into. A frame that was put belongs to the
 * kernel until the RX ring of the same socket returns it. See {@link ProducerRing} for order and threads.
 *
 * <p>The kernel takes any address inside a frame for the frame, and puts the packet at the same place in it always.
 */
public final class FillRing extends ProducerRing {

    /**
     * A ring over a mapping.
     *
     * @param mapping the address of the mapped ring
     * @param offsets where its parts lie
     * @param size    descriptors, a power of two
     * @param umem    the address of the UMEM's first byte, which turns addresses into descriptors
     */
    public FillRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        super(mapping, offsets, size, umem);
    }

    /** Writes the next descriptor; {@link #reserve} must have granted it. */
    public void put(final long frame) {
        Memory.putLong(descriptors + (long) claim() * RingOffsets.FRAME_DESCRIPTOR_BYTES, frame - umem);
    }

    /**
     * Moves the frames that the kernel has not taken to the free ones and returns how many. Only when the kernel will take no
     * more; the ring is of no use after it.
     */
    public int takeBack(final FrameStack free) {
        final int count = pending();
        for (int i = 0; i < count; i++) {
            free.push(umem + Memory.getLong(descriptors + (long) untaken(i) * RingOffsets.FRAME_DESCRIPTOR_BYTES));
        }
        return count;
    }

    /** Moves up to {@code max} free frames into the ring, publishes them, and returns how many. */
    public int refill(final FrameStack free, final int max) {
        final int count = reserve(Math.min(max, free.count()));
        for (int i = 0; i < count; i++) {
            put(free.pop());
        }
        submit();
        return count;
    }
}
