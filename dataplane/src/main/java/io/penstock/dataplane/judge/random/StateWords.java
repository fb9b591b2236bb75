package io.penstock.dataplane.judge.random;

/**
 * Matches that remember what passed. The clock takes no part: rates are so slow, and times so long, that no run lives to see them.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class StateWords {

    private static final int MAX_STAMPS = 20;

    private final Dice dice;

    StateWords(final Dice dice) {
        this.dice = dice;
    }

    /** One of them. */
    void one(final StringBuilder line, final boolean ipv6) {
        switch (dice.below(5)) {
            case 0 -> line.append(" -m limit --limit ").append(dice.of("1/hour", "2/hour")).append(" --limit-burst ")
                    .append(dice.between(1, 12));
            case 1 -> hashlimit(line, ipv6);
            case 2 -> recent(line, ipv6);
            case 3 -> {
                final int every = dice.between(1, 7);
                line.append(" -m statistic --mode nth").append(not()).append(" --every ").append(every).append(" --packet ")
                        .append(dice.below(every));
            }
            default -> line.append(" -m quota").append(not()).append(" --quota ").append(dice.of(0, 100, 1000, 5000, 50_000));
        }
    }

    private void hashlimit(final StringBuilder line, final boolean ipv6) {
        line.append(" -m hashlimit --hashlimit-").append(dice.of("upto", "above")).append(" 1/hour --hashlimit-burst ")
                .append(dice.between(1, 8));
        if (!dice.oneIn(6)) {
            final String mode = dice.of("srcip", "dstip", "srcport", "dstport");
            final String more = dice.of("", "", ",dstip", ",srcport");
            line.append(" --hashlimit-mode ").append(mode).append(more.endsWith(mode) ? "" : more);
            if (dice.oneIn(4)) {
                line.append(" --hashlimit-srcmask ").append(ipv6 ? dice.of(0, 32, 64, 127) : dice.of(0, 8, 16, 31));
            }
            if (dice.oneIn(4)) {
                line.append(" --hashlimit-dstmask ").append(ipv6 ? dice.of(0, 32, 64, 127) : dice.of(0, 8, 16, 31));
            }
            if (dice.oneIn(6)) {
                line.append(" --hashlimit-htable-max ").append(dice.of(1, 2, 5));
            }
        }
        line.append(" --hashlimit-htable-expire 3600000 --hashlimit-name h").append(dice.below(8));
    }

    private void recent(final StringBuilder line, final boolean ipv6) {
        line.append(" -m recent").append(not());
        switch (dice.below(5)) {
            case 0, 1 -> line.append(" --set");
            case 2 -> line.append(" --remove");
            default -> {
                line.append(dice.of(" --rcheck", " --update"));
                if (dice.oneIn(2)) {
                    line.append(" --seconds ").append(dice.of(86_400, 1_000_000));
                    if (dice.oneIn(4)) {
                        line.append(" --reap");
                    }
                }
                if (dice.oneIn(2)) {
                    line.append(" --hitcount ").append(dice.between(1, dice.oneIn(4) ? MAX_STAMPS : 4));
                }
                if (dice.oneIn(6)) {
                    line.append(" --rttl");
                }
            }
        }
        line.append(" --name ").append(dice.of("DEFAULT", "r0", "r1"));
        if (dice.oneIn(4)) {
            line.append(" --mask ").append(ipv6 ? dice.of("ffff:ffff::", "::ff", "ffff:ffff:ffff:ffff::")
                    : dice.of("255.255.0.0", "0.0.0.3", "255.255.255.0"));
        }
        line.append(dice.of(" --rsource", " --rdest"));
    }

    private String not() {
        return dice.oneIn(6) ? " !" : "";
    }
}
