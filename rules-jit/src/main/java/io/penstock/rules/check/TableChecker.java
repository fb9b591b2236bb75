package io.penstock.rules.check;

import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.Target;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's checks of a table (net/ipv4/netfilter/ip_tables.c, {@code translate_table}): its chains fit its hooks, every jump has its
 * chain and none leads back to where it came from, every match and target may stand where it stands.
 *
 * <p>A chain that no hook leads to is not looked into further, as in the kernel: its rules may stand anywhere.
 */
public final class TableChecker {

    private final RuleTable table;
    private final Map<String, Integer> chains = new HashMap<>();
    private final int[] hooks;
    /** The chain, counted from 1 on, that was seen last to jump to each. */
    private final int[] calledBy;
    private final int[] callees;
    /** What rules so far provide; null where that is not looked at. */
    private final Set<String> provided;

    private TableChecker(final RuleTable table, final Set<String> inForce) {
        this.table = table;
        this.provided = inForce == null ? null : new HashSet<>(inForce);
        this.hooks = new int[table.chains().size()];
        this.calledBy = new int[hooks.length];
        this.callees = new int[hooks.length];
    }

    /**
     * Checks a table.
     *
     * @return by chain, from which hooks it can be reached: a mask of {@link RuleHook#bit}
     * @throws TableRefusal if it may not go into force
     */
    public static int[] check(final RuleTable table) {
        return check(table, null);
    }

    /** The same, and whether what rules {@linkplain Match#needed need} is {@linkplain Target#provided provided} by those in force. */
    public static int[] check(final RuleTable table, final Set<String> inForce) {
        final TableChecker checker = new TableChecker(table, inForce);
        checker.number();
        checker.propagate();
        checker.checkRules();
        return checker.hooks;
    }

    private void number() {
        final List<RuleHook> valid = table.name().hooks();
        int builtIn = 0;
        for (int i = 0; i < table.chains().size(); i++) {
            final Chain chain = table.chains().get(i);
            if (chain.isBuiltIn()) {
                if (builtIn >= valid.size() || !valid.get(builtIn).name().equals(chain.name())) {
                    throw new TableRefusal(TableRefusal.EINVAL, chain.name(), 0,
                            "table " + table.name().text() + " has no such built-in chain there: chain=" + chain.name());
                }
                builtIn++;
            }
            if (chains.put(chain.name(), i) != null) {
                throw new TableRefusal(TableRefusal.EINVAL, chain.name(), 0, "chain is there twice: chain=" + chain.name());
            }
        }
        if (builtIn != valid.size()) {
            throw new TableRefusal(TableRefusal.EINVAL, null, 0, "a built-in chain is missing: table=" + table.name().text());
        }
    }

    /** Follows all jumps from each hook, without recursion: a table may be as deep as it has chains. */
    private void propagate() {
        final int[][] calls = new int[hooks.length][];
        for (int i = 0; i < hooks.length; i++) {
            calls[i] = calls(i);
        }
        for (final RuleHook hook : table.name().hooks()) {
            final boolean[] under = new boolean[hooks.length];
            final boolean[] done = new boolean[hooks.length];
            final int[] stack = new int[hooks.length];
            final int[] next = new int[hooks.length];
            int depth = 0;
            stack[0] = chains.get(hook.name());
            under[stack[0]] = true;
            while (depth >= 0) {
                final int chain = stack[depth];
                hooks[chain] |= hook.bit();
                if (next[depth] == calls[chain].length) {
                    under[chain] = false;
                    done[chain] = true;
                    depth--;
                    continue;
                }
                final int callee = calls[chain][next[depth]++];
                if (under[callee]) {
                    throw loop(table.chains().get(chain), table.chains().get(callee).name());
                }
                if (!done[callee]) {
                    depth++;
                    stack[depth] = callee;
                    next[depth] = 0;
                    under[callee] = true;
                }
            }
        }
    }

    private static TableRefusal loop(final Chain from, final String to) {
        int number = 0;
        while (!(from.rules().get(number).action() instanceof Action.Jump(final String name, final boolean noReturn))
                || !name.equals(to)) {
            number++;
        }
        return new TableRefusal(TableRefusal.ELOOP, from.name(), number + 1, from.rules().get(number).matches().size(),
                "chain leads back to itself: chain=" + to);
    }

    /** The chains that rules of a chain jump to, each once. */
    private int[] calls(final int caller) {
        final Chain chain = table.chains().get(caller);
        int count = 0;
        int number = 0;
        for (final Rule rule : chain.rules()) {
            number++;
            if (rule.action() instanceof Action.Jump(final String name, final boolean noReturn)) {
                final Integer callee = chains.get(name);
                if (callee == null) {
                    throw new TableRefusal(TableRefusal.ENOENT, chain.name(), number, rule.matches().size(), "no such chain: chain=" + name);
                }
                if (calledBy[callee] != caller + 1) {
                    calledBy[callee] = caller + 1;
                    callees[count++] = callee;
                }
            }
        }
        return Arrays.copyOf(callees, count);
    }

    private void checkRules() {
        for (int i = 0; i < hooks.length; i++) {
            final Chain chain = table.chains().get(i);
            int number = 0;
            for (final Rule rule : chain.rules()) {
                number++;
                checkRule(chain, number, rule, hooks[i]);
            }
        }
    }

    private void checkRule(final Chain chain, final int number, final Rule rule, final int from) {
        final Place place = new Place(table.family(), table.name(), from, rule.selector().protocol(),
                rule.selector().protocolInverted());
        final List<Match> matches = rule.matches();
        int part = 0;
        // Without an iterator and a text for each of many rules.
        for (; part < matches.size(); part++) {
            final Match match = matches.get(part);
            final int errno = errno(match.kind(), place);
            refuseIf(errno != Kind.FINE ? errno : match.check(place), chain, number, part, "match ", match.kind());
            if (provided != null) {
                checkNeeds(match, chain, number, part);
            }
        }
        if (rule.action() instanceof Action.Extension(final Target target)) {
            final int errno = errno(target.kind(), place);
            refuseIf(errno != Kind.FINE ? errno : target.check(place, rule.matches()), chain, number, part, "target ",
                    target.kind());
            if (provided != null) {
                provided.add(target.provided());
            }
        }
    }

    private void checkNeeds(final Match match, final Chain chain, final int number, final int part) {
        for (final String needed : match.needed()) {
            if (!provided.contains(needed)) {
                throw new TableRefusal(TableRefusal.ENOENT, chain.name(), number, part,
                        "there is no " + needed + ": chain=" + chain.name() + " rule=" + number);
            }
        }
    }

    private static void refuseIf(
            final int errno, final Chain chain, final int number, final int part, final String what, final Kind kind) {
        if (errno != Kind.FINE) {
            throw new TableRefusal(errno, chain.name(), number, part,
                    what + kind.name() + " may not stand there, or not with these parameters: chain=" + chain.name() + " rule=" + number);
        }
    }

    private static int errno(final Kind kind, final Place place) {
        final boolean fits = (kind.tables().isEmpty() || kind.tables().contains(place.table()))
                && (kind.hooks() == 0 || (place.hooks() & ~kind.hooks()) == 0)
                && (kind.protocols().isEmpty() || !place.protocolInverted() && kind.protocols().contains(place.protocol()));
        return fits ? Kind.FINE : TableRefusal.EINVAL;
    }
}
