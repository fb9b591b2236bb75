package io.penstock.perf.connections;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/** What the ends of flows were translated to, by flow: eight bytes each. Threads: one. */
final class TranslatedEnds implements AutoCloseable {

    private static final int PORT_BITS = 16;
    private static final int PORT_MASK = 0xFFFF;

    private final MappedMemory memory;

    TranslatedEnds(final int flows) {
        memory = MappedMemory.reserve((long) flows * Long.BYTES, MappedMemory.Pages.HUGE);
    }

    void set(final long flow, final int address, final int port) {
        Memory.putLong(memory.address() + flow * Long.BYTES, (long) address << PORT_BITS | port);
    }

    int address(final long flow) {
        return (int) (Memory.getLong(memory.address() + flow * Long.BYTES) >>> PORT_BITS);
    }

    int port(final long flow) {
        return (int) Memory.getLong(memory.address() + flow * Long.BYTES) & PORT_MASK;
    }

    @Override
    public void close() {
        memory.close();
    }
}
