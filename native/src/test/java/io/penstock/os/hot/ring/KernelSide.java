package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * The kernel's side of one ring in plain memory: takes what a fill or TX ring publishes, gives what an RX or completion ring
 * shall see. Knows nothing of the classes under test but the layout that it chose.
 */
final class KernelSide implements AutoCloseable {

    static final RingOffsets OFFSETS = new RingOffsets(0, 64, 192, 128);
    static final long UMEM = 0x7000_0000_0000L;

    private final MappedMemory memory;
    private final int size;
    private final int descriptorBytes;

    /** A ring whose indices start at {@code start}, to see them wrap. */
    KernelSide(final int size, final int descriptorBytes, final int start) {
        this.memory = MappedMemory.reserve(OFFSETS.mappingBytes(size, descriptorBytes), MappedMemory.Pages.NORMAL);
        this.size = size;
        this.descriptorBytes = descriptorBytes;
        Memory.putInt(memory.address() + OFFSETS.producer(), start);
        Memory.putInt(memory.address() + OFFSETS.consumer(), start);
    }

    long mapping() {
        return memory.address();
    }

    int producer() {
        return Memory.getIntAcquire(memory.address() + OFFSETS.producer());
    }

    int consumer() {
        return Memory.getIntAcquire(memory.address() + OFFSETS.consumer());
    }

    /** How many descriptors are published and not consumed. */
    int waiting() {
        return producer() - consumer();
    }

    /** Sets the flag that asks for a system call. */
    void needWakeup(final boolean need) {
        Memory.putIntRelease(memory.address() + OFFSETS.flags(), need ? 1 : 0);
    }

    /** Reads a published descriptor's first word without consuming it. */
    long address(final int position) {
        return Memory.getLong(descriptor(consumer() + position));
    }

    /** Reads a published packet descriptor's length and options as they lie there. */
    long lengthAndOptions(final int position) {
        return Memory.getLong(descriptor(consumer() + position) + 8);
    }

    /** Consumes descriptors. */
    void take(final int count) {
        Memory.putIntRelease(memory.address() + OFFSETS.consumer(), consumer() + count);
    }

    /** Publishes a frame descriptor; false when the ring is full. */
    boolean give(final long offset) {
        if (waiting() == size) {
            return false;
        }
        Memory.putLong(descriptor(producer()), offset);
        Memory.putIntRelease(memory.address() + OFFSETS.producer(), producer() + 1);
        return true;
    }

    /** Publishes a packet descriptor; false when the ring is full. */
    boolean give(final long offset, final int length, final int options) {
        if (waiting() == size) {
            return false;
        }
        Memory.putInt(descriptor(producer()) + 8, length);
        Memory.putInt(descriptor(producer()) + 12, options);
        return give(offset);
    }

    private long descriptor(final int index) {
        return memory.address() + OFFSETS.descriptors() + (long) Integer.remainderUnsigned(index, size) * descriptorBytes;
    }

    @Override
    public void close() {
        memory.close();
    }
}
