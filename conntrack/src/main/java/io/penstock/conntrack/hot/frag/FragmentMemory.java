package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * How many bytes a namespace's waiting fragments hold, by family: what is compared with the high thresholds.
 *
 * <p>Counted is what is held: for each fragment the frame that it lies in and its record, for each incomplete packet its record
 * ({@link FragmentStore#fragmentBytes}, {@link FragmentStore#QUEUE_BYTES}). The kernel counts its own buffers, which for a full Ethernet frame
 * come to about the same.
 *
 * <p>Threads: any; the stores of all workers count here.
 */
public final class FragmentMemory implements AutoCloseable {

    /** Lines of their own, as every fragment changes them. */
    private static final int IPV4 = 0;
    private static final int IPV6 = 64;
    private static final int BYTES = 128;

    private final MappedMemory memory = MappedMemory.reserve(BYTES, MappedMemory.Pages.NORMAL);
    private final long address = memory.address();

    /** Nothing waits. */
    public FragmentMemory() {
    }

    /** Bytes that IPv4 fragments hold. */
    public long bytes4() {
        return Memory.getLongOpaque(address + IPV4);
    }

    /** Bytes that IPv6 fragments hold. */
    public long bytes6() {
        return Memory.getLongOpaque(address + IPV6);
    }

    /** Counts more, or, if negative, less. */
    void add(final int family, final long bytes) {
        Memory.getAndAddLong(address + (family == QueueLayout.FAMILY_IPV4 ? IPV4 : IPV6), bytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
