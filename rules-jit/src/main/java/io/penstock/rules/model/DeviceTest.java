package io.penstock.rules.model;

/**
 * What a rule asks of a device's name.
 *
 * @param name     a name, or its beginning and a {@code +}; the empty text is every device
 * @param inverted whether it takes every device but those
 */
public record DeviceTest(String name, boolean inverted) {

    /** Every device. */
    public static final DeviceTest ANY = new DeviceTest("", false);

    /** Bytes that the kernel compares ({@code IFNAMSIZ}). */
    public static final int NAME_BYTES = 16;

    /** Whether it takes every device. */
    public boolean isAny() {
        return name.isEmpty() && !inverted;
    }

    /** Whether it asks for the name's beginning only. */
    public boolean isPrefix() {
        return name.endsWith("+");
    }

    /** Eight bytes of the name, in memory order, as a word in native order (little endian), from byte 0 or 8. */
    public long word(final int from) {
        final int length = isPrefix() ? name.length() - 1 : name.length();
        long word = 0;
        for (int i = 0; i < Long.BYTES && from + i < length; i++) {
            word |= (name.charAt(from + i) & 0xFFL) << i * Byte.SIZE;
        }
        return word;
    }

    /** Which bits of that word count. */
    public long mask(final int from) {
        final int bytes = name.isEmpty() ? 0 : isPrefix() ? name.length() - 1 : Math.min(name.length() + 1, NAME_BYTES);
        final int within = Math.clamp(bytes - from, 0, Long.BYTES);
        return within == Long.BYTES ? -1L : (1L << within * Byte.SIZE) - 1;
    }
}
