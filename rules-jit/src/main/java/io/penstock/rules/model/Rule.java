package io.penstock.rules.model;

import io.penstock.rules.api.Match;
import java.util.List;

/**
 * A rule.
 *
 * @param selector what it asks without {@code -m}
 * @param matches  what else it asks, in order
 * @param action   what it does
 */
public record Rule(Selector selector, List<Match> matches, Action action) {

    /** A rule; keeps a copy of the matches. */
    public Rule {
        matches = List.copyOf(matches);
    }
}
