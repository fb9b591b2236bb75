package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import java.util.ArrayList;
import java.util.List;

/**
 * Random rule sets, as {@code iptables-save} writes them: all tables but nat, policies, user's chains with jumps and gotos, from one
 * rule to 300.
 *
 * <p>Invariant: what comes out may go into force. Chains lead to later ones only, and a rule asks what may be asked at every hook that
 * leads to it.
 *
 * <p>Threads: one.
 */
final class RuleSets {

    private static final List<TableName> TABLES = List.of(TableName.RAW, TableName.MANGLE, TableName.FILTER, TableName.SECURITY);
    private static final int MAX_RULES = 300;
    private static final int MAX_CHAINS = 7;

    private final Dice dice;
    private final boolean ipv6;
    private final RulePools pools;
    private final RuleLine lines;

    RuleSets(final Dice dice, final boolean ipv6, final RulePools pools) {
        this.dice = dice;
        this.ipv6 = ipv6;
        this.pools = pools;
        this.lines = new RuleLine(dice, pools);
    }

    /** All tables of a rule set. */
    String next() {
        final List<Table> tables = new ArrayList<>();
        final List<TableName> names = new ArrayList<>(TABLES);
        for (int i = dice.between(1, TABLES.size()); i > 0; i--) {
            tables.add(new Table(names.remove(dice.below(names.size()))));
        }
        pools.mangles(!names.contains(TableName.MANGLE));
        final int rules = switch (dice.below(8)) {
            case 0, 1, 2 -> dice.between(1, 12);
            case 3, 4, 5 -> dice.between(12, 60);
            case 6 -> dice.between(60, 120);
            default -> dice.between(120, MAX_RULES);
        };
        for (int i = 0; i < rules; i++) {
            (dice.oneIn(2) ? tables.getFirst() : dice.of(tables)).grow();
        }
        final StringBuilder text = new StringBuilder();
        tables.forEach(table -> table.write(text));
        return text.toString();
    }

    /** A table that is being made. Threads: one. */
    private final class Table {

        private final TableName name;
        private final List<RulePlace> places = new ArrayList<>();
        private final List<List<String>> rules = new ArrayList<>();
        private final List<RuleLine.Style> styles = new ArrayList<>();
        private final int builtIn;
        /** The chain that is longer than the others. */
        private final int main;

        private Table(final TableName name) {
            this.name = name;
            int all = 0;
            for (final RuleHook hook : name.hooks()) {
                add(hook.name(), hook.bit());
                all |= hook.bit();
            }
            builtIn = places.size();
            for (int i = dice.below(MAX_CHAINS); i > 0; i--) {
                final int hooks = dice.oneIn(2) ? all : dice.of(name.hooks()).bit();
                add("c" + (places.size() - builtIn), hooks);
                lead(places.size() - 1);
            }
            main = dice.below(places.size());
        }

        private void add(final String chain, final int hooks) {
            places.add(new RulePlace(name, hooks, chain, ipv6));
            rules.add(new ArrayList<>());
            styles.add(dice.oneIn(3) ? RuleLine.Style.FIELDS : dice.oneIn(4) ? RuleLine.Style.CONTEXT : RuleLine.Style.ANY);
        }

        /** Adds a rule that leads to a user's chain, if there is where one can be. */
        private void lead(final int to) {
            for (int tries = 0; tries < 10; tries++) {
                final int from = dice.below(to);
                if (mayLead(from, to)) {
                    rules.get(from).add(lines.leading(places.get(from), places.get(to).chain()));
                    return;
                }
            }
        }

        private boolean mayLead(final int from, final int to) {
            return to >= builtIn && to > from && (places.get(from).hooks() & ~places.get(to).hooks()) == 0;
        }

        private void grow() {
            final int chain = dice.oneIn(2) ? main : dice.below(places.size());
            final int to = dice.below(places.size());
            if (dice.oneIn(8) && mayLead(chain, to)) {
                rules.get(chain).add(lines.leading(places.get(chain), places.get(to).chain()));
            } else {
                rules.get(chain).add(lines.next(places.get(chain), styles.get(chain)));
            }
        }

        private void write(final StringBuilder text) {
            text.append('*').append(name.text()).append('\n');
            for (int i = 0; i < places.size(); i++) {
                final String policy = i >= builtIn ? "-" : dice.oneIn(6) ? "DROP" : "ACCEPT";
                text.append(':').append(places.get(i).chain()).append(' ').append(policy).append(" [0:0]\n");
            }
            rules.forEach(chain -> chain.forEach(rule -> text.append(rule).append('\n')));
            text.append("COMMIT\n");
        }
    }
}
