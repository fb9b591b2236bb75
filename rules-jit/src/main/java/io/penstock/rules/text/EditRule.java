package io.penstock.rules.text;

import io.penstock.rules.model.Action;
import io.penstock.rules.model.Rule;

/** A rule of a table that is being edited, or a chain's end: with where its counters come from. */
final class EditRule {

    /** No counter of the old table. */
    static final int NEW = -1;

    private final Rule rule;
    private final int origin;
    private final long packets;
    private final long bytes;
    private final boolean isZeroed;
    private final RulePlace place;
    /** The chain that it jumps to, whatever that is called by now; null when its name has not changed since, or there is none. */
    private final EditChain target;

    private EditRule(
            final Rule rule,
            final int origin,
            final long packets,
            final long bytes,
            final boolean isZeroed,
            final RulePlace place,
            final EditChain target) {
        this.rule = rule;
        this.origin = origin;
        this.packets = packets;
        this.bytes = bytes;
        this.isZeroed = isZeroed;
        this.place = place;
        this.target = target;
    }

    /** A new one, with counters to begin with. */
    static EditRule of(final Rule rule, final long packets, final long bytes) {
        return of(rule, packets, bytes, null);
    }

    /** The same with where it stands in a file, or null. */
    static EditRule of(final Rule rule, final long packets, final long bytes, final RulePlace place) {
        return new EditRule(rule, NEW, packets, bytes, false, place, null);
    }

    /** One of the old table, which has counted so far what is given. */
    static EditRule of(final Rule rule, final int origin, final long packets, final long bytes) {
        return new EditRule(rule, origin, packets, bytes, false, null, null);
    }

    /** The same, what was counted so far being taken off; a new one stays as it is. */
    EditRule zeroed() {
        return origin == NEW ? this : new EditRule(rule, origin, packets, bytes, true, place, target);
    }

    /** The same, jumping to a chain by what it is, not by its name; null where it jumps to none. */
    EditRule following(final EditChain chain) {
        return new EditRule(rule, origin, packets, bytes, isZeroed, place, chain);
    }

    Rule rule() {
        return target != null && rule.action() instanceof Action.Jump(final String to, final boolean noReturn) && !to.equals(target.name())
                ? new Rule(rule.selector(), rule.matches(), new Action.Jump(target.name(), noReturn)) : rule;
    }

    /** Where it stands in the file that it comes from, or null. */
    RulePlace place() {
        return place;
    }

    int origin() {
        return origin;
    }

    /** Packets as listed. */
    long packets() {
        return packets;
    }

    /** Bytes as listed. */
    long bytes() {
        return bytes;
    }

    /** Packets to add to the old counter's. */
    long addedPackets() {
        return isZeroed ? -packets : origin == NEW ? packets : 0;
    }

    /** Bytes to add to the old counter's. */
    long addedBytes() {
        return isZeroed ? -bytes : origin == NEW ? bytes : 0;
    }
}
