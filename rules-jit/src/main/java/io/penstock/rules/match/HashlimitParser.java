package io.penstock.rules.match;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.hot.match.HashlimitSettings;
import io.penstock.rules.text.CNumber;

/** Reads the options of {@code -m hashlimit}. */
final class HashlimitParser implements MatchParser {

    /** What a flow may be made of, in the order in which it is written. */
    enum Part {
        SOURCE("srcip", HashlimitSettings.SOURCE),
        SOURCE_PORT("srcport", HashlimitSettings.SOURCE_PORT),
        DESTINATION("dstip", HashlimitSettings.DESTINATION),
        DESTINATION_PORT("dstport", HashlimitSettings.DESTINATION_PORT);

        final String text;
        final int bit;

        Part(final String text, final int bit) {
            this.text = text;
            this.bit = bit;
        }
    }

    private static final long MAX_BURST = 1_000_000;
    private static final int DEFAULT_BURST = 5;
    /** Bytes of a name in the kernel, the closing zero included (NAME_MAX). */
    private static final int NAME_BYTES = 255;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private final IpFamily family;
    private boolean hasRate;
    private boolean hasBurst;
    private boolean hasExpire;
    private int mode;
    private long period;
    /** Seconds of the rate's unit. */
    private int unit;
    private long burst = DEFAULT_BURST;
    private int size;
    private int max;
    private int gcInterval = HashlimitMatch.DEFAULT_GC_INTERVAL;
    private int expire;
    private int interval;
    private int sourceBits;
    private int destinationBits;
    private String name;

    HashlimitParser(final ParseScope scope) {
        family = scope.family();
        sourceBits = family.addressBytes() * Byte.SIZE;
        destinationBits = sourceBits;
    }

    @Override
    public void option(final OptionSpec option, final OptionValue value) {
        switch (option.canonical()) {
            case "hashlimit-upto" -> rate("upto", value.text(), value.inverted());
            case "hashlimit-above" -> rate("above", value.text(), !value.inverted());
            case "hashlimit-srcmask" -> sourceBits = (int) value.low() & 0xFF;
            case "hashlimit-dstmask" -> destinationBits = (int) value.low() & 0xFF;
            case "hashlimit-burst" -> burst(value.text());
            case "hashlimit-htable-size" -> size = (int) value.low();
            case "hashlimit-htable-max" -> max = (int) value.low();
            case "hashlimit-htable-gcinterval" -> gcInterval = (int) value.low();
            case "hashlimit-htable-expire" -> {
                expire = (int) value.low();
                hasExpire = true;
            }
            case "hashlimit-mode" -> mode(value.text());
            case "hashlimit-name" -> name = FieldText.cut(value.text(), NAME_BYTES);
            case "hashlimit-rate-match" -> mode |= HashlimitSettings.RATE_MATCH;
            default -> interval(value.text());
        }
    }

    private void rate(final String option, final String text, final boolean above) {
        hasRate = true;
        mode |= above ? HashlimitSettings.INVERT : 0;
        final long cost = ByteRate.read(text);
        if (cost != 0) {
            mode |= HashlimitSettings.BYTES;
            period = cost;
            unit = ByteRate.EXPIRE;
            return;
        }
        final Rate rate = Rate.read(text, HashlimitMatch.SCALE);
        if (rate == null) {
            throw bad(option, text);
        }
        period = rate.period();
        unit = rate.seconds();
    }

    private void burst(final String text) {
        final CNumber number = CNumber.within(text, 0, 1, CNumber.UNSIGNED_64);
        final boolean isWhole = number != null && number.end() == text.length();
        if (number == null || isWhole && Long.compareUnsigned(number.value(), MAX_BURST) > 0) {
            throw badBurst();
        }
        burst = number.value() * (isWhole ? 1 : ByteRate.factor(text.charAt(number.end())));
        hasBurst = true;
    }

    private void mode(final String text) {
        for (final String word : text.split("[,|]")) {
            int bit = word.isEmpty() ? -1 : 0;
            for (final Part part : Part.values()) {
                bit = part.text.equals(word) ? part.bit : bit;
            }
            if (bit == 0) {
                throw bad("mode", text);
            }
            mode |= Math.max(bit, 0);
        }
    }

    private void interval(final String text) {
        interval = (int) Rate.leadingNumber(text);
        if (interval <= 0) {
            throw bad("rate-interval", text);
        }
    }

    @Override
    public void finalCheck() {
        if (!hasRate) {
            throw ParameterProblem.parameter("You have to specify --hashlimit");
        }
        final boolean isBytes = (mode & HashlimitSettings.BYTES) != 0;
        if (!hasExpire) {
            expire = (isBytes && hasBurst ? ByteRate.EXPIRE_WITH_BURST : unit) * HashlimitMatch.MS_PER_S;
        }
        if (isBytes) {
            burst = hasBurst ? seconds() : 0;
        } else if (Long.compareUnsigned(burst, MAX_BURST) > 0) {
            throw badBurst();
        }
        if ((mode & HashlimitSettings.RATE_MATCH) != 0) {
            period = isBytes ? period : Long.divideUnsigned(period, unit);
            interval = interval != 0 ? interval : isBytes ? 1 : unit;
        }
    }

    /** The burst's bytes in seconds at the rate, rounded up; cut to 32 bits before, as the real tool does. */
    private long seconds() {
        final long rate = ByteRate.bytes(period);
        if (rate == 0 || Long.compareUnsigned(burst, rate) < 0) {
            throw ParameterProblem.parameter("burst cannot be smaller than %sb", Long.toUnsignedString(rate));
        }
        final long whole = Long.divideUnsigned(burst & UNSIGNED_32, rate);
        return whole + (Long.remainderUnsigned(burst, rate) == 0 ? 0 : 1) & UNSIGNED_32;
    }

    private static ParameterProblem bad(final String option, final String text) {
        return ParameterProblem.parameter("hashlimit: Bad value for \"--hashlimit-%s\" option: \"%s\"", option, text);
    }

    private static ParameterProblem badBurst() {
        return ParameterProblem.parameter(
                "bad value for option \"--hashlimit-burst\", or out of range (1-%d).", MAX_BURST);
    }

    @Override
    public Match finish() {
        return new HashlimitMatch(
                family, mode, period, burst, cut(size), cut(max), gcInterval, expire, interval, sourceBits, destinationBits, name);
    }

    /** What the kernel makes of a size that is too large. */
    private static int cut(final int wanted) {
        return Integer.compareUnsigned(wanted, HashlimitMatch.MAX_SIZE) > 0 ? HashlimitMatch.MAX_SIZE : wanted;
    }
}
