package io.penstock.dataplane.judge.random;

/**
 * Random rules, a line each.
 *
 * <p>Source: iptables(8), iptables-extensions(8). Threads: one.
 */
final class RuleLine {

    /** What a chain's rules are like. */
    enum Style {
        /** Addresses, ports and devices mostly, and seldom an end: what is found by fields. */
        FIELDS,
        /** Marks, Ethernet sources and devices mostly: what is found by fields that are not in the packet. */
        CONTEXT,
        /** All there is. */
        ANY
    }

    private final Dice dice;
    private final RulePools pools;
    private final TransportWords transports;
    private final MatchWords matches;
    private final StateWords states;
    private final TargetWords targets;

    RuleLine(final Dice dice, final RulePools pools) {
        this.dice = dice;
        this.pools = pools;
        this.transports = new TransportWords(dice, pools);
        this.matches = new MatchWords(dice, pools);
        this.states = new StateWords(dice, pools.mode().hasTime());
        this.targets = new TargetWords(dice, pools);
    }

    /** A rule. */
    String next(final RulePlace place, final Style style) {
        final StringBuilder line = new StringBuilder("-A ").append(place.chain());
        if (dice.oneIn(12)) {
            // It counts also what a match behind it does not take.
            states.one(line, place.ipv6());
        }
        if (style == Style.FIELDS) {
            addresses(line, place, 2);
            devices(line, place, 6);
            transports.ports(line);
            if (dice.oneIn(8)) {
                matches.one(line, place);
            }
            targets.end(line, place, null, 12);
            return line.toString();
        }
        if (style == Style.CONTEXT) {
            addresses(line, place, 6);
            devices(line, place, 4);
            for (int i = dice.of(1, 1, 1, 2, 3); i > 0; i--) {
                matches.context(line, place);
            }
            if (dice.oneIn(4)) {
                transports.ports(line);
            }
            targets.end(line, place, null, 10);
            return line.toString();
        }
        addresses(line, place, 5);
        devices(line, place, 6);
        final String protocol = dice.oneIn(2) ? null : transports.any(line, place.ipv6());
        if (!place.ipv6() && dice.oneIn(15)) {
            line.append(dice.oneIn(2) ? " -f" : " ! -f");
        }
        for (int i = dice.of(0, 0, 1, 1, 2, 3); i > 0; i--) {
            matches.one(line, place);
        }
        if (dice.oneIn(5)) {
            states.one(line, place.ipv6());
        }
        targets.end(line, place, protocol, 5);
        return line.toString();
    }

    /** A rule that leads to another chain. */
    String leading(final RulePlace place, final String to) {
        final StringBuilder line = new StringBuilder("-A ").append(place.chain());
        if (dice.oneIn(2)) {
            addresses(line, place, 4);
            devices(line, place, 6);
            if (dice.oneIn(3)) {
                transports.any(line, place.ipv6());
            }
            if (dice.oneIn(4)) {
                matches.one(line, place);
            }
        }
        return line.append(dice.oneIn(4) ? " -g " : " -j ").append(to).toString();
    }

    private void addresses(final StringBuilder line, final RulePlace place, final int oneIn) {
        if (dice.oneIn(oneIn)) {
            line.append(not()).append(" -s ").append(address(place.ipv6()));
        }
        if (dice.oneIn(oneIn)) {
            line.append(not()).append(" -d ").append(address(place.ipv6()));
        }
    }

    private String address(final boolean ipv6) {
        final String host = pools.host();
        if (dice.oneIn(20)) {
            return host + (ipv6 ? dice.of("/::ffff", "/ffff::1", "/ffff:ffff::ff") : dice.of("/255.0.255.0", "/0.0.0.3", "/255.255.0.255"));
        }
        return host + '/' + (ipv6 ? dice.of(0, 16, 32, 48, 64, 65, 127, 128, 128, 128) : dice.of(0, 8, 16, 24, 24, 31, 32, 32, 32));
    }

    private void devices(final StringBuilder line, final RulePlace place, final int oneIn) {
        if (place.knowsIn() && dice.oneIn(oneIn)) {
            line.append(not()).append(" -i ").append(device());
        }
        if (place.knowsOut() && dice.oneIn(oneIn)) {
            line.append(not()).append(" -o ").append(device());
        }
    }

    private String device() {
        return dice.oneIn(5) ? dice.of("d+", "lo", "e+", "d0x", "longest-of-name") : Names.device(dice.below(RuleNetwork.PORTS));
    }

    private String not() {
        return dice.oneIn(8) ? " !" : "";
    }
}
