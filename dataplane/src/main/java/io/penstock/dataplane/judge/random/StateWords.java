package io.penstock.dataplane.judge.random;

import java.util.ArrayList;
import java.util.List;

/**
 * Matches that remember what passed. Where no time passes, the clock takes no part: rates are so slow, and times so long, that no run lives
 * to see them; where it does, what is saved and what it costs fits the pauses of {@link RuleScenarios}.
 *
 * <p>Rules that share a list of {@code hashlimit} count alike: in the kernel, how is partly the list's and partly the rule's.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class StateWords {

    private static final int MAX_STAMPS = 20;
    private static final List<String> PARTS = List.of("srcip", "dstip", "srcport", "dstport");
    private static final int LISTS = 3;

    private final Dice dice;
    private final boolean hasTime;

    StateWords(final Dice dice, final boolean hasTime) {
        this.dice = dice;
        this.hasTime = hasTime;
    }

    /** One of them. */
    void one(final StringBuilder line, final boolean ipv6) {
        switch (dice.below(hasTime ? 3 : 5)) {
            case 0 -> line.append(" -m limit --limit ").append(packets()).append(" --limit-burst ").append(burst());
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

    /** A packet's cost is a third of a long pause, and two thirds of a short one. */
    private String packets() {
        return hasTime ? "10/second" : dice.of("1/hour", "2/hour");
    }

    private int burst() {
        return hasTime ? dice.between(1, 2) : dice.between(1, 12);
    }

    private void hashlimit(final StringBuilder line, final boolean ipv6) {
        line.append(" -m hashlimit --hashlimit-").append(dice.of("upto", "above"));
        final char list = dice.oneIn(3) ? bytes(line) : dice.oneIn(3) ? rate(line) : number(line);
        final List<String> parts = new ArrayList<>(PARTS);
        parts.removeIf(_ -> dice.oneIn(2));
        if (!parts.isEmpty()) {
            line.append(" --hashlimit-mode ").append(String.join(",", parts));
        }
        if (parts.contains("srcip") && dice.oneIn(3)) {
            line.append(" --hashlimit-srcmask ").append(dice.below(ipv6 ? 129 : 33));
        }
        if (parts.contains("dstip") && dice.oneIn(3)) {
            line.append(" --hashlimit-dstmask ").append(dice.below(ipv6 ? 129 : 33));
        }
        if (dice.oneIn(8)) {
            line.append(" --hashlimit-htable-max ").append(dice.of(1, 2, 5));
        }
        if (dice.oneIn(8)) {
            line.append(" --hashlimit-htable-size ").append(dice.of(1, 16, 1000));
        }
        line.append(" --hashlimit-htable-expire 3600000 --hashlimit-name ").append(list).append(dice.below(LISTS));
    }

    private char number(final StringBuilder line) {
        line.append(' ').append(packets()).append(" --hashlimit-burst ").append(hasTime ? burst() : dice.between(1, 8));
        return 'p';
    }

    /** So few bytes a second, the fewest there are, that each packet costs what a second can save; only the longest pause is as long. */
    private char bytes(final StringBuilder line) {
        line.append(' ').append(dice.of(16, 20, 31)).append("b/s --hashlimit-burst ").append(dice.of(32, 64, 200)).append('b');
        return 'b';
    }

    /** More or fewer than in an interval may be: of an hour, or of a second, which only the longest pause is longer than. */
    private char rate(final StringBuilder line) {
        final boolean isBytes = dice.oneIn(2);
        line.append(' ').append(isBytes ? dice.of("100b/s", "400b/s", "2kb/s") : dice.of("2/second", "5/second"));
        if (!isBytes || dice.oneIn(2)) {
            line.append(" --hashlimit-burst ").append(isBytes ? dice.of("2kb", "4kb") : dice.of("1", "5", "20"));
        }
        line.append(" --hashlimit-rate-match --hashlimit-rate-interval ").append(hasTime && !isBytes ? 1 : 3600);
        return isBytes ? 'o' : 'r';
    }

    private void recent(final StringBuilder line, final boolean ipv6) {
        line.append(" -m recent").append(not());
        switch (dice.below(5)) {
            case 0, 1 -> line.append(" --set");
            case 2 -> line.append(" --remove");
            default -> {
                line.append(dice.of(" --rcheck", " --update"));
                if (dice.oneIn(2)) {
                    line.append(" --seconds ").append(hasTime ? 1 : dice.of(86_400, 1_000_000));
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
