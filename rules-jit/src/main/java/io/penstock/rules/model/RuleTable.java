package io.penstock.rules.model;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import java.util.ArrayList;
import java.util.List;

/**
 * A table: the built-in chains in the order of their hooks, then the user's chains in the order in which they are listed.
 *
 * <p>Its counters are numbered chain by chain: one for each rule, then one for the chain's end (the policy's).
 *
 * @param family whose it is
 * @param name   its name
 * @param chains its chains
 */
public record RuleTable(IpFamily family, TableName name, List<Chain> chains) {

    /** A table; keeps a copy of the chains. */
    public RuleTable {
        chains = List.copyOf(chains);
    }

    /** The table as it is when nobody has changed it: everything is accepted. */
    public static RuleTable empty(final IpFamily family, final TableName name) {
        final List<Chain> chains = new ArrayList<>();
        for (final RuleHook hook : name.hooks()) {
            chains.add(new Chain(hook.name(), Action.Verdict.ACCEPT, List.of()));
        }
        return new RuleTable(family, name, chains);
    }

    /** How many counters it has. */
    public int counters() {
        int counters = 0;
        for (final Chain chain : chains) {
            counters += chain.rules().size() + 1;
        }
        return counters;
    }
}
