package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotNetmap;

/**
 * NETMAP: maps one network to another, the hosts' part of addresses unchanged.
 *
 * @param network the network's address
 * @param mask    which bits of an address are the network's
 */
public record NetmapTarget(Address network, Address mask) implements RunnableTarget {

    private static final String HELP = """
            NETMAP target options:
              --to address[/mask]
            \t\t\t\tNetwork address to map to.

            """;

    static final TargetKind KIND = Definition.of("NETMAP", HELP, Parser::new, OptionSpec.of("to", OptionType.HOST_MASK).needed())
            .in(TableName.NAT)
            .at(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out.append(" --to "));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(" to:"));
    }

    private void write(final StringBuilder out) {
        final int bits = mask.prefixLength();
        out.append(network).append('/').append(bits < 0 ? mask.toString() : Integer.toString(bits));
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        scope.tracksConnections();
        final NatRange range = NatRange.none(network.family()).with(NatRange.MAP_ADDRESSES);
        return new HotNetmap(range.hot(), network.high(), network.low(), mask.high(), mask.low());
    }

    private static final class Parser implements TargetParser {

        private NetmapTarget target;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final Address mask = Address.of(value.mask());
            target = new NetmapTarget(Address.of(value.address()).and(mask), mask);
        }

        @Override
        public Target finish() {
            return target;
        }
    }
}
