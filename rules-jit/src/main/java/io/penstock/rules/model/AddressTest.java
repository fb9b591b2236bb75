package io.penstock.rules.model;

/**
 * What a rule asks of an address. An IPv4 address lies in the low 32 bits of {@code low}.
 *
 * @param high     the address's first 64 bits
 * @param low      the rest
 * @param maskHigh the mask's first 64 bits
 * @param maskLow  the rest
 * @param inverted whether it takes every address but those
 */
public record AddressTest(long high, long low, long maskHigh, long maskLow, boolean inverted) {

    /** Every address. */
    public static final AddressTest ANY = new AddressTest(0, 0, 0, 0, false);

    /** Whether it takes every address. */
    public boolean isAny() {
        return equals(ANY);
    }
}
