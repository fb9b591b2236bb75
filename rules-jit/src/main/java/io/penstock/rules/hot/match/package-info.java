/**
 * What runs for matches: one small class each, made by {@code bind} of the match in {@code io.penstock.rules.match}. Workers' threads. No
 * allocation, locks, clock or logging.
 */
package io.penstock.rules.hot.match;
