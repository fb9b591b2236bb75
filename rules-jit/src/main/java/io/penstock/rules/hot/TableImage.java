package io.penstock.rules.hot;

/**
 * A table as it runs, numbered as its counters: chain by chain a number for each rule and one for the chain's end. Immutable once
 * published, shared by all workers.
 *
 * <p>Invariant: every number belongs to one chain; the last number of a chain is its end, whose operation never falls through.
 */
public final class TableImage {

    /** Operation: the packet ends. Up to {@link #QUEUE}, operations are verdicts. */
    public static final byte DROP = RuleVerdict.DROP;
    /** Operation: the table lets the packet pass. */
    public static final byte ACCEPT = RuleVerdict.ACCEPT;
    /** Operation: to user space. */
    public static final byte QUEUE = RuleVerdict.QUEUE;
    /** Operation: on with another chain, and back. */
    public static final byte JUMP = 4;
    /** Operation: on with another chain. */
    public static final byte GOTO = 5;
    /** Operation: back to the calling chain. */
    public static final byte RETURN = 6;
    /** Operation: ask the target. */
    public static final byte TARGET = 7;
    /** Operation: on with the next rule. */
    public static final byte NOTHING = 8;
    /** Operation: a user's chain ends; back to the calling one. */
    public static final byte END = 9;

    /** What is traced: a rule, one that returns under conditions too. */
    public static final byte TRACE_RULE = 0;
    /** What is traced: the end of a user's chain, or a verdict in it that asks nothing. */
    public static final byte TRACE_RETURN = 1;
    /** What is traced: a built-in chain's policy, or a verdict in it that asks nothing. */
    public static final byte TRACE_POLICY = 2;

    /** The table's name. */
    public final String table;
    /** What a number does. */
    public final byte[] operations;
    /** What a number's rule asks, all of it; null for a chain's end. */
    public final HotMatch[][] matches;
    /** What is to be asked when the number's record has been found right; none for most. */
    public final HotMatch[][] residues;
    /** The target of {@link #TARGET}; null for other operations. */
    public final HotTarget[] targets;
    /** The chain of a number. */
    public final int[] chains;
    /** The chain that {@link #JUMP} and {@link #GOTO} lead to. */
    public final int[] callees;
    /** The first number of a chain; one more entry than there are chains. */
    public final int[] starts;
    /** The chains' names. */
    public final String[] names;
    /** The chain of a hook, by {@code RuleHook.ordinal()}, or -1. */
    public final int[] hooks;
    /** What a number counts as where packets are traced: {@code TRACE_*}. */
    public final byte[] traces;
    /** Returns that can be open at a time. */
    public final int depth;

    /** An image; keeps the arrays. */
    public TableImage(
            final String table,
            final byte[] operations,
            final HotMatch[][] matches,
            final HotMatch[][] residues,
            final HotTarget[] targets,
            final int[] chains,
            final int[] callees,
            final int[] starts,
            final String[] names,
            final int[] hooks,
            final byte[] traces) {
        this.table = table;
        this.operations = operations;
        this.matches = matches;
        this.residues = residues;
        this.targets = targets;
        this.chains = chains;
        this.callees = callees;
        this.starts = starts;
        this.names = names;
        this.hooks = hooks;
        this.traces = traces;
        this.depth = names.length;
    }

    /** The number of a chain's end. */
    public int end(final int chain) {
        return starts[chain + 1] - 1;
    }
}
