package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.List;

/**
 * Random rules that look packets up in sets, add them there, delete them, and take from sets what packets carry.
 *
 * <p>Left out is {@code --map-queue}, which Penstock refuses: a packet leaves by its worker's own queue; and conditions on counters of networks with
 * devices: whether the kernel asks a shorter prefix when a network's element does not meet them goes by which element of the network comes last in
 * the bucket.
 *
 * <p>Source: iptables-extensions(8), set and SET. Threads: one.
 */
final class SetRules {

    private static final List<TableName> TABLES = List.of(TableName.RAW, TableName.MANGLE, TableName.FILTER, TableName.SECURITY);
    private static final int MAX_RULES = 24;
    private static final int MAX_DIRECTIONS = 6;

    private final Dice dice;
    private final RulePools pools;
    private final boolean ipv6;
    private final List<SetPlan> sets;
    private final String shortTimeout;

    /**
     * Rules.
     *
     * @param shortTimeout the shortest timeout that elements get. Unit: s
     * @param sets those that there are; of one family, some of them
     */
    SetRules(final Dice dice, final RulePools pools, final boolean ipv6, final String shortTimeout, final List<SetPlan> sets) {
        this.dice = dice;
        this.pools = pools;
        this.ipv6 = ipv6;
        this.shortTimeout = shortTimeout;
        this.sets = sets.stream().filter(plan -> plan.isFor(ipv6)).toList();
    }

    /** Tables without rules. */
    static String none() {
        final StringBuilder text = new StringBuilder();
        TABLES.forEach(table -> text.append('*').append(table.text()).append("\nCOMMIT\n"));
        return text.toString();
    }

    /** The tables of a rule set. */
    String next() {
        final StringBuilder text = new StringBuilder();
        final List<TableName> names = new ArrayList<>(TABLES);
        for (int i = dice.between(1, TABLES.size()); i > 0; i--) {
            final TableName table = names.remove(dice.below(names.size()));
            text.append('*').append(table.text()).append('\n');
            for (int rule = dice.between(1, MAX_RULES / 2); rule > 0; rule--) {
                text.append(line(table, dice.of(table.hooks()))).append('\n');
            }
            text.append("COMMIT\n");
        }
        return text.toString();
    }

    private String line(final TableName table, final RuleHook hook) {
        final StringBuilder line = new StringBuilder("-A ").append(hook.name());
        if (dice.oneIn(5)) {
            line.append(" -p ").append(dice.of("tcp", "udp", ipv6 ? "ipv6-icmp" : "icmp", "sctp"));
        }
        if (!sets.isEmpty()) {
            for (int i = dice.of(0, 1, 1, 1, 1, 2); i > 0; i--) {
                match(line);
            }
        }
        if (table == TableName.MANGLE && dice.oneIn(4)) {
            line.append(" -m mark").append(dice.oneIn(3) ? " !" : "").append(" --mark ").append(dice.of("0x1", "0x0", "0x10/0xff", "0x1/0x1"));
        }
        target(line, table, hook);
        return line.toString();
    }

    private void match(final StringBuilder line) {
        final SetPlan plan = dice.of(sets);
        line.append(" -m set").append(dice.oneIn(4) ? " !" : "").append(" --match-set ").append(plan.name()).append(' ').append(directions(plan));
        if (dice.oneIn(5)) {
            line.append(" --return-nomatch");
        }
        if (dice.oneIn(5)) {
            line.append(" ! --update-counters");
        }
        if (dice.oneIn(5)) {
            line.append(" ! --update-subcounters");
        }
        if (!mayHaveCondition(plan)) {
            return;
        }
        if (dice.oneIn(6)) {
            condition(line, "packets", dice.of("0", "1", "2", "5", "18446744073709551615"));
        }
        if (dice.oneIn(10)) {
            condition(line, "bytes", dice.of("0", "60", "100", "1000"));
        }
    }

    private boolean mayHaveCondition(final SetPlan plan) {
        return plan.type() != SetType.HASH_NET_IFACE
                && (plan.type() != SetType.LIST_SET || sets.stream().noneMatch(other -> other.type() == SetType.HASH_NET_IFACE));
    }

    private void condition(final StringBuilder line, final String what, final String value) {
        line.append(dice.of(" --" + what + "-eq ", " ! --" + what + "-eq ", " --" + what + "-lt ", " --" + what + "-gt ")).append(value);
    }

    private String directions(final SetPlan plan) {
        final int own = plan.type() == SetType.LIST_SET ? dice.between(1, 3) : plan.type().parts().size();
        final int count = dice.oneIn(12) ? dice.between(1, MAX_DIRECTIONS) : own;
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append(dice.of("src", "dst"));
        }
        return text.toString();
    }

    private void target(final StringBuilder line, final TableName table, final RuleHook hook) {
        switch (dice.below(10)) {
            case 0, 1, 2, 3 -> set(line, table, hook);
            case 4 -> line.append(" -j ").append(dice.of("ACCEPT", "ACCEPT", "RETURN", "DROP"));
            case 5 -> {
                if (table == TableName.MANGLE) {
                    line.append(" -j MARK --set-xmark 0x").append(Integer.toHexString(pools.mark())).append("/0xffffffff");
                } else if (dice.oneIn(3)) {
                    line.append(" -j DROP");
                }
            }
            default -> {
                // It counts.
            }
        }
    }

    private void set(final StringBuilder line, final TableName table, final RuleHook hook) {
        final List<SetPlan> growing = sets.stream().filter(SetPlan::grows).toList();
        final boolean maps = table == TableName.MANGLE && dice.oneIn(3) && !sets.isEmpty();
        final boolean adds = !growing.isEmpty() && !dice.oneIn(3);
        final boolean deletes = !sets.isEmpty() && (dice.oneIn(4) || !adds && !maps);
        if (!adds && !deletes && !maps) {
            return;
        }
        line.append(" -j SET");
        if (adds) {
            final SetPlan plan = dice.of(growing);
            line.append(" --add-set ").append(plan.name()).append(' ').append(directions(plan));
            line.append(dice.oneIn(2) ? " --exist" : "").append(dice.oneIn(4) ? " --timeout " + dice.of("0", "700", "4294967294", shortTimeout) : "");
        }
        if (deletes) {
            final SetPlan plan = dice.of(sets);
            line.append(" --del-set ").append(plan.name()).append(' ').append(directions(plan));
        }
        if (maps) {
            final SetPlan plan = dice.of(sets);
            final boolean late = hook == RuleHook.FORWARD || hook == RuleHook.OUTPUT || hook == RuleHook.POSTROUTING;
            line.append(" --map-set ").append(plan.name()).append(' ').append(directions(plan)).append(" --map-mark")
                    .append(late && dice.oneIn(2) ? " --map-prio" : "");
        }
    }
}
