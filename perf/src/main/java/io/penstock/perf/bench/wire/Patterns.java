package io.penstock.perf.bench.wire;

import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.wire.ArrivalPattern;
import picocli.CommandLine.Model.CommandSpec;

/** Patterns as options have them: {@code constant}, {@code poisson}, {@code burst:32}. Threads: main. */
public final class Patterns {

    private static final String BURST = "burst:";

    private Patterns() {
    }

    /** Reads one. */
    public static ArrivalPattern parse(final CommandSpec spec, final String option, final String text, final long seed) {
        if (text.equals("constant")) {
            return ArrivalPattern.constant();
        }
        if (text.equals("poisson")) {
            return ArrivalPattern.poisson(seed);
        }
        if (text.startsWith(BURST)) {
            final long frames;
            try {
                frames = Long.parseLong(text.substring(BURST.length()));
            } catch (final NumberFormatException e) {
                throw unknown(spec, option, text);
            }
            Options.check(spec, option + ' ' + BURST + 'N', frames, 1, ArrivalPattern.MAX_BURST_FRAMES);
            return ArrivalPattern.bursts((int) frames);
        }
        throw unknown(spec, option, text);
    }

    private static RuntimeException unknown(final CommandSpec spec, final String option, final String text) {
        return Options.usage(spec, "there is no " + option + " '" + text
                + "'; supported are constant, poisson, burst:N such as burst:32");
    }
}
