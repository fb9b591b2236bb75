package io.penstock.conntrack.model;

/**
 * What happened to an expectation.
 *
 * @param change      what happened
 * @param expectation the expectation then
 */
public record ExpectationEvent(ConnectionChange change, Expectation expectation) {
}
