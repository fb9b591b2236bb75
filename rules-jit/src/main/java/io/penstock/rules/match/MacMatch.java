package io.penstock.rules.match;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotMac;

/**
 * {@code -m mac}: the Ethernet address that it came from.
 *
 * @param source   the address, as {@link EthernetLayout} has it
 * @param inverted whether it must be another one
 */
public record MacMatch(long source, boolean inverted) implements RunnableMatch {

    private static final String HELP = """
            mac match options:
            [!] --mac-source XX:XX:XX:XX:XX:XX
            \t\t\t\tMatch source MAC address
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
                    "mac", 0, HELP, scope -> new Parser(), OptionSpec.of("mac-source", OptionType.ETHERNET).needed().inverted())
            .at(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out.append(inverted ? " ! --mac-source " : " --mac-source "));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(inverted ? " MAC ! " : " MAC "));
    }

    private void write(final StringBuilder out) {
        for (int shift = (EthernetLayout.MAC_BYTES - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            final int part = (int) (source >>> shift) & 0xFF;
            out.append(part < 0x10 ? "0" : "").append(Integer.toHexString(part)).append(shift == 0 ? "" : ":");
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotMac(source, inverted);
    }

    private static final class Parser implements MatchParser {

        private MacMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            long source = 0;
            for (final byte part : value.address()) {
                source = source << Byte.SIZE | part & 0xFF;
            }
            match = new MacMatch(source, value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
