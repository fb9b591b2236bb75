package io.penstock.rules.model;

/**
 * What every rule may ask, without {@code -m}.
 *
 * @param source           {@code -s}
 * @param destination      {@code -d}
 * @param in               {@code -i}
 * @param out              {@code -o}
 * @param protocol         {@code -p}, 0 for any
 * @param protocolInverted whether it takes every protocol but that
 * @param fragment         {@code -f}
 */
public record Selector(
        AddressTest source,
        AddressTest destination,
        DeviceTest in,
        DeviceTest out,
        int protocol,
        boolean protocolInverted,
        FragmentTest fragment) {

    /** Every packet. */
    public static final Selector ANY = new Selector(
            AddressTest.ANY, AddressTest.ANY, DeviceTest.ANY, DeviceTest.ANY, 0, false, FragmentTest.ANY);

    /** Which fragments a rule takes. */
    public enum FragmentTest {
        /** All packets. */
        ANY,
        /** Second and later fragments ({@code -f}). */
        LATER,
        /** Whole packets and first fragments ({@code ! -f}). */
        FIRST
    }
}
