package io.penstock.os.hot.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

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
 * <p>The byte order is the machine's unless the name ends in {@code BE} (network order). The memory order is in the name
 * of every accessor that has one. Threads: any; the caller owns the memory that it names.
 */
public final class Memory {

    /** True when every access is checked against the registered regions. */
    public static final boolean CHECKED = Boolean.getBoolean("penstock.checked");

    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort SHORT_BE = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BE = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private static final VarHandle INT_HANDLE =
            MethodHandles.insertCoordinates(ValueLayout.JAVA_INT.varHandle(), 0, ALL);
    private static final VarHandle LONG_HANDLE =
            MethodHandles.insertCoordinates(ValueLayout.JAVA_LONG.varHandle(), 0, ALL);

    private Memory() {
    }

    /** Reads one signed byte. */
    public static byte getByte(final long address) {
        check(address, 1);
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    /** Reads one byte as 0 to 255. */
    public static int getUnsignedByte(final long address) {
        return getByte(address) & 0xFF;
    }

    /** Writes one byte. */
    public static void putByte(final long address, final byte value) {
        check(address, 1);
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    /** Reads two bytes in the machine's order as 0 to 65535. */
    public static int getUnsignedShort(final long address) {
        check(address, 2);
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    /** Reads two bytes in network order as 0 to 65535. */
    public static int getUnsignedShortBE(final long address) {
        check(address, 2);
        return ALL.get(SHORT_BE, address) & 0xFFFF;
    }

    /** Writes the low two bytes of the value in the machine's order. */
    public static void putShort(final long address, final int value) {
        check(address, 2);
        ALL.set(SHORT, address, (short) value);
    }

    /** Writes the low two bytes of the value in network order. */
    public static void putShortBE(final long address, final int value) {
        check(address, 2);
        ALL.set(SHORT_BE, address, (short) value);
    }

    /** Reads four bytes in the machine's order. */
    public static int getInt(final long address) {
        check(address, 4);
        return ALL.get(INT, address);
    }

    /** Reads four bytes in network order. */
    public static int getIntBE(final long address) {
        check(address, 4);
        return ALL.get(INT_BE, address);
    }

    /** Writes four bytes in the machine's order. */
    public static void putInt(final long address, final int value) {
        check(address, 4);
        ALL.set(INT, address, value);
    }

    /** Writes four bytes in network order. */
    public static void putIntBE(final long address, final int value) {
        check(address, 4);
        ALL.set(INT_BE, address, value);
    }

    /** Reads eight bytes in the machine's order. */
    public static long getLong(final long address) {
        check(address, 8);
        return ALL.get(LONG, address);
    }

    /** Reads eight bytes in network order. */
    public static long getLongBE(final long address) {
        check(address, 8);
        return ALL.get(LONG_BE, address);
    }

    /** Writes eight bytes in the machine's order. */
    public static void putLong(final long address, final long value) {
        check(address, 8);
        ALL.set(LONG, address, value);
    }

    /** Writes eight bytes in network order. */
    public static void putLongBE(final long address, final long value) {
        check(address, 8);
        ALL.set(LONG_BE, address, value);
    }

    /** Reads an aligned int; pairs with {@link #putIntRelease} of another thread or the kernel. */
    public static int getIntAcquire(final long address) {
        check(address, 4);
        return (int) INT_HANDLE.getAcquire(address);
    }

    /** Writes an aligned int after all earlier loads and stores; pairs with {@link #getIntAcquire}. */
    public static void putIntRelease(final long address, final int value) {
        check(address, 4);
        INT_HANDLE.setRelease(address, value);
    }

    /** Reads an aligned int without tearing and without ordering. */
    public static int getIntOpaque(final long address) {
        check(address, 4);
        return (int) INT_HANDLE.getOpaque(address);
    }

    /** Writes an aligned int without tearing and without ordering. */
    public static void putIntOpaque(final long address, final int value) {
        check(address, 4);
        INT_HANDLE.setOpaque(address, value);
    }

    /** Reads an aligned int in the total order of volatile accesses. */
    public static int getIntVolatile(final long address) {
        check(address, 4);
        return (int) INT_HANDLE.getVolatile(address);
    }

    /** Reads an aligned long; pairs with {@link #putLongRelease}. */
    public static long getLongAcquire(final long address) {
        check(address, 8);
        return (long) LONG_HANDLE.getAcquire(address);
    }

    /** Writes an aligned long after all earlier loads and stores; pairs with {@link #getLongAcquire}. */
    public static void putLongRelease(final long address, final long value) {
        check(address, 8);
        LONG_HANDLE.setRelease(address, value);
    }

    /** Reads an aligned long without tearing and without ordering. */
    public static long getLongOpaque(final long address) {
        check(address, 8);
        return (long) LONG_HANDLE.getOpaque(address);
    }

    /** Writes an aligned long without tearing and without ordering. */
    public static void putLongOpaque(final long address, final long value) {
        check(address, 8);
        LONG_HANDLE.setOpaque(address, value);
    }

    /** Replaces an aligned long if it still holds the expected value; a full barrier when it does. */
    public static boolean compareAndSetLong(final long address, final long expected, final long value) {
        check(address, 8);
        return LONG_HANDLE.compareAndSet(address, expected, value);
    }

    /** Replaces an aligned int if it still holds the expected value; a full barrier when it does. */
    public static boolean compareAndSetInt(final long address, final int expected, final int value) {
        check(address, 4);
        return INT_HANDLE.compareAndSet(address, expected, value);
    }

    /** Adds to an aligned long atomically and returns what it held before. */
    public static long getAndAddLong(final long address, final long delta) {
        check(address, 8);
        return (long) LONG_HANDLE.getAndAdd(address, delta);
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
