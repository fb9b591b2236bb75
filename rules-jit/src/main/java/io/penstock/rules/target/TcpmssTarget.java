package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTcpMss;
import java.util.List;

/**
 * TCPMSS: lowers the maximum segment size that a SYN announces.
 *
 * @param family of which family
 * @param mss    the size, or {@link #CLAMP}
 */
public record TcpmssTarget(IpFamily family, int mss) implements RunnableTarget {

    /** In place of a size: as large as the path's MTU allows. */
    public static final int CLAMP = 0xFFFF;

    private static final OptionSpec CLAMP_OPTION = OptionSpec.of("clamp-mss-to-pmtu", OptionType.NONE);
    private static final int MTU_HOOKS = RuleHook.mask(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    static final TargetKind KIND4 = kind(IpFamily.IPV4, Ipv4Layout.HEADER_BYTES);
    static final TargetKind KIND6 = kind(IpFamily.IPV6, Ipv6Layout.HEADER_BYTES);

    private static TargetKind kind(final IpFamily family, final int headerBytes) {
        final String help = """
                TCPMSS target mutually-exclusive options:
                  --set-mss value               explicitly set MSS option to specified value
                  --clamp-mss-to-pmtu           automatically clamp MSS value to (path_MTU - %d)
                """.formatted(headerBytes);
        final OptionSpec set = OptionSpec.of("set-mss", OptionType.UINT16).between(0, CLAMP - headerBytes);
        return Definition.of("TCPMSS", help, Parser::new, set, CLAMP_OPTION).only(family).taking(IpProtocol.TCP);
    }

    @Override
    public TargetKind kind() {
        return family == IpFamily.IPV4 ? KIND4 : KIND6;
    }

    @Override
    public void save(final StringBuilder out) {
        if (mss == CLAMP) {
            out.append(" --clamp-mss-to-pmtu");
        } else {
            out.append(" --set-mss ").append(mss);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        if (mss == CLAMP) {
            out.append(" TCPMSS clamp to PMTU");
        } else {
            out.append(" TCPMSS set ").append(mss);
        }
    }

    @Override
    public int check(final Place place, final List<Match> matches) {
        final boolean hasMtu = mss != CLAMP || (place.hooks() & ~MTU_HOOKS) == 0;
        final boolean isSyn = matches.stream().anyMatch(match -> (match.tcpFlagsSet() & TcpLayout.SYN) != 0);
        return hasMtu && isSyn ? Kind.FINE : ToolText.EINVAL;
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotTcpMss(mss, mss == CLAMP, family == IpFamily.IPV4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES);
    }

    private static final class Parser extends CheckedParser {

        private static final int NONE = -1;

        private final ParseScope scope;
        private int mss = NONE;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            mss = option.name().equals(CLAMP_OPTION.name()) ? CLAMP : (int) value.low();
        }

        @Override
        void verify() {
            if (mss == NONE) {
                throw ParameterProblem.parameter("TCPMSS target: At least one parameter is required");
            }
        }

        @Override
        Target target() {
            return new TcpmssTarget(scope.family(), mss);
        }
    }
}
