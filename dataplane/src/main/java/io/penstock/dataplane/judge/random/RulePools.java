package io.penstock.dataplane.judge.random;

import java.util.List;

/**
 * Values that rules ask for and packets have: few of each, so that they meet, and any other now and then.
 *
 * <p>Threads: one.
 */
final class RulePools {

    private static final int[] PORTS = {0, 22, 53, 80, 443, 1024, 5060, 65535};
    private static final int[] MARKS = {0, 1, 2, 0x10, 0xFF, 0x8000_0000, -1};
    private static final int[] SPIS = {0, 1, 256, 1000, 0x8000_0000, -1};
    private static final int[] LENGTHS = {20, 28, 40, 48, 60, 100, 576, 1280, 1500};
    private static final int[] HOPS = {0, 1, 2, 3, 63, 64, 128, 255};
    /** What payloads hold and string matches look for. */
    private static final List<String> TEXTS = List.of("needle", "GET /", "aab", "abab", "Host: x", "0123456789abcdef");
    /** Kinds of TCP options: MSS, window scale, SACK permitted, SACK, timestamps, MD5, and one that nobody knows. */
    private static final int[] TCP_OPTIONS = {2, 3, 4, 5, 8, 19, 77};
    private static final List<Long> SENDERS = List.of(0x0200_0000_00A1L, 0x0250_56FF_0001L, 0x000C_2912_3456L);
    private static final int ANY_ONE_IN = 10;

    private final Dice dice;
    private final RuleMode mode;
    private final List<String> hosts;
    private final List<String> gateways;
    private boolean mangles;

    /**
     * Values.
     *
     * @param hosts    addresses that packets come from and go to
     * @param gateways those that copies can be sent to
     */
    RulePools(final Dice dice, final RuleMode mode, final List<String> hosts, final List<String> gateways) {
        this.dice = dice;
        this.mode = mode;
        this.hosts = List.copyOf(hosts);
        this.gateways = List.copyOf(gateways);
    }

    /** Notes whether packets can be changed. */
    void mangles(final boolean does) {
        mangles = does;
    }

    boolean mangles() {
        return mangles;
    }

    RuleMode mode() {
        return mode;
    }

    String host() {
        return dice.of(hosts);
    }

    String gateway() {
        return dice.of(gateways);
    }

    /** The Ethernet address of a sender. */
    long sender() {
        return dice.of(SENDERS);
    }

    /** Whose interface identifiers some hosts have. */
    static List<Long> senders() {
        return SENDERS;
    }

    int port() {
        return dice.oneIn(ANY_ONE_IN) ? dice.below(1 << 16) : dice.of(PORTS);
    }

    int mark() {
        return dice.oneIn(ANY_ONE_IN) ? dice.bits() : dice.of(MARKS);
    }

    int spi() {
        return dice.oneIn(ANY_ONE_IN) ? dice.bits() : dice.of(SPIS);
    }

    int length() {
        return dice.oneIn(ANY_ONE_IN) ? dice.below(1 << 11) : dice.of(LENGTHS);
    }

    int hops() {
        return dice.oneIn(ANY_ONE_IN) ? dice.below(1 << 8) : dice.of(HOPS);
    }

    /** Type of service or traffic class. */
    int service() {
        return dice.oneIn(2) ? dice.of(0, 1, 2, 3, 0x10, 0x28, 0xB8, 0xFF) : dice.below(1 << 8);
    }

    String text() {
        return dice.of(TEXTS);
    }

    int tcpOption() {
        return dice.of(TCP_OPTIONS);
    }

    /** Two values of one kind, the lower one first. */
    static String range(final String between, final int one, final int other) {
        return Integer.toUnsignedString(unsignedMin(one, other)) + between + Integer.toUnsignedString(unsignedMax(one, other));
    }

    private static int unsignedMin(final int one, final int other) {
        return Integer.compareUnsigned(one, other) <= 0 ? one : other;
    }

    private static int unsignedMax(final int one, final int other) {
        return Integer.compareUnsigned(one, other) <= 0 ? other : one;
    }
}
