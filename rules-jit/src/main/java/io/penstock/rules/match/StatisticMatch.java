package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotNth;
import io.penstock.rules.hot.match.HotRandom;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * {@code -m statistic}: a share of the packets, by chance or by turns.
 *
 * @param isNth       by turns
 * @param inverted    whether all others are meant
 * @param probability by chance: the share. Unit: 1/2^31
 * @param every       by turns: every so manieth
 * @param packet      by turns: how many are skipped at first
 */
public record StatisticMatch(boolean isNth, boolean inverted, long probability, long every, long packet) implements RunnableMatch {

    private static final long ONE = 1L << 31;
    private static final int DIGITS = 11;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private static final String HELP = """
            statistic match options:
             --mode mode                    Match mode (random, nth)
             random mode:
            [!] --probability p\t\t Probability
             nth mode:
            [!] --every n\t\t\t Match every nth packet
             --packet p\t\t\t Initial counter value (0 <= p <= n-1, default 0)
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "statistic",
            0,
            HELP,
            scope -> new Parser(),
            OptionSpec.of("mode", OptionType.STRING).needed(),
            OptionSpec.of("probability", OptionType.DOUBLE).inverted().between(0, 1).excluding("every", "packet"),
            OptionSpec.of("every", OptionType.UINT32).inverted().between(1, UNSIGNED_32).excluding("probability").requiring("packet"),
            OptionSpec.of("packet", OptionType.UINT32).excluding("probability").requiring("every"));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(" statistic"), "");
    }

    private void write(final StringBuilder out, final String dashes) {
        out.append(' ').append(dashes).append(isNth ? "mode nth" : "mode random").append(inverted ? " ! " : " ").append(dashes);
        if (isNth) {
            out.append("every ").append(every);
            if (packet != 0 || !dashes.isEmpty()) {
                out.append(' ').append(dashes).append("packet ").append(packet);
            }
        } else {
            final BigDecimal share = BigDecimal.valueOf(probability).divide(BigDecimal.valueOf(ONE));
            out.append("probability ").append(share.setScale(DIGITS, RoundingMode.HALF_EVEN).toPlainString());
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return isNth ? new HotNth(every, packet, inverted) : new HotRandom(probability, inverted);
    }

    private static final class Parser implements MatchParser {

        private boolean isNth;
        private boolean hasProbability;
        private boolean hasTurns;
        private boolean inverted;
        private long probability;
        private long every;
        private long packet;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            inverted |= value.inverted();
            switch (option.name()) {
                case "mode" -> {
                    isNth = "nth".equals(value.text());
                    if (!isNth && !"random".equals(value.text())) {
                        throw ParameterProblem.parameter("Bad mode \"%s\"", value.text());
                    }
                }
                case "probability" -> {
                    hasProbability = true;
                    probability = Math.round(value.real() * ONE);
                }
                case "every" -> {
                    hasTurns = true;
                    every = value.low();
                }
                default -> {
                    hasTurns = true;
                    packet = value.low();
                }
            }
        }

        @Override
        public void finalCheck() {
            if (!isNth && !hasProbability) {
                throw ParameterProblem.parameter("--probability must be specified when using random mode");
            }
            if (isNth && !hasTurns) {
                throw ParameterProblem.parameter("--every and --packet must be specified when using nth mode");
            }
            // The real tool keeps the probability where it keeps one less than every.
            if (packet > (hasProbability ? probability : Math.max(every - 1, 0))) {
                throw ParameterProblem.parameter("the --packet p must be 0 <= p <= n-1");
            }
        }

        @Override
        public Match finish() {
            return new StatisticMatch(isNth, inverted, probability, every, packet);
        }
    }
}
