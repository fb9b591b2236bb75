package io.penstock.os.hot.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Loads and stores at absolute addresses.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every off-heap byte that Penstock touches on the path is touched through this class, so that one
 *       {@code static final} switch turns bounds checks on everywhere.</li>
 *   <li>In checked mode ({@code -Dpenstock.checked=true}) an access outside the {@linkplain Regions registered regions},
 *       or outside the window that a frame's owner has set, throws {@link IndexOutOfBoundsException} before memory is
 *       touched. In unchecked mode the check is dead code.</li>
 *   <li>Plain accessors tolerate any alignment; ordered ones need natural alignment.</li>
 * </ol>
 *
 * <p>Single values go through Agrona's {@code UnsafeApi}, which the JIT compiler takes for one load or store. Through a {@code MemorySegment} that
 * spans all memory, each is a few hundred nodes of its graph before they fold, and a method with some fifty of them has calls where loads should be
 * (docs/decisions/0006-memory-access.md).
 *
 * <p>The byte order is the machine's, a little-endian one, unless the name ends in {@code BE} (network order). The memory order is in the name
 * of every accessor that has one. Threads: any; the caller owns the memory that it names.
 */
public final class Memory {

    /** True when every access is checked against the registered regions. */
    public static final boolean CHECKED = Boolean.getBoolean("penstock.checked");

    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError("machines of this byte order are not supported: order=" + ByteOrder.nativeOrder()
                    + "; run on x86-64 or AArch64");
        }
    }

    private Memory() {
    }

    /** Reads one signed byte. */
    public static byte getByte(final long address) {
        check(address, 1);
        return UnsafeApi.getByte(address);
    }

    /** Reads one byte as 0 to 255. */
    public static int getUnsignedByte(final long address) {
        return getByte(address) & 0xFF;
    }

    /** Writes one byte. */
    public static void putByte(final long address, final byte value) {
        check(address, 1);
        UnsafeApi.putByte(address, value);
    }

    /** Reads two bytes in the machine's order as 0 to 65535. */
    public static int getUnsignedShort(final long address) {
        check(address, 2);
        return UnsafeApi.getShort(address) & 0xFFFF;
    }

    /** Reads two bytes in network order as 0 to 65535. */
    public static int getUnsignedShortBE(final long address) {
        check(address, 2);
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xFFFF;
    }

    /** Writes the low two bytes of the value in the machine's order. */
    public static void putShort(final long address, final int value) {
        check(address, 2);
        UnsafeApi.putShort(address, (short) value);
    }

    /** Writes the low two bytes of the value in network order. */
    public static void putShortBE(final long address, final int value) {
        check(address, 2);
        UnsafeApi.putShort(address, Short.reverseBytes((short) value));
    }

    /** Reads four bytes in the machine's order. */
    public static int getInt(final long address) {
        check(address, 4);
        return UnsafeApi.getInt(address);
    }

    /** Reads four bytes in network order. */
    public static int getIntBE(final long address) {
        check(address, 4);
        return Integer.reverseBytes(UnsafeApi.getInt(address));
    }

    /** Writes four bytes in the machine's order. */
    public static void putInt(final long address, final int value) {
        check(address, 4);
        UnsafeApi.putInt(address, value);
    }

    /** Writes four bytes in network order. */
    public static void putIntBE(final long address, final int value) {
        check(address, 4);
        UnsafeApi.putInt(address, Integer.reverseBytes(value));
    }

    /** Reads eight bytes in the machine's order. */
    public static long getLong(final long address) {
        check(address, 8);
        return UnsafeApi.getLong(address);
    }

    /** Reads eight bytes in network order. */
    public static long getLongBE(final long address) {
        check(address, 8);
        return Long.reverseBytes(UnsafeApi.getLong(address));
    }

    /** Writes eight bytes in the machine's order. */
    public static void putLong(final long address, final long value) {
        check(address, 8);
        UnsafeApi.putLong(address, value);
    }

    /** Writes eight bytes in network order. */
    public static void putLongBE(final long address, final long value) {
        check(address, 8);
        UnsafeApi.putLong(address, Long.reverseBytes(value));
    }

    /** Reads an aligned int; pairs with {@link #putIntRelease} of another thread or the kernel. */
    public static int getIntAcquire(final long address) {
        check(address, 4);
        return UnsafeApi.getIntAcquire(null, address);
    }

    /** Writes an aligned int after all earlier loads and stores; pairs with {@link #getIntAcquire}. */
    public static void putIntRelease(final long address, final int value) {
        check(address, 4);
        UnsafeApi.putIntRelease(null, address, value);
    }

    /** Reads an aligned int without tearing and without ordering. */
    public static int getIntOpaque(final long address) {
        check(address, 4);
        return UnsafeApi.getIntOpaque(null, address);
    }

    /** Writes an aligned int without tearing and without ordering. */
    public static void putIntOpaque(final long address, final int value) {
        check(address, 4);
        UnsafeApi.putIntOpaque(null, address, value);
    }

    /** Reads an aligned int in the total order of volatile accesses. */
    public static int getIntVolatile(final long address) {
        check(address, 4);
        return UnsafeApi.getIntVolatile(null, address);
    }

    /** Reads an aligned long; pairs with {@link #putLongRelease}. */
    public static long getLongAcquire(final long address) {
        check(address, 8);
        return UnsafeApi.getLongAcquire(null, address);
    }

    /** Writes an aligned long after all earlier loads and stores; pairs with {@link #getLongAcquire}. */
    public static void putLongRelease(final long address, final long value) {
        check(address, 8);
        UnsafeApi.putLongRelease(null, address, value);
    }

    /** Reads an aligned long without tearing and without ordering. */
    public static long getLongOpaque(final long address) {
        check(address, 8);
        return UnsafeApi.getLongOpaque(null, address);
    }

    /** Writes an aligned long without tearing and without ordering. */
    public static void putLongOpaque(final long address, final long value) {
        check(address, 8);
        UnsafeApi.putLongOpaque(null, address, value);
    }

    /** Replaces an aligned long if it still holds the expected value; a full barrier when it does. */
    public static boolean compareAndSetLong(final long address, final long expected, final long value) {
        check(address, 8);
        return UnsafeApi.compareAndSetLong(null, address, expected, value);
    }

    /** Replaces an aligned int if it still holds the expected value; a full barrier when it does. */
    public static boolean compareAndSetInt(final long address, final int expected, final int value) {
        check(address, 4);
        return UnsafeApi.compareAndSetInt(null, address, expected, value);
    }

    /** Adds to an aligned long atomically and returns what it held before. */
    public static long getAndAddLong(final long address, final long delta) {
        check(address, 8);
        return UnsafeApi.getAndAddLong(null, address, delta);
    }

    /** Copies bytes; the ranges may overlap. */
    public static void copy(final long from, final long to, final long bytes) {
        check(from, bytes);
        check(to, bytes);
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /** Copies bytes into a heap array. */
    public static void copyToArray(final long from, final byte[] to, final int index, final int bytes) {
        check(from, bytes);
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, index, bytes);
    }

    /** Copies bytes out of a heap array. */
    public static void copyFromArray(final byte[] from, final int index, final long to, final int bytes) {
        check(to, bytes);
        MemorySegment.copy(from, index, ALL, ValueLayout.JAVA_BYTE, to, bytes);
    }

    /** Sets every byte of a range. */
    public static void fill(final long address, final long bytes, final byte value) {
        check(address, bytes);
        ALL.asSlice(address, bytes).fill(value);
    }

    private static void check(final long address, final long bytes) {
        if (CHECKED) {
            Regions.check(address, bytes);
        }
    }
}
