package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotSpi;

/**
 * {@code -m ipcomp}: the compression parameter index of an IPComp header. Without an option it takes index 0 only, as with the real
 * tool.
 *
 * @param low      the least index
 * @param high     the largest index
 * @param inverted whether it must lie outside
 * @param reserved {@code --compres}, which the kernel does not look at
 */
public record IpcompMatch(long low, long high, boolean inverted, boolean reserved) implements RunnableMatch {

    private static final int PROTOCOL = 108;

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("ipcomp", 0, """
            comp match options:
            [!] --ipcompspi spi[:spi]
            \t\t\t\tmatch spi (range)
            """, scope -> new Parser(),
            SpiText.spec("ipcompspi"),
            OptionSpec.of("compres", OptionType.NONE)).of(PROTOCOL);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SpiText.save(out, inverted, "ipcompspi", low, high);
        if (reserved) {
            out.append(" --compres");
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SpiText.list(out.append(" comp "), inverted, "spi", low, high);
        if (reserved) {
            out.append(" reserved");
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return HotSpi.ofIpcomp(low, high, inverted);
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private IpcompMatch match = new IpcompMatch(0, 0, false, false);

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            match = spec.type() == OptionType.NONE
                    ? new IpcompMatch(match.low, match.high, match.inverted, true)
                    : new IpcompMatch(value.low(), value.high(), value.inverted(), match.reserved);
        }

        @Override
        public IpcompMatch finish() {
            return match;
        }
    }
}
