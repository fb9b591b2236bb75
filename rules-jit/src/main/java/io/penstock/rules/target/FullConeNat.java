package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotFullCone;
import java.util.Set;

/**
 * FULLCONENAT: a UDP source has the same address and port outside whatever it speaks to, and is reached at them by everybody. Neither the kernel
 * nor iptables has it; its words are those of netfilter-full-cone-nat and OpenWrt.
 *
 * @param range what it may choose from
 */
public record FullConeNat(NatRange range) implements RunnableTarget {

    private static final String HELP = """
            FULLCONENAT target options:
             --to-source <ipaddr>[-<ipaddr>]
            \t\t\t\tAddress to map source to.
             --to-ports <port>[-<port>]
            \t\t\t\tPort (range) to map to.
             --random
            \t\t\t\tRandomize source port.
             --random-fully
            \t\t\t\tFully randomize source port.
            """;

    static final TargetKind KIND = Definition.of("FULLCONENAT", HELP, Parser::new,
                    OptionSpec.of("to-source", OptionType.STRING), OptionSpec.of("to-ports", OptionType.STRING),
                    OptionSpec.of("random", OptionType.NONE), OptionSpec.of("random-fully", OptionType.NONE))
            .in(TableName.NAT).at(RuleHook.PREROUTING, RuleHook.POSTROUTING);

    private static final Set<Integer> PROTOCOLS_WITH_PORTS =
            Set.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.ICMP);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --to-source ", " --to-ports ", "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, " to:", " masq ports: ", "");
    }

    private void write(final StringBuilder out, final String addresses, final String ports, final String dashes) {
        if (range.has(NatRange.MAP_ADDRESSES)) {
            out.append(addresses).append(range.least());
            if (!range.least().equals(range.most())) {
                out.append('-').append(range.most());
            }
        }
        if (range.has(NatRange.MAP_PORTS)) {
            out.append(ports).append(range.leastPort());
            if (range.leastPort() != range.mostPort()) {
                out.append('-').append(range.mostPort());
            }
        }
        if (range.has(NatRange.RANDOM)) {
            out.append(' ').append(dashes).append("random");
        }
        if (range.has(NatRange.RANDOM_FULLY)) {
            out.append(' ').append(dashes).append("random-fully");
        }
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        scope.tracksConnections();
        return new HotFullCone(range.with(io.penstock.conntrack.hot.nat.NatRange.FULL_CONE).hot());
    }

    private static final class Parser implements TargetParser {

        private final ParseScope scope;
        private NatRange range;

        Parser(final ParseScope scope) {
            this.scope = scope;
            this.range = NatRange.none(scope.family());
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            range = switch (option.name()) {
                case "to-source" -> range.parseAddresses(value.text());
                case "to-ports" -> range.parsePorts(value.text(), PROTOCOLS_WITH_PORTS.contains(scope.protocol()), scope.names());
                case "random" -> range.with(NatRange.RANDOM);
                default -> range.with(NatRange.RANDOM_FULLY);
            };
            if (range.has(NatRange.SHIFT_PORTS)) {
                throw ParameterProblem.parameter("Garbage after port range: `%s'", value.text());
            }
        }

        @Override
        public Target finish() {
            return new FullConeNat(range);
        }
    }
}
