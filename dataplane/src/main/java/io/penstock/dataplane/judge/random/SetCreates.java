package io.penstock.dataplane.judge.random;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Random sets: types, families, and what they are made with.
 *
 * <p>What chance decides in the kernel is left out: which element a full set with {@code forceadd} gives up, which bucket is full first, and where an
 * element was deleted, whose place a full set still gives away: in {@code hash:net,iface} that is no chance, so no such set is soon full.
 *
 * <p>Source: ipset(8). Threads: one.
 */
final class SetCreates {

    /** What is over after a pause. Unit: s. */
    static final String SHORT = "3";
    /** Time enough for a scenario, on any machine. Unit: s. */
    private static final int[] TIMEOUTS = {0, 300, 600, 3600, 2147483};
    /** Types that can have masks. */
    static final Set<SetType> MASKED = Set.of(SetType.HASH_IP, SetType.HASH_IP_PORT, SetType.HASH_NET_NET);
    /** The size of a hash in which no two elements are likely to share a bucket. */
    static final String ROOMY = "65536";
    private static final int LIKE_ANOTHER_ONE_IN = 3;
    private static final String[] ODD_TYPES = {"hash:nosuch", "iphash", "nethash", "ipmap"};
    private static final String[] ODD_OPTIONS = {"netmask 24", "netmask 33", "netmask 0", "bitmask 255.0.0.0", "range 10.0.0.0/24",
        "range 10.0.0.0/8", "range 5-1", "range 0-65535", "range 10.0.0.0/16", "maxelem 0", "maxelem 4294967296", "hashsize 0", "hashsize x",
        "hashsize 5", "family inet", "family inet6", "family unspec", "timeout 2147484", "timeout -1", "timeout 99", "timeout", "counters",
        "comment", "skbinfo", "forceadd", "markmask 0xff", "size 3", "size 0", "nosuch", "bucketsize 0", "bucketsize 256", "initval 7",
        "nomatch", "gc 10", "probes 4", "resize 50"};

    private final Dice dice;
    private final SetPools pools;
    private final List<SetType> types;
    private final boolean ipv6;
    private final boolean hasMasks;
    private final boolean hasTime;

    /**
     * Sets.
     *
     * @param types   those that there are
     * @param ipv6    the family of most
     * @param hasMasks whether some have masks
     * @param hasTime whether elements shall be over after a pause
     */
    SetCreates(final Dice dice, final SetPools pools, final List<SetType> types, final boolean ipv6, final boolean hasMasks,
            final boolean hasTime) {
        this.dice = dice;
        this.pools = pools;
        this.types = types;
        this.ipv6 = ipv6;
        this.hasMasks = hasMasks;
        this.hasTime = hasTime;
    }

    /** A set's plan, which may be like one of those that there are: such can be swapped. */
    SetPlan next(final String name, final List<SetPlan> there) {
        if (!there.isEmpty() && dice.oneIn(LIKE_ANOTHER_ONE_IN)) {
            return dice.of(there).named(name);
        }
        final SetType type = dice.of(types);
        final int family = family(type);
        final List<String> options = new ArrayList<>();
        Prefix4 range = null;
        if (type == SetType.BITMAP_PORT) {
            options.addAll(List.of("range", dice.of("0-65535", "0-1023", "20-90", "443-6000", "22")));
        } else if (type.isBitmap()) {
            final int length = type == SetType.BITMAP_IP ? dice.of(16, 20, 24, 24, 28) : dice.of(20, 24);
            range = new Prefix4((int) IpAddress.parse(pools.host(4)).low(), length);
            options.addAll(List.of("range", dice.oneIn(2) ? range.toString() : Prefix4.text(range.first()) + '-' + Prefix4.text(range.last())));
            if (type == SetType.BITMAP_IP && dice.oneIn(5)) {
                options.addAll(List.of("netmask", Integer.toString(dice.between(range.length(), 32))));
            }
        }
        final boolean grows = !type.isHash() || hash(type, family, options);
        if (type == SetType.LIST_SET && dice.oneIn(2)) {
            options.addAll(List.of("size", Integer.toString(dice.of(4, 8, 32))));
        }
        return new SetPlan(name, type, family, options, extensions(options), grows, range);
    }

    private int family(final SetType type) {
        if (type == SetType.BITMAP_PORT || type == SetType.LIST_SET || type == SetType.HASH_MAC) {
            return 0;
        }
        return type.isHash() && dice.oneIn(5) != ipv6 ? 6 : 4;
    }

    /** A hash's own; whether it takes what packets add. */
    private boolean hash(final SetType type, final int family, final List<String> options) {
        boolean grows = true;
        if (family == 6 || family == 4 && dice.oneIn(4)) {
            options.addAll(List.of("family", family == 6 ? "inet6" : "inet"));
        }
        if (dice.oneIn(6)) {
            options.addAll(List.of("hashsize", ROOMY));
        } else if (dice.oneIn(3)) {
            options.addAll(List.of("hashsize", Integer.toString(dice.of(1, 64, 128, 1000, 1024))));
        }
        if (dice.oneIn(5) && type != SetType.HASH_NET_IFACE) {
            options.addAll(List.of("maxelem", Integer.toString(dice.of(3, 6, 10, 20))));
        } else if (dice.oneIn(4)) {
            options.addAll(List.of("maxelem", Integer.toString(dice.of(1000, 65535, 100000))));
        } else if (dice.oneIn(6)) {
            options.add("forceadd");
        }
        if (dice.oneIn(8)) {
            options.addAll(List.of("bucketsize", Integer.toString(dice.of(1, 2, 4, 7, 14, 100))));
            grows = false;
        }
        if (dice.oneIn(4)) {
            options.addAll(List.of("initval", "0x" + Integer.toHexString(dice.bits())));
        }
        if (hasMasks && MASKED.contains(type) && dice.oneIn(2)) {
            if (dice.oneIn(2)) {
                options.addAll(List.of("netmask", Integer.toString(family == 6 ? dice.of(32, 48, 64, 120, 127) : dice.of(8, 16, 24, 28, 31))));
            } else {
                options.addAll(List.of("bitmask", family == 6 ? dice.of("ffff:ffff::ffff", "ffff:ffff:ffff::", "::ffff")
                        : dice.of("255.255.0.255", "0.0.255.255", "255.255.255.252")));
            }
        }
        if (type == SetType.HASH_IP_MARK && dice.oneIn(2)) {
            options.addAll(List.of("markmask", dice.of("0xff", "0xffff0000")));
        }
        return grows;
    }

    private Set<String> extensions(final List<String> options) {
        final Set<String> has = new HashSet<>();
        if (dice.oneIn(hasTime ? 2 : 3)) {
            has.add("timeout");
            options.addAll(List.of("timeout", hasTime && dice.oneIn(2) ? SHORT : Integer.toString(dice.of(TIMEOUTS))));
        }
        for (final String extension : List.of("counters", "comment", "skbinfo")) {
            if (dice.oneIn("counters".equals(extension) ? 2 : 4)) {
                has.add(extension);
                options.add(extension);
            }
        }
        return Set.copyOf(has);
    }

    /** The command that makes a set. */
    SetStep.Command command(final SetPlan plan) {
        final List<String> words = new ArrayList<>(List.of(dice.oneIn(8) ? "-N" : "create", plan.name(), plan.type().word()));
        words.addAll(plan.options());
        return new SetStep.Command(words, "");
    }

    /** A command that makes a set as nobody should, or with words of another time. */
    SetStep.Command odd(final String name) {
        final SetType type = dice.of(types);
        final List<String> words = new ArrayList<>(List.of("create", name, dice.oneIn(8) ? dice.of(ODD_TYPES) : type.word()));
        for (int i = dice.between(1, 3); i > 0; i--) {
            words.addAll(List.of(dice.of(ODD_OPTIONS).split(" ")));
        }
        return new SetStep.Command(words, "");
    }
}
