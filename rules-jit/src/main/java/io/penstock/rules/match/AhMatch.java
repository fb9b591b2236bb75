package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
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
 * {@code -m ah} of IPv4: the security parameter index of an authentication header.
 *
 * @param low      the least index
 * @param high     the largest index
 * @param inverted whether it must lie outside
 */
public record AhMatch(long low, long high, boolean inverted) implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("ah", 0, """
            ah match options:
            [!] --ahspi spi[:spi]
            \t\t\t\tmatch spi (range)
            """, scope -> new Parser(), SpiText.spec("ahspi")).of(IpProtocol.AH).in(IpFamily.IPV4);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SpiText.save(out, inverted, "ahspi", low, high);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SpiText.list(out.append(" ah "), inverted, "spi", low, high);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return HotSpi.ofAh(low, high, inverted);
    }

    /** Reads the option. */
    private static final class Parser implements MatchParser {

        private AhMatch match = new AhMatch(0, CNumber.UNSIGNED_32, false);

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            match = new AhMatch(value.low(), value.high(), value.inverted());
        }

        @Override
        public AhMatch finish() {
            return match;
        }
    }
}
