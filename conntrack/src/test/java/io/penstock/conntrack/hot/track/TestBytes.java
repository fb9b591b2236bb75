package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.util.HexFormat;

/** Bytes at the end of a mapping, so that what reads behind them throws in checked mode; and an entry at its start. */
final class TestBytes implements AutoCloseable {

    private final MappedMemory memory = MappedMemory.reserve(1 << 17, MappedMemory.Pages.NORMAL);

    /** The address of an entry, zeroed. */
    long entry() {
        Memory.fill(memory.address(), 256, (byte) 0);
        return memory.address();
    }

    /** Puts bytes and returns where. */
    long put(final byte[] bytes) {
        return put(bytes, 0, bytes.length);
    }

    /** Puts a part of an array and returns where. */
    long put(final byte[] bytes, final int from, final int count) {
        final long address = memory.address() + memory.bytes() - count;
        Memory.copyFromArray(bytes, from, address, count);
        return address;
    }

    long putHex(final String hex) {
        return put(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Override
    public void close() {
        memory.close();
    }
}
