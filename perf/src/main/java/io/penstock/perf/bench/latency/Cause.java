package io.penstock.perf.bench.latency;

import java.util.Locale;

/** Why packets were slow, from what is known best to what is known least: of two that claim the same time, the first has it. */
enum Cause {

    /** The JVM collected garbage. */
    GC("the JVM collected garbage"),
    /** The JVM stopped its threads for something else. */
    SAFEPOINT("the JVM stopped its threads for something else"),
    /** Another thread had the CPU. */
    INVOLUNTARY_SWITCH("another thread had the worker's CPU"),
    /** The machine below ran something else. */
    STEAL("the machine below ran something else"),
    /** Stopped, or asleep. */
    OFF_CPU("the worker was stopped or asleep"),
    /** It was interpreted, because compiled code had been given up. */
    COMPILATION("compiled code was given up, and interpreted until there was new"),
    /** The sum of what is left. */
    UNKNOWN("nothing that is watched");

    private final String text;

    Cause(final String text) {
        this.text = text;
    }

    /** Its name in results. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    String text() {
        return text;
    }
}
