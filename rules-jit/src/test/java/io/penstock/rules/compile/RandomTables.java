package io.penstock.rules.compile;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.TableName;
import io.penstock.rules.match.CommentMatch;
import io.penstock.rules.match.MacMatch;
import io.penstock.rules.match.MarkMatch;
import io.penstock.rules.match.MultiportMatch;
import io.penstock.rules.match.StatisticMatch;
import io.penstock.rules.match.TcpMatch;
import io.penstock.rules.match.UdpMatch;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.Selector;
import io.penstock.rules.target.MarkTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random tables whose rules ask much that packets from {@link RandomPackets} have. */
final class RandomTables {

    private static final List<String> DEVICES = List.of("", "", "", "", "eth0", "eth1", "eth+", "eth1.96", "eth1.101", "eth1.1011",
            "eth1.101+", "averylongname0", "averylongname+", "averylo+", "fifteen.letters", "+");
    private static final int ANY_PORT = 0xFFFF;

    private final RandomGenerator random;
    private final IpFamily family;
    /** Rules of the table ask for Ethernet sources, which packets of this host have none of. */
    private boolean macs;
    /** Of so many rules one asks for a mark. */
    private int perMark;
    /** No rule asks for devices, Ethernet sources, marks or fragments, and most decide. */
    private boolean headersAlone;

    RandomTables(final RandomGenerator random, final IpFamily family) {
        this.random = random;
        this.family = family;
    }

    /** A filter table with user's chains, which jump forward only. */
    RuleTable next(final int chains, final int rules) {
        macs = random.nextBoolean();
        perMark = random.nextBoolean() ? 2 : 8;
        final List<Chain> all = new ArrayList<>();
        for (final String name : List.of("INPUT", "FORWARD")) {
            all.add(new Chain(name, policy(), rules(rules, 0, chains)));
        }
        final boolean others = macs;
        macs = false;
        all.add(new Chain("OUTPUT", policy(), rules(rules, others ? chains : 0, chains)));
        macs = others;
        for (int i = 0; i < chains; i++) {
            all.add(new Chain("c" + i, null, rules(random.nextInt(rules + 1), i + 1, chains)));
        }
        return new RuleTable(family, TableName.FILTER, all);
    }

    /** A filter table without user's chains whose rules ask nothing that a batch's packets are not searched by. */
    RuleTable ofHeaders(final int rules) {
        macs = false;
        headersAlone = true;
        final List<Chain> all = new ArrayList<>();
        for (final String name : List.of("INPUT", "FORWARD", "OUTPUT")) {
            all.add(new Chain(name, policy(), rules(rules, 0, 0)));
        }
        headersAlone = false;
        return new RuleTable(family, TableName.FILTER, all);
    }

    /** The same table, but for a rule that is added, taken out or another one; rules that are the same are the same objects. */
    RuleTable changed(final RuleTable table) {
        final List<Chain> all = new ArrayList<>(table.chains());
        final int at = random.nextInt(all.size());
        final Chain chain = all.get(at);
        final List<Rule> rules = new ArrayList<>(chain.rules());
        final int place = random.nextInt(rules.size() + 1);
        final boolean others = macs;
        macs = others && !chain.name().equals("OUTPUT");
        final int what = place == rules.size() ? 0 : random.nextInt(3);
        if (what == 0) {
            rules.add(place, rule(0, 0));
        } else if (what == 1) {
            rules.set(place, rule(0, 0));
        } else {
            rules.remove(place);
        }
        macs = others;
        all.set(at, new Chain(chain.name(), chain.policy(), rules));
        return new RuleTable(table.family(), table.name(), all);
    }

    private Action.Verdict policy() {
        return random.nextBoolean() ? Action.Verdict.ACCEPT : Action.Verdict.DROP;
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
        if (protocol >= IpProtocol.TCP && !inverted) {
            while (random.nextInt(3) != 0 && matches.size() < 3) {
                matches.add(random.nextInt(3) == 0 ? multiport() : protocol == IpProtocol.TCP ? tcp() : udp());
            }
        }
        if (macs && random.nextInt(3) != 0) {
            insert(matches, new MacMatch(RandomPackets.mac(random), random.nextInt(8) == 0));
        }
        while (!headersAlone && random.nextInt(perMark) == 0 && matches.size() < 6) {
            insert(matches, mark());
        }
        if (random.nextInt(12) == 0) {
            insert(matches, new StatisticMatch(true, random.nextBoolean(), 0, 3, random.nextInt(3)));
        }
        if (random.nextInt(12) == 0) {
            insert(matches, new CommentMatch("why"));
        }
        final Selector.FragmentTest fragment = family == IpFamily.IPV6 || headersAlone || random.nextInt(10) != 0
                ? Selector.FragmentTest.ANY : Selector.FragmentTest.values()[random.nextInt(3)];
        return new Rule(new Selector(address(), address(), device(), device(), protocol, inverted, fragment), matches,
                action(firstCallee, chains));
    }

    private Action action(final int firstCallee, final int chains) {
        if (headersAlone && random.nextInt(8) != 0) {
            return policy();
        }
        return switch (random.nextInt(9)) {
            case 8 -> new Action.Extension(new MarkTarget(RandomPackets.mark(random), random.nextBoolean() ? -1 : random.nextInt(4)));
            case 0 -> Action.Verdict.ACCEPT;
            case 1 -> Action.Verdict.DROP;
            case 2 -> Action.Verdict.RETURN;
            case 3, 4 -> Action.Nothing.NOTHING;
            default -> firstCallee < chains
                    ? new Action.Jump("c" + random.nextInt(firstCallee, chains), random.nextInt(3) == 0)
                    : Action.Nothing.NOTHING;
        };
    }

    private void insert(final List<Match> matches, final Match match) {
        matches.add(random.nextInt(matches.size() + 1), match);
    }

    /** Some ask for bits that their mask leaves out, and take nothing. */
    private Match mark() {
        final int mask = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> 0xF000_0000 | random.nextInt(4);
            default -> -1;
        };
        final int mark = RandomPackets.mark(random);
        return new MarkMatch(random.nextInt(8) == 0 ? mark : mark & mask, mask, random.nextInt(6) == 0);
    }

    private Match multiport() {
        final List<MultiportMatch.Range> ranges = new ArrayList<>();
        do {
            final PortRange range = range();
            ranges.add(new MultiportMatch.Range(range.first(), range.last(), range.first() != range.last()));
        } while (random.nextInt(3) == 0 && ranges.size() < 4);
        return new MultiportMatch(MultiportMatch.Side.values()[random.nextInt(3)], ranges, random.nextInt(6) == 0);
    }

    /** Some ask for an option, and drop packets whose options are cut off. */
    private Match tcp() {
        final PortRange source = rangeOrAll();
        final PortRange destination = rangeOrAll();
        return new TcpMatch(source.first(), source.last(), random.nextInt(6) == 0, destination.first(), destination.last(),
                random.nextInt(6) == 0, random.nextInt(8) == 0 ? 2 : 0, false, random.nextInt(4) == 0 ? random.nextInt(4) : 0, 0, false);
    }

    private Match udp() {
        final PortRange source = rangeOrAll();
        final PortRange destination = rangeOrAll();
        return new UdpMatch(source.first(), source.last(), random.nextInt(6) == 0, destination.first(), destination.last(),
                random.nextInt(6) == 0);
    }

    private PortRange rangeOrAll() {
        return random.nextBoolean() ? new PortRange(0, ANY_PORT) : range();
    }

    private PortRange range() {
        final int first = RandomPackets.port(random);
        final int last = random.nextBoolean() ? first : RandomPackets.port(random);
        return new PortRange(Math.min(first, last), Math.max(first, last));
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
        return headersAlone ? DeviceTest.ANY : new DeviceTest(DEVICES.get(random.nextInt(DEVICES.size())), false);
    }
}
