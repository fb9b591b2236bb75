package io.penstock.os.netlink;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Loads and stores in the machine's byte order, which is netlink's, in heap arrays: the JVM checks every bound. */
final class Bytes {

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {
    }

    static int unsignedShort(final byte[] bytes, final int offset) {
        return (short) SHORT.get(bytes, offset) & 0xFFFF;
    }

    static void putShort(final byte[] bytes, final int offset, final int value) {
        SHORT.set(bytes, offset, (short) value);
    }

    static int getInt(final byte[] bytes, final int offset) {
        return (int) INT.get(bytes, offset);
    }

    static void putInt(final byte[] bytes, final int offset, final int value) {
        INT.set(bytes, offset, value);
    }

    static int unsignedShortBE(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF;
    }

    static int getIntBE(final byte[] bytes, final int offset) {
        return (int) INT_BE.get(bytes, offset);
    }

    static void putIntBE(final byte[] bytes, final int offset, final int value) {
        INT_BE.set(bytes, offset, value);
    }

    static long getLongBE(final byte[] bytes, final int offset) {
        return (long) LONG_BE.get(bytes, offset);
    }

    static void putLongBE(final byte[] bytes, final int offset, final long value) {
        LONG_BE.set(bytes, offset, value);
    }
}
