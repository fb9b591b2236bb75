package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotAh6;
import io.penstock.rules.text.CNumber;

/**
 * {@code -m ah} of IPv6, where the authentication header is one of a chain.
 *
 * @param low            the least security parameter index
 * @param high           the largest one
 * @param inverted       whether it must lie outside
 * @param bytes          the header's length, 0 for any
 * @param bytesInverted  whether it must be another
 * @param reserved       whether the reserved field must be 0
 */
public record Ah6Match(long low, long high, boolean inverted, long bytes, boolean bytesInverted, boolean reserved)
        implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("ah", 0, """
            ah match options:
            [!] --ahspi spi[:spi]          match spi (range)
            [!] --ahlen length             total length of this header
             --ahres                       check the reserved field too
            """, scope -> new Parser(),
            SpiText.spec("ahspi"),
            OptionSpec.of("ahlen", OptionType.UINT32).inverted(),
            OptionSpec.of("ahres", OptionType.NONE)).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SpiText.save(out, inverted, "ahspi", low, high);
        if (bytes != 0 || bytesInverted) {
            HeaderText.option(out, bytesInverted, "ahlen").append(' ').append(bytes);
        }
        if (reserved) {
            out.append(" --ahres");
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SpiText.list(out.append(" ah "), inverted, "spi", low, high);
        if (bytes != 0 || bytesInverted) {
            HeaderText.listRange(out, bytesInverted, "length", bytes, bytes);
        }
        if (reserved) {
            out.append(" reserved");
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotAh6(low, high, inverted, bytes, bytesInverted, reserved);
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private long low;
        private long high = CNumber.UNSIGNED_32;
        private boolean inverted;
        private long bytes;
        private boolean bytesInverted;
        private boolean reserved;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            switch (spec.name()) {
                case "ahspi" -> {
                    low = value.low();
                    high = value.high();
                    inverted = value.inverted();
                }
                case "ahlen" -> {
                    bytes = value.low();
                    bytesInverted = value.inverted();
                }
                default -> reserved = true;
            }
        }

        @Override
        public Ah6Match finish() {
            return new Ah6Match(low, high, inverted, bytes, bytesInverted, reserved);
        }
    }
}
