package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotSpi;
import io.penstock.rules.text.CNumber;

/**
 * {@code -m esp}: the security parameter index of an ESP header.
 *
 * @param low      the least index
 * @param high     the largest index
 * @param inverted whether it must lie outside
 */
public record EspMatch(long low, long high, boolean inverted) implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("esp", 0, """
            esp match options:
            [!] --espspi spi[:spi]
            \t\t\t\tmatch spi (range)
            """, scope -> new Parser(), SpiText.spec("espspi")).of(IpProtocol.ESP);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SpiText.save(out, inverted, "espspi", low, high);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SpiText.list(out.append(" esp"), inverted, " spi", low, high);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return HotSpi.ofEsp(low, high, inverted);
    }

    /** Reads the option. */
    private static final class Parser implements MatchParser {

        private EspMatch match = new EspMatch(0, CNumber.UNSIGNED_32, false);

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            match = new EspMatch(value.low(), value.high(), value.inverted());
        }

        @Override
        public EspMatch finish() {
            return match;
        }
    }
}
