package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotLimit;

/**
 * {@code -m limit}: so many packets in a time, all workers together.
 *
 * @param period the time from one packet to the next, unsigned. Unit: 1/10,000 s
 * @param burst  how many may follow each other at once, unsigned
 */
public record LimitMatch(int period, int burst) implements RunnableMatch {

    /** What 1/10,000 s is a part of. */
    private static final int SCALE = 10_000;
    private static final int DEFAULT_BURST = 5;
    private static final int MAX_BURST = 10_000;
    private static final String DEFAULT_RATE = "3/hour";

    private static final String HELP = """
            limit match options:
            --limit avg\t\t\tmax average match rate: default 3/hour
                                            [Packets per second unless followed by\s
                                            /sec /minute /hour /day postfixes]
            --limit-burst number\t\tnumber to match in a burst, default 5
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "limit",
            0,
            HELP,
            scope -> new Parser(),
            OptionSpec.of("limit", OptionType.STRING),
            OptionSpec.of("limit-burst", OptionType.UINT32).between(0, MAX_BURST));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        Rate.write(out.append(" --limit"), Integer.toUnsignedLong(period), SCALE);
        if (burst != DEFAULT_BURST) {
            out.append(" --limit-burst ").append(Integer.toUnsignedString(burst));
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        Rate.write(out.append(" limit: avg"), Integer.toUnsignedLong(period), SCALE);
        out.append(" burst ").append(Integer.toUnsignedString(burst));
    }

    @Override
    public int check(final Place place) {
        final long cost = LimitCredits.of(period);
        return burst == 0 || LimitCredits.of(period * burst) < cost ? Errno.ERANGE : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotLimit(LimitCredits.ns(period), LimitCredits.ns(period * burst), scope.nowNs());
    }

    private static final class Parser implements MatchParser {

        private int period = (int) Rate.read(DEFAULT_RATE, SCALE).period();
        private int burst = DEFAULT_BURST;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if ("limit-burst".equals(option.name())) {
                burst = (int) value.low();
                return;
            }
            final Rate rate = Rate.readInt(value.text(), SCALE);
            if (rate == null) {
                throw ParameterProblem.parameter("bad rate \"%s\"'", value.text());
            }
            period = (int) rate.period();
        }

        @Override
        public Match finish() {
            return new LimitMatch(period, burst);
        }
    }
}
