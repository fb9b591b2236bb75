package io.penstock.dataplane.judge.random;

import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.List;

/** Random elements, and what is said of them. Source: ipset(8). Threads: one. */
final class SetElements {

    private static final int FOREIGN_ONE_IN = 25;

    private final Dice dice;
    private final SetPools pools;
    private final boolean hasMasks;
    private final String shortTimeout;

    /**
     * Elements.
     *
     * @param hasMasks     whether there are sets with masks, so that there are no ranges for their types
     * @param shortTimeout the shortest timeout that they get. Unit: s
     */
    SetElements(final Dice dice, final SetPools pools, final boolean hasMasks, final String shortTimeout) {
        this.dice = dice;
        this.pools = pools;
        this.hasMasks = hasMasks;
        this.shortTimeout = shortTimeout;
    }

    /**
     * An element of a set.
     *
     * @param names of sets that may be in a list
     */
    String next(final SetPlan plan, final List<String> names) {
        final List<String> parts = new ArrayList<>();
        for (final SetType.Part part : plan.type().parts()) {
            parts.add(switch (part) {
                case IP -> address(plan, parts.size());
                case NET -> pools.networks(plan.family());
                case MAC -> pools.mac();
                case PORT -> plan.type() == SetType.BITMAP_PORT ? pools.bare() : pools.ports(plan.family());
                case MARK -> "0x" + Integer.toHexString(dice.below(16));
                case IFACE -> pools.device();
                case SET -> dice.of(names);
            });
        }
        if (plan.type() == SetType.BITMAP_IP_MAC && dice.oneIn(3) || dice.oneIn(60) && parts.size() > 1) {
            parts.removeLast();
        } else if (dice.oneIn(80)) {
            parts.add("7");
        }
        return String.join(",", parts);
    }

    private String address(final SetPlan plan, final int before) {
        if (plan.range() != null && !dice.oneIn(15)) {
            final int one = plan.range().any(dice);
            final String text = dice.oneIn(2) ? Prefix4.text(plan.range().first() + dice.below(16)) : Prefix4.text(one);
            return plan.type() == SetType.BITMAP_IP && dice.oneIn(6) ? text + '/' + dice.of(24, 28, 30, 32) : text;
        }
        if (hasMasks && SetCreates.MASKED.contains(plan.type())) {
            // The kernel takes a range from what is left of its first address on, step by step: billions of them, or more than a set has room for.
            // And a set may have been exchanged for one with a mask.
            return pools.host(plan.family());
        }
        return before == 0 || dice.oneIn(4) ? pools.addresses(plan.family(), plan.type().parts().size() == 1) : pools.host(plan.family());
    }

    /** What an addition says of its element. */
    List<String> options(final SetPlan plan) {
        final List<String> words = new ArrayList<>();
        if (says(plan, "timeout")) {
            words.addAll(List.of("timeout", dice.oneIn(20) ? dice.of("2147484", "-1", "x")
                    : dice.of("0", "400", "500", "86400", "2147483", shortTimeout)));
        }
        // An element in the place of one that was deleted begins with that one's counters, and which place it gets in a hash is chance.
        final boolean isChance = plan.type().isHash() && plan.has().contains("counters") && !plan.options().contains(SetCreates.ROOMY);
        if (isChance || says(plan, "counters")) {
            if (isChance || dice.oneIn(2)) {
                words.addAll(List.of("packets", dice.of("0", "1", "5", "18446744073709551615", "4294967296")));
            }
            if (isChance || dice.oneIn(2)) {
                words.addAll(List.of("bytes", dice.of("0", "60", "1000", "18446744073709551615")));
            }
        }
        if (says(plan, "comment")) {
            words.addAll(List.of("comment", dice.oneIn(20) ? dice.of("a\"b", "c".repeat(256))
                    : dice.of("one", "two words", "", "c".repeat(255), "\u00e9 \u00fc", "-x")));
        }
        if (says(plan, "skbinfo")) {
            if (dice.oneIn(2)) {
                words.addAll(List.of("skbmark", dice.of("0x1", "0x10/0xff", "1/0x1", "0xffffffff/0xffffffff", "0x3/0xf0", "0", "0x1/0x100000000")));
            }
            if (dice.oneIn(2)) {
                words.addAll(List.of("skbprio", dice.of("1:10", "ffff:ffff", "0:1", "1", "1:10000")));
            }
            if (dice.oneIn(2)) {
                words.addAll(List.of("skbqueue", dice.of("0", "7", "65535", "65536")));
            }
        }
        if (plan.type().hasNomatch() ? dice.oneIn(4) : dice.oneIn(4 * FOREIGN_ONE_IN)) {
            words.add("nomatch");
        }
        if (plan.type() == SetType.HASH_NET_IFACE ? dice.oneIn(5) : dice.oneIn(4 * FOREIGN_ONE_IN)) {
            words.add("wildcard");
        }
        return words;
    }

    private boolean says(final SetPlan plan, final String extension) {
        return plan.has().contains(extension) ? dice.oneIn(2) : dice.oneIn(2 * FOREIGN_ONE_IN);
    }
}
