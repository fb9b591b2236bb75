package io.penstock.rules.model;

import io.penstock.rules.api.Target;

/** What a rule does with a packet that it takes. */
public sealed interface Action {

    /** An end, by a standard verdict. */
    enum Verdict implements Action {
        /** The table lets it pass. */
        ACCEPT,
        /** The packet ends here. */
        DROP,
        /** To user space, queue 0. */
        QUEUE,
        /** Back to the calling chain; in a built-in chain, to its policy. */
        RETURN
    }

    /** Nothing: the rule only counts. */
    enum Nothing implements Action {
        /** The only one. */
        NOTHING
    }

    /**
     * On to another chain.
     *
     * @param chain    its name
     * @param noReturn {@code -g}: what returns from there returns past this chain
     */
    record Jump(String chain, boolean noReturn) implements Action {
    }

    /**
     * A target from the registry.
     *
     * @param target the target
     */
    record Extension(Target target) implements Action {
    }
}
