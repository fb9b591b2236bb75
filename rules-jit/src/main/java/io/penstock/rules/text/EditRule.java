package io.penstock.rules.text;

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

    private EditRule(
            final Rule rule, final int origin, final long packets, final long bytes, final boolean isZeroed, final RulePlace place) {
        this.rule = rule;
        this.origin = origin;
        this.packets = packets;
        this.bytes = bytes;
        this.isZeroed = isZeroed;
        this.place = place;
    }

    /** A new one, with counters to begin with. */
    static EditRule of(final Rule rule, final long packets, final long bytes) {
        return of(rule, packets, bytes, null);
    }

    /** The same with where it stands in a file, or null. */
    static EditRule of(final Rule rule, final long packets, final long bytes, final RulePlace place) {
        return new EditRule(rule, NEW, packets, bytes, false, place);
    }

    /** One of the old table, which has counted so far what is given. */
    static EditRule of(final Rule rule, final int origin, final long packets, final long bytes) {
        return new EditRule(rule, origin, packets, bytes, false, null);
    }

    /** The same, what was counted so far being taken off; a new one stays as it is. */
    EditRule zeroed() {
        return origin == NEW ? this : new EditRule(rule, origin, packets, bytes, true, place);
    }

    /** The same with another rule. */
    EditRule with(final Rule other) {
        return new EditRule(other, origin, packets, bytes, isZeroed, place);
    }

    Rule rule() {
        return rule;
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
