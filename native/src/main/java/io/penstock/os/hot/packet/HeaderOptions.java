package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The list of options that IPv4 and TCP headers end with: kind 0 ends the list, kind 1 is a byte of padding, any other
 * kind is followed by the length of the whole option.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing at or past {@code headerBytes} is read.</li>
 *   <li>An offset that is returned as an option's is that of an option which lies in the header whole.</li>
 *   <li>Every step goes forward by at least one byte, so a list has at most 40 steps.</li>
 * </ol>
 *
 * <p>Source: RFC 791, 3.1; RFC 9293, 3.1.
 */
final class HeaderOptions {

    /** There are no more options. Not an offset, as every header is longer than 0. */
    static final int END = 0;
    /** An option is shorter than 2 bytes or leaves the header. */
    static final int MALFORMED = -1;

    static final int KIND_END = 0;
    static final int KIND_PADDING = 1;

    private HeaderOptions() {
    }

    /** Judges what stands at an offset: that offset, {@link #END}, or {@link #MALFORMED}. */
    static int at(final long header, final int offset, final int headerBytes) {
        if (offset >= headerBytes) {
            return END;
        }
        final int kind = Memory.getUnsignedByte(header + offset);
        if (kind <= KIND_PADDING) {
            return kind == KIND_END ? END : offset;
        }
        if (offset + 1 == headerBytes) {
            return MALFORMED;
        }
        final int bytes = Memory.getUnsignedByte(header + offset + 1);
        return bytes < 2 || offset + bytes > headerBytes ? MALFORMED : offset;
    }

    /** Goes on from an option that {@link #at} has returned. */
    static int after(final long header, final int offset, final int headerBytes) {
        return at(header, offset + bytes(header, offset), headerBytes);
    }

    static int kind(final long header, final int offset) {
        return Memory.getUnsignedByte(header + offset);
    }

    static int bytes(final long header, final int offset) {
        return kind(header, offset) == KIND_PADDING ? 1 : Memory.getUnsignedByte(header + offset + 1);
    }
}
