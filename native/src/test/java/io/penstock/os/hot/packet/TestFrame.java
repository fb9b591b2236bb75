package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.sys.MappedMemory;
import java.util.HexFormat;

/**
 * A frame in memory of its own whose window ends with its bytes, so that checked mode catches a read one byte past them.
 */
final class TestFrame implements AutoCloseable {

    private static final int CHUNK_SHIFT = 17;

    private final MappedMemory memory =
            MappedMemory.reserveChunked(1L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);

    /** Puts bytes at an address that is even but not a multiple of 4, as behind an Ethernet header. */
    long put(final byte[] bytes) {
        return put(bytes, 14);
    }

    /** Puts bytes at an offset of the page and makes them the window. */
    long put(final byte[] bytes, final int offset) {
        final long address = memory.address() + offset;
        Regions.unwindow(address);
        Memory.copyFromArray(bytes, 0, address, bytes.length);
        Regions.window(address, bytes.length);
        return address;
    }

    long putHex(final String hex) {
        return put(bytes(hex));
    }

    /** Parses hexadecimal digits with blanks anywhere. */
    static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    static byte[] get(final long address, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copyToArray(address, copy, 0, bytes);
        return copy;
    }

    static String getHex(final long address, final int bytes) {
        return HexFormat.of().formatHex(get(address, bytes));
    }

    @Override
    public void close() {
        memory.close();
    }
}
