package io.penstock.rules.compile;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random tables whose rules ask much that packets from {@link RandomPackets} have. */
final class RandomTables {

    private static final List<String> DEVICES = List.of("", "", "", "eth0", "eth1", "eth+", "averylongname0", "averylongname+", "+");

    private final RandomGenerator random;
    private final IpFamily family;

    RandomTables(final RandomGenerator random, final IpFamily family) {
        this.random = random;
        this.family = family;
    }

    /** A filter table with user's chains, which jump forward only. */
    RuleTable next(final int chains, final int rules) {
        final List<Chain> all = new ArrayList<>();
        for (final String name : List.of("INPUT", "FORWARD", "OUTPUT")) {
            all.add(new Chain(name, random.nextBoolean() ? Action.Verdict.ACCEPT : Action.Verdict.DROP, rules(rules, 0, chains)));
        }
        for (int i = 0; i < chains; i++) {
            all.add(new Chain("c" + i, null, rules(random.nextInt(rules + 1), i + 1, chains)));
        }
        return new RuleTable(family, TableName.FILTER, all);
    }

    private List<Rule> rules(final int count, final int firstCallee, final int chains) {
        final List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(rule(firstCallee, chains));
        }
        return rules;
    }

    private Rule rule(final int firstCallee, final int chains) {
        final int protocol = switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2, 3 -> 6;
            default -> 17;
        };
        final boolean inverted = protocol != 0 && random.nextInt(8) == 0;
        final List<Match> matches = new ArrayList<>();
        if (protocol >= 6 && !inverted) {
            while (random.nextInt(3) != 0 && matches.size() < 3) {
                matches.add(new TestPorts(ranges(), ranges(), random.nextInt(6) == 0));
            }
        }
        final Selector.FragmentTest fragment = family == IpFamily.IPV6 || random.nextInt(10) != 0
                ? Selector.FragmentTest.ANY : Selector.FragmentTest.values()[random.nextInt(3)];
        return new Rule(new Selector(address(), address(), device(), device(), protocol, inverted, fragment), matches,
                action(firstCallee, chains));
    }

    private Action action(final int firstCallee, final int chains) {
        return switch (random.nextInt(8)) {
            case 0 -> Action.Verdict.ACCEPT;
            case 1 -> Action.Verdict.DROP;
            case 2 -> Action.Verdict.RETURN;
            case 3, 4 -> Action.Nothing.NOTHING;
            default -> firstCallee < chains
                    ? new Action.Jump("c" + random.nextInt(firstCallee, chains), random.nextInt(3) == 0)
                    : Action.Nothing.NOTHING;
        };
    }

    private List<PortRange> ranges() {
        final List<PortRange> ranges = new ArrayList<>();
        while (random.nextInt(3) == 0 && ranges.size() < 4) {
            final int first = RandomPackets.port(random);
            final int last = random.nextBoolean() ? first : RandomPackets.port(random);
            ranges.add(new PortRange(Math.min(first, last), Math.max(first, last)));
        }
        return ranges;
    }

    private AddressTest address() {
        final int bits = 8 * family.addressBytes();
        final int length = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> bits;
            default -> random.nextInt(bits + 1);
        };
        if (length == 0) {
            return AddressTest.ANY;
        }
        final boolean inverted = random.nextInt(8) == 0;
        final long odd = random.nextInt(20) == 0 ? ~0xF0L : -1L;
        if (family == IpFamily.IPV4) {
            final long mask = (-1L << bits - length) & 0xFFFF_FFFFL & odd;
            return new AddressTest(0, RandomPackets.address4(random) & mask, 0, mask, inverted);
        }
        final long maskHigh = length >= 64 ? -1L : -1L << 64 - length;
        final long maskLow = (length <= 64 ? 0 : -1L << 128 - length) & odd;
        return new AddressTest(RandomPackets.HIGH & maskHigh, RandomPackets.low6(random) & maskLow, maskHigh, maskLow, inverted);
    }

    private DeviceTest device() {
        return new DeviceTest(DEVICES.get(random.nextInt(DEVICES.size())), false);
    }
}
