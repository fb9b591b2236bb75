package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The TX ring: packets that Penstock asks the kernel to send. A frame that was put belongs to the kernel until the
 * completion ring of the same socket returns it. See {@link ProducerRing} for order and threads.
 */
public final class TxRing extends ProducerRing {

    /**
     * A ring over a mapping.
     *
     * @param mapping the address of the mapped ring
     * @param offsets where its parts lie
     * @param size    descriptors, a power of two
     * @param umem    the address of the UMEM's first byte, which turns addresses into descriptors
     */
    public TxRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        super(mapping, offsets, size, umem);
    }

    /**
     * Writes the next descriptor; {@link #reserve} must have granted it. The packet may start anywhere in its frame and
     * must end in the same frame: else the kernel counts an invalid descriptor, and the frame never comes back.
     */
    public void put(final long address, final int length) {
        final long descriptor = descriptors + (long) claim() * RingOffsets.PACKET_DESCRIPTOR_BYTES;
        Memory.putLong(descriptor + RingOffsets.ADDRESS, address - umem);
        Memory.putInt(descriptor + RingOffsets.LENGTH, length);
        Memory.putInt(descriptor + RingOffsets.OPTIONS, 0);
    }

    /**
     * Moves the frames that the kernel has not taken to the free ones and returns how many. Only when the kernel will take no
     * more; the ring is of no use after it.
     */
    public int takeBack(final FrameStack free) {
        final int count = pending();
        for (int i = 0; i < count; i++) {
            final long descriptor = descriptors + (long) untaken(i) * RingOffsets.PACKET_DESCRIPTOR_BYTES;
            free.push(umem + Memory.getLong(descriptor + RingOffsets.ADDRESS));
        }
        return count;
    }
}
