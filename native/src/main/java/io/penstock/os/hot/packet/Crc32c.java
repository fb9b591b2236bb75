package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;
import java.nio.ByteOrder;

/**
 * CRC-32C over an address range, eight bytes a step with a table per byte.
 *
 * <p>{@code java.util.zip.CRC32C} has the processor's instruction but takes arrays and byte buffers only, and would cost a
 * copy or a wrapper a packet.
 *
 * <p>Source: RFC 9260, appendix A (the polynomial, reflected); M. Kounavis, F. Berry, "A systematic approach to building
 * high performance, software-based, CRC generators", 2005 (slicing by 8).
 */
final class Crc32c {

    /** What a computation starts with; the complement of what it ends with is the CRC. */
    static final int START = -1;

    private static final int POLYNOMIAL = 0x82F6_3B78;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /** Eight tables of 256: table k is for the byte that has k more behind it. */
    private static final int[] TABLES = createTables();

    private Crc32c() {
    }

    /** Takes bytes into a CRC under way. */
    static int update(final int crc, final long address, final int bytes) {
        int c = crc;
        int i = 0;
        for (final int whole = bytes & -8; i < whole; i += 8) {
            c = updateLong(c, littleEndian(Memory.getLong(address + i)));
        }
        for (; i < bytes; i++) {
            c = TABLES[(c ^ Memory.getByte(address + i)) & 0xFF] ^ c >>> 8;
        }
        return c;
    }

    /** Takes four bytes of 0 into a CRC under way. */
    static int updateZeroInt(final int crc) {
        return TABLES[0x300 + (crc & 0xFF)]
                ^ TABLES[0x200 + (crc >>> 8 & 0xFF)]
                ^ TABLES[0x100 + (crc >>> 16 & 0xFF)]
                ^ TABLES[crc >>> 24];
    }

    private static int updateLong(final int crc, final long eight) {
        final int low = (int) eight ^ crc;
        final int high = (int) (eight >>> 32);
        return TABLES[0x700 + (low & 0xFF)]
                ^ TABLES[0x600 + (low >>> 8 & 0xFF)]
                ^ TABLES[0x500 + (low >>> 16 & 0xFF)]
                ^ TABLES[0x400 + (low >>> 24)]
                ^ TABLES[0x300 + (high & 0xFF)]
                ^ TABLES[0x200 + (high >>> 8 & 0xFF)]
                ^ TABLES[0x100 + (high >>> 16 & 0xFF)]
                ^ TABLES[high >>> 24];
    }

    private static long littleEndian(final long eight) {
        return LITTLE ? eight : Long.reverseBytes(eight);
    }

    private static int[] createTables() {
        final int[] tables = new int[8 * 256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ -(crc & 1) & POLYNOMIAL;
            }
            tables[i] = crc;
        }
        for (int i = 256; i < tables.length; i++) {
            tables[i] = tables[i - 256] >>> 8 ^ tables[tables[i - 256] & 0xFF];
        }
        return tables;
    }
}
