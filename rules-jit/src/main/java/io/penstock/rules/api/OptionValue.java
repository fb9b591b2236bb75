package io.penstock.rules.api;

import java.util.List;

/**
 * An option as it was given.
 *
 * @param text     the argument's text, null without one
 * @param more     the second word of an option with two, null otherwise
 * @param inverted whether {@code !} stood before it
 * @param count    how many values were given: 2 for {@code low:high}
 * @param low      the number, port, protocol, level, mark, prefix length, type of service or a range's first value; 64 bits unsigned
 * @param high     a range's last value ({@code low} where there is one value only), or the mask of a mark or a type of service
 * @param real     the real number
 * @param address  the address, or the mask of {@link OptionType#PREFIX_MASK}, or the Ethernet address; network order
 * @param mask     the address's mask, network order
 * @param prefix   the mask's length, or -1 if it is none
 * @param all      all addresses that a name stands for, the first one being {@code address}; of {@link OptionType#HOST} only
 */
public record OptionValue(
        String text,
        String more,
        boolean inverted,
        int count,
        long low,
        long high,
        double real,
        byte[] address,
        byte[] mask,
        int prefix,
        List<byte[]> all) {

    /** Text, or nothing. */
    public static OptionValue ofText(final String text, final String more, final boolean inverted) {
        return new OptionValue(text, more, inverted, text == null ? 0 : 1, 0, 0, 0, null, null, -1, List.of());
    }

    /** The same with one number. */
    public OptionValue withNumber(final long number) {
        return withRange(1, number, number);
    }

    /** The same with numbers. */
    public OptionValue withRange(final int values, final long first, final long last) {
        return new OptionValue(text, more, inverted, values, first, last, real, address, mask, prefix, all);
    }

    /** The same with a real number. */
    public OptionValue withReal(final double number) {
        return new OptionValue(text, more, inverted, 1, low, high, number, address, mask, prefix, all);
    }

    /** The same with an address. */
    public OptionValue withAddress(final byte[] bytes, final byte[] itsMask, final int length, final List<byte[]> others) {
        return new OptionValue(text, more, inverted, 1, length, length, real, bytes, itsMask, length, others);
    }
}
