package io.penstock.rules.api;

/** A kind of match. */
public interface MatchKind extends Kind {

    /** Begins reading the options of one. */
    MatchParser parser(ParseScope scope);
}
