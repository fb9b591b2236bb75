package io.penstock.dataplane.judge.random;

/**
 * What a random case is like.
 *
 * @param seed     its number, by which its lines in a log are known
 * @param hasLinks whether packets have Ethernet headers
 * @param hasTime  whether time passes between packets
 */
record RuleMode(long seed, boolean hasLinks, boolean hasTime) {

    private static final int LINKS_ONE_IN = 3;
    private static final int TIME_ONE_IN = 12;

    static RuleMode of(final Dice dice, final long seed) {
        return new RuleMode(seed, dice.oneIn(LINKS_ONE_IN), dice.oneIn(TIME_ONE_IN));
    }
}
