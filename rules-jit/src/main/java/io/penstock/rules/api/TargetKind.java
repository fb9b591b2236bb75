package io.penstock.rules.api;

/** A kind of target. */
public interface TargetKind extends Kind {

    /** Begins reading the options of one. */
    TargetParser parser(ParseScope scope);
}
