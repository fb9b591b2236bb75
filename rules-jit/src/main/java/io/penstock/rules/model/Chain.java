package io.penstock.rules.model;

import java.util.List;

/**
 * A chain.
 *
 * @param name   its name
 * @param policy what becomes of packets at its end; null in a user's chain, from which they return
 * @param rules  its rules, in order
 */
public record Chain(String name, Action.Verdict policy, List<Rule> rules) {

    /** A chain; keeps a copy of the rules. */
    public Chain {
        rules = List.copyOf(rules);
    }

    /** Whether it hangs on a hook. */
    public boolean isBuiltIn() {
        return policy != null;
    }
}
