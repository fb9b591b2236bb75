package io.penstock.dataplane.settings;

/**
 * The text of {@code net.ipv6.icmp.ratemask}: message types and ranges of them, such as {@code 0-1,3-127}.
 *
 * <p>Source: Documentation/networking/ip-sysctl.rst; proc_do_large_bitmap.
 */
final class RateMask6 {

    static final String NAME = "net.ipv6.icmp.ratemask";

    private static final int TYPES = 256;

    private RateMask6() {
    }

    /** Sets the bit of each type that the text names and clears the others; {@link IllegalArgumentException} says what is wrong. */
    static void parse(final String text, final long[] into) {
        final long[] mask = new long[TYPES / Long.SIZE];
        final String list = text.strip();
        for (final String part : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            final int dash = part.indexOf('-');
            final int first = type(dash < 0 ? part : part.substring(0, dash), text);
            final int last = dash < 0 ? first : type(part.substring(dash + 1), text);
            for (int type = first; type <= last; type++) {
                mask[type / Long.SIZE] |= 1L << type;
            }
        }
        System.arraycopy(mask, 0, into, 0, mask.length);
    }

    private static int type(final String number, final String text) {
        if (!number.matches("\\d{1,3}") || Integer.parseInt(number) >= TYPES) {
            throw new IllegalArgumentException('\'' + NAME + "'='" + text + "' is not a list of ICMPv6 types; write numbers from 0 "
                    + "to " + (TYPES - 1) + " and ranges, such as 0-1,3-127");
        }
        return Integer.parseInt(number);
    }
}
