package io.penstock.rules.target;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RATEEST: feeds an estimator of a rate, which the match of that name asks.
 *
 * @param name     the estimator's name
 * @param interval how often it looks: 2 to that power, in seconds
 * @param ewmaLog  the logarithm of the average's weight
 */
public record RateestTarget(String name, int interval, int ewmaLog) implements Target {

    private static final int NAME_LENGTH = 15;
    private static final int MICROSECONDS = 1_000_000;
    private static final int MILLISECONDS = 1_000;
    private static final int QUARTER = MICROSECONDS / 4;
    private static final int MAX_INTERVAL_STEP = 5;
    private static final int MAX_EWMA_LOG = 31;
    /** Steps of the interval begin at a quarter of a second. */
    private static final int FIRST_STEP = 2;

    private static final OptionSpec NAME = OptionSpec.of("rateest-name", OptionType.STRING).needed();
    private static final OptionSpec INTERVAL = OptionSpec.of("rateest-interval", OptionType.STRING).needed();
    private static final OptionSpec EWMA_LOG = OptionSpec.of("rateest-ewmalog", OptionType.STRING).needed();

    private static final String HELP = """
            RATEEST target options:
              --rateest-name name\t\tRate estimator name
              --rateest-interval sec\tRate measurement interval in seconds
              --rateest-ewmalog value\tRate measurement averaging time constant
            """;

    static final TargetKind KIND =
            Definition.of("RATEEST", HELP, scope -> new Parser(), NAME, INTERVAL, EWMA_LOG);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --rateest-");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, " ");
    }

    @Override
    public String provided() {
        return "rateest " + name;
    }

    private void write(final StringBuilder out, final String begin) {
        final int period = (MICROSECONDS << interval + FIRST_STEP) / 4;
        out.append(begin).append("name ").append(name);
        time(out.append(begin).append("interval "), period);
        time(out.append(begin).append("ewmalog "), period * (1 << ewmaLog));
    }

    private static void time(final StringBuilder out, final int microseconds) {
        final double time = Integer.toUnsignedLong(microseconds);
        if (time >= MICROSECONDS) {
            out.append(String.format(Locale.ROOT, "%.1fs", time / MICROSECONDS));
        } else if (time >= MILLISECONDS) {
            out.append(String.format(Locale.ROOT, "%.1fms", time / MILLISECONDS));
        } else {
            out.append(Integer.toUnsignedString(microseconds)).append("us");
        }
    }

    private static final class Parser extends CheckedParser {

        /** What C's {@code strtod} takes, and a unit. */
        private static final Pattern TIME = Pattern.compile(
                "\\s*([-+]?(?:(0x)(?:\\p{XDigit}+\\.?\\p{XDigit}*|\\.\\p{XDigit}+)(?:p[-+]?\\d+)?"
                        + "|(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?|(inf(?:inity)?|nan)))"
                        + "(s|sec|secs|ms|msec|msecs|us|usec|usecs)?",
                Pattern.CASE_INSENSITIVE);
        private static final int HEXADECIMAL = 2;
        private static final int NO_NUMBER = 3;
        private static final int UNIT = 4;
        /** From here on the conversion to an integer is 0, as on x86. */
        private static final double TOO_LARGE = 0x1p63;

        private String name = "";
        private int interval;
        private int ewma;
        private int intervalStep;
        private int ewmaLog;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals(NAME.name())) {
                name = ToolText.cut(value.text(), NAME_LENGTH);
            } else if (option.name().equals(INTERVAL.name())) {
                interval = time("interval", value.text());
            } else {
                ewma = time("ewmalog", value.text());
            }
        }

        /** A time in microseconds. One without a unit is in microseconds too. */
        private static int time(final String what, final String text) {
            final Matcher parts = TIME.matcher(text);
            if (!parts.matches()) {
                throw ParameterProblem.parameter("RATEEST: bad %s value \"%s\"", what, text);
            }
            if (parts.group(NO_NUMBER) != null) {
                return 0;
            }
            final String unit = parts.group(UNIT) == null ? "us" : parts.group(UNIT).toLowerCase(Locale.ROOT);
            final int factor = unit.startsWith("s") ? MICROSECONDS : unit.startsWith("m") ? MILLISECONDS : 1;
            final String number = parts.group(1).toLowerCase(Locale.ROOT);
            final boolean needsExponent = parts.group(HEXADECIMAL) != null && number.indexOf('p') < 0;
            final double time = Double.parseDouble(needsExponent ? number + "p0" : number) * factor;
            return Math.abs(time) < TOO_LARGE ? (int) (long) time : 0;
        }

        @Override
        void verify() {
            intervalStep = 0;
            while (intervalStep <= MAX_INTERVAL_STEP && Integer.compareUnsigned(interval, (1 << intervalStep) * QUARTER) > 0) {
                intervalStep++;
            }
            if (intervalStep > MAX_INTERVAL_STEP) {
                throw ParameterProblem.parameter("RATEEST: interval value is too large");
            }
            ewmaLog = 1;
            while (ewmaLog <= MAX_EWMA_LOG && !exceeds(ewmaLog)) {
                ewmaLog++;
            }
            ewmaLog--;
            if (ewmaLog == 0 || ewmaLog >= MAX_EWMA_LOG) {
                throw ParameterProblem.parameter("RATEEST: ewmalog value is out of range");
            }
        }

        private boolean exceeds(final int log) {
            final double weight = 1.0 - 1.0 / (1 << log);
            return Integer.toUnsignedLong(interval) / -Math.log(weight) > Integer.toUnsignedLong(ewma);
        }

        @Override
        Target target() {
            return new RateestTarget(name, intervalStep - FIRST_STEP, ewmaLog);
        }
    }
}
