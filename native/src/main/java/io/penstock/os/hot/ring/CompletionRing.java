package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The completion ring: frames that the kernel has sent and gives back. Each peeked frame belongs to the caller from the
 * {@link #release} on; the addresses must be read before it. See {@link ConsumerRing} for order and threads.
 */
public final class CompletionRing extends ConsumerRing {

    /**
     * A ring over a mapping.
     *
     * @param mapping the address of the mapped ring
     * @param offsets where its parts lie
     * @param size    descriptors, a power of two
     * @param umem    the address of the UMEM's first byte, which turns descriptors into addresses
     */
    public CompletionRing(final long mapping, final RingOffsets offsets, final int size, final long umem) {
        super(mapping, offsets, size, umem);
    }

    /** The address that was put into the TX ring: of the packet's first byte, not of its frame. */
    public long address(final int position) {
        return umem + Memory.getLong(descriptors + (long) slot(position) * RingOffsets.FRAME_DESCRIPTOR_BYTES);
    }

    /** Moves up to {@code max} sent frames to the free ones and returns how many. */
    public int drain(final FrameStack free, final int max) {
        final int count = peek(max);
        for (int i = 0; i < count; i++) {
            free.push(address(i));
        }
        release(count);
        return count;
    }
}
