package io.penstock.perf.bench.sets;

import io.penstock.perf.sets.SetKind;

/**
 * What {@code bench sets} was asked for, for one measurement.
 *
 * @param kind        the type of set
 * @param entries     elements in it, or to add
 * @param rule        whether the rule is in force
 * @param create      what the set is created with behind its type, or empty
 * @param packets     that take turns
 * @param runs        measured runs
 * @param warmSeconds how long to warm up at the most
 * @param seconds     how long to measure
 * @param cpu         the worker's
 */
record SetOptions(
        SetKind kind, int entries, boolean rule, String create, int packets, int runs, double warmSeconds, double seconds, int cpu) {
}
