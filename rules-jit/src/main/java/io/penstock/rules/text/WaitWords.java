package io.penstock.rules.text;

import io.penstock.os.getopt.GetoptLong;

import static io.penstock.rules.api.ParameterProblem.parameter;

/** How long to wait for the lock. */
final class WaitWords {

    private static final int DECIMAL = 10;
    private static final long MOST_MICROSECONDS = 999_999;

    private WaitWords() {
    }

    /** Seconds behind {@code -w}; -1 without a limit, and 0 is none either. */
    static int seconds(final GetoptLong<LongOption> words) {
        final String text = words.argument() != null ? words.argument() : words.hasPlain() ? words.take() : null;
        if (text == null) {
            return -1;
        }
        final CNumber seconds = CNumber.read(text, 0, CNumber.ANY_BASE);
        if (seconds.end() == 0) {
            throw parameter("wait seconds not numeric");
        }
        return (int) seconds.value();
    }

    /** Checks what stands behind {@code -W}; gives what is to be said about it. */
    static String interval(final GetoptLong<LongOption> words) {
        final String text = words.argument() != null ? words.argument() : words.hasPlain() ? words.take() : null;
        if (text == null) {
            throw parameter("wait interval value required");
        }
        final CNumber interval = CNumber.read(text, 0, DECIMAL);
        if (interval.end() == 0) {
            throw parameter("wait interval not numeric");
        }
        final long microseconds = interval.value() & CNumber.UNSIGNED_32;
        if (microseconds > MOST_MICROSECONDS) {
            throw parameter("too long usec wait %d > 999999 usec", microseconds);
        }
        return "Ignoring deprecated --wait-interval option.\n";
    }
}
