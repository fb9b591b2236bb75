package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.engine.Injection;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done to the worker on purpose, to see whether the report tells of it.
 *
 * @param kind what
 * @param ms   how long; 0 where the JVM decides
 */
record Fault(Kind kind, double ms) {

    private static final String PAUSE = "pause:";
    private static final double MIN_MS = 0.01;
    private static final double MAX_MS = 1_000;

    /** What can be done. */
    enum Kind {
        /** The worker loses its CPU for a time. */
        PAUSE,
        /** The JVM collects garbage. */
        GC
    }

    /** What a command line asks for: faults, which come once a second, and what is worse all the time. */
    record Asked(List<Fault> faults, List<Injection> injections) {

        /**
         * Reads it.
         *
         * @throws IllegalArgumentException saying what is wrong with it
         */
        static Asked of(final List<String> texts) {
            final List<Fault> faults = new ArrayList<>();
            final List<Injection> injections = new ArrayList<>();
            for (final String text : texts) {
                if (text.equals("gc")) {
                    faults.add(new Fault(Kind.GC, 0));
                } else if (text.startsWith(PAUSE)) {
                    faults.add(new Fault(Kind.PAUSE, ms(text)));
                } else {
                    try {
                        injections.add(Injection.of(text));
                    } catch (final IllegalArgumentException e) {
                        throw new IllegalArgumentException(e.getMessage() + "; and pause:MS and gc, once a second", e);
                    }
                }
            }
            return new Asked(faults, injections);
        }
    }

    /** As options have it. */
    String text() {
        return kind == Kind.GC ? "gc" : PAUSE + (ms == Math.rint(ms) ? Long.toString((long) ms) : Double.toString(ms));
    }

    private static double ms(final String text) {
        final double ms;
        try {
            ms = Double.parseDouble(text.substring(PAUSE.length()));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("--inject " + text + ": not a number: " + text.substring(PAUSE.length()), e);
        }
        if (!(ms >= MIN_MS && ms <= MAX_MS)) {
            throw new IllegalArgumentException("--inject " + text + " is out of range: least=" + MIN_MS + " most=" + MAX_MS + " ms");
        }
        return ms;
    }
}
