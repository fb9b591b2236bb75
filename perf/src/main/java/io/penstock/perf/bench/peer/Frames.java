package io.penstock.perf.bench.peer;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.connections.FlowOrder;
import java.nio.file.Path;

/** Frames in memory, all of one size, each in slots of cache lines. Threads: one. */
final class Frames implements AutoCloseable {

    private static final int LINE_BYTES = 64;

    private final MappedMemory memory;
    private final int count;
    private final int bytes;
    private final int slotBytes;

    /** Empty ones. */
    Frames(final int count, final int bytes) {
        this.count = count;
        this.bytes = bytes;
        slotBytes = (bytes + LINE_BYTES - 1) & -LINE_BYTES;
        memory = MappedMemory.reserve((long) count * slotBytes, MappedMemory.Pages.HUGE);
    }

    /** Where one lies. */
    long address(final int frame) {
        return memory.address() + (long) frame * slotBytes;
    }

    int count() {
        return count;
    }

    /** Of each. */
    int bytes() {
        return bytes;
    }

    /** Writes a capture of all of them, in an order. */
    Path writeCapture(final Path file, final FlowOrder order) {
        try (PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET)) {
            for (int i = 0; i < count; i++) {
                writer.write(0, address((int) order.next()), bytes, bytes);
            }
        }
        return file;
    }

    @Override
    public void close() {
        memory.close();
    }
}
