package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;

/**
 * SYNPROXY: answers a SYN with a cookie and connects to the server when the client has shown that it is there.
 *
 * @param sackPermitted whether the server takes selective acknowledgments
 * @param timestamp     whether the server takes timestamps
 * @param windowScale   the server's window scale, {@link #NONE} for none
 * @param mss           the server's maximum segment size, {@link #NONE} for none
 * @param ecn           whether the server takes explicit congestion notification
 */
public record SynproxyTarget(boolean sackPermitted, boolean timestamp, int windowScale, int mss, boolean ecn) implements Target {

    /** The option is not told. */
    public static final int NONE = -1;

    private static final String HELP = """
            SYNPROXY target options:
              --sack-perm                        Set SACK_PERM
              --timestamp                        Set TIMESTAMP
              --wscale value                     Set window scaling factor
              --mss value                        Set MSS value
              --ecn                              Set ECN
            """;

    static final TargetKind KIND = Definition.of("SYNPROXY", HELP, scope -> new Parser(),
            OptionSpec.of("sack-perm", OptionType.NONE),
            OptionSpec.of("timestamp", OptionType.NONE),
            OptionSpec.of("wscale", OptionType.UINT32),
            OptionSpec.of("mss", OptionType.UINT32),
            OptionSpec.of("ecn", OptionType.NONE))
            .at(RuleHook.INPUT, RuleHook.FORWARD);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --", "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(" SYNPROXY "), "", " ");
    }

    private void write(final StringBuilder out, final String before, final String behind) {
        if (sackPermitted) {
            out.append(before).append("sack-perm").append(behind);
        }
        if (timestamp) {
            out.append(before).append("timestamp").append(behind);
        }
        if (windowScale != NONE) {
            out.append(before).append("wscale ").append(windowScale).append(behind);
        }
        if (mss != NONE) {
            out.append(before).append("mss ").append(mss).append(behind);
        }
        if (ecn) {
            out.append(before).append("ecn").append(behind);
        }
    }

    @Override
    public int check(final Place place) {
        return place.isOnly(IpProtocol.TCP) ? Kind.FINE : ToolText.EINVAL;
    }

    private static final class Parser implements TargetParser {

        private boolean sackPermitted;
        private boolean timestamp;
        private int windowScale = NONE;
        private int mss = NONE;
        private boolean ecn;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "sack-perm" -> sackPermitted = true;
                case "timestamp" -> timestamp = true;
                // The kernel keeps 8 and 16 bits of what the tool lets through.
                case "wscale" -> windowScale = (int) value.low() & 0xFF;
                case "mss" -> mss = (int) value.low() & 0xFFFF;
                default -> ecn = true;
            }
        }

        @Override
        public Target finish() {
            return new SynproxyTarget(sackPermitted, timestamp, windowScale, mss, ecn);
        }
    }
}
