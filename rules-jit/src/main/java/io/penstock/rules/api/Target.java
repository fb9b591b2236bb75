package io.penstock.rules.api;

import java.util.List;

/** A target of a rule: immutable, equal to another when the real tool finds their rules the same ({@code -C}, {@code -D}). */
public interface Target {

    /** Its kind. */
    TargetKind kind();

    /** Writes its options as {@code iptables-save} does, each with a blank before it. */
    void save(StringBuilder out);

    /** Writes it as {@code -L} does, with a blank before it. */
    void list(StringBuilder out, ListScope scope);

    /**
     * What the kernel would say to it at that place, as a positive errno, or {@link Kind#FINE}. Tables, hooks and protocols of its kind
     * were found right before.
     */
    default int check(final Place place) {
        return Kind.FINE;
    }

    /** As {@link #check(Place)}, for a target that asks for a certain match beside it. */
    default int check(final Place place, final List<Match> matches) {
        return check(place);
    }

    /** What is there, for matches to ask, while a rule with it is in force: such as {@code rateest NAME}. For most, nothing. */
    default String provided() {
        return "";
    }
}
