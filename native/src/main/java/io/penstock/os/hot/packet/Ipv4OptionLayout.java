package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * One IPv4 option, wherever it lies in the header.
 *
 * <pre>
 *  end, no-op:                 | kind |
 *  record route, source route: | kind | length | pointer | address 1 | address 2 | ...
 *  timestamp:                  | kind | length | pointer | overflow:4, flag:4 | slot 1 | slot 2 | ...
 *  router alert:               | kind | length |   value (16 bits)   |
 *  CIPSO:                      | kind | length |     domain of interpretation (32 bits)     | tags ...
 * </pre>
 *
 * <p>The pointer counts bytes from the option's start, the kind being byte 1: the first slot of a route is at 4, and an
 * option whose pointer exceeds its length is full. What a pointer points to is therefore at
 * {@code option + pointer - 1}.
 *
 * <p>Source: RFC 791, 3.1 and 781; RFC 2113 (router alert). Nothing is checked here.
 */
public final class Ipv4OptionLayout {

    public static final int KIND = 0;
    public static final int LENGTH = 1;
    public static final int POINTER = 2;
    /** Of a timestamp. */
    public static final int OVERFLOW_FLAG = 3;
    /** Of a router alert. */
    public static final int ALERT_VALUE = 2;

    /** Bytes before the first address of a route. */
    public static final int ROUTE_HEADER_BYTES = 3;
    /** Bytes before the first slot of a timestamp. */
    public static final int TIMESTAMP_HEADER_BYTES = 4;
    /** Bytes of a route's slot, and of each of the two halves of a timestamp's. */
    public static final int SLOT_BYTES = 4;
    /** Bytes of a whole router alert. */
    public static final int ALERT_BYTES = 4;

    /** Ends the list; the rest of the header is padding. */
    public static final int END = 0;
    /** One byte of padding. */
    public static final int NO_OPERATION = 1;
    /** In a kind: the option goes into every fragment. */
    public static final int COPIED = 0x80;

    /** Timestamps only. */
    public static final int FLAG_TIME = 0;
    /** Each timestamp after the address of who made it. */
    public static final int FLAG_ADDRESS_AND_TIME = 1;
    /** The addresses of those who are to fill in the time stand there. */
    public static final int FLAG_PRESPECIFIED = 3;
    /** The most hosts that found a timestamp full which the option can count. */
    public static final int MAX_OVERFLOW = 15;

    private static final int FLAG_MASK = 0xF;
    private static final int OVERFLOW_SHIFT = 4;

    private Ipv4OptionLayout() {
    }

    public static int kind(final long option) {
        return Memory.getUnsignedByte(option + KIND);
    }

    /** Bytes of the option with kind and length. */
    public static int length(final long option) {
        return Memory.getUnsignedByte(option + LENGTH);
    }

    public static int pointer(final long option) {
        return Memory.getUnsignedByte(option + POINTER);
    }

    /** One of {@link #FLAG_TIME}, {@link #FLAG_ADDRESS_AND_TIME}, {@link #FLAG_PRESPECIFIED}, or nonsense. */
    public static int flag(final long option) {
        return Memory.getUnsignedByte(option + OVERFLOW_FLAG) & FLAG_MASK;
    }

    public static int overflow(final long option) {
        return Memory.getUnsignedByte(option + OVERFLOW_FLAG) >>> OVERFLOW_SHIFT;
    }

    public static int alertValue(final long option) {
        return Memory.getUnsignedShortBE(option + ALERT_VALUE);
    }

    /** The four bytes that a pointer points to. */
    public static int slot(final long option, final int pointer) {
        return Memory.getIntBE(option + pointer - 1);
    }

    public static void setKind(final long option, final int kind) {
        Memory.putByte(option + KIND, (byte) kind);
    }

    public static void setLength(final long option, final int bytes) {
        Memory.putByte(option + LENGTH, (byte) bytes);
    }

    public static void setPointer(final long option, final int pointer) {
        Memory.putByte(option + POINTER, (byte) pointer);
    }

    /** Writes the overflow counter and keeps the flag. */
    public static void setOverflow(final long option, final int overflow) {
        Memory.putByte(option + OVERFLOW_FLAG, (byte) (overflow << OVERFLOW_SHIFT | flag(option)));
    }

    /** Writes the four bytes that a pointer points to. */
    public static void setSlot(final long option, final int pointer, final int word) {
        Memory.putIntBE(option + pointer - 1, word);
    }
}
