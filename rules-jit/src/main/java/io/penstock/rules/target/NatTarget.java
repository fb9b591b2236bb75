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
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotMasquerade;
import io.penstock.rules.hot.target.HotRedirect;
import io.penstock.rules.hot.target.HotTranslate;
import java.util.Set;

/**
 * SNAT, DNAT, MASQUERADE and REDIRECT.
 *
 * @param way   which of them
 * @param range what it may choose from
 */
public record NatTarget(Way way, NatRange range) implements RunnableTarget {

    private static final OptionSpec RANDOM = OptionSpec.of("random", OptionType.NONE);
    private static final OptionSpec RANDOM_FULLY = OptionSpec.of("random-fully", OptionType.NONE);
    private static final OptionSpec PERSISTENT = OptionSpec.of("persistent", OptionType.NONE);

    /** Which address of a connection is changed, and to what. */
    public enum Way {
        /** The source, to one that is given. */
        SNAT("to-source", "to:", false),
        /** The destination, to one that is given. */
        DNAT("to-destination", "to:", false),
        /** The source, to the outgoing device's. */
        MASQUERADE("to-ports", "masq ports: ", true),
        /** The destination, to the incoming device's. */
        REDIRECT("to-ports", "redir ports ", true);

        private final String option;
        private final String heading;
        private final boolean portsOnly;

        Way(final String option, final String heading, final boolean portsOnly) {
            this.option = option;
            this.heading = heading;
            this.portsOnly = portsOnly;
        }
    }

    private static final String SNAT_HELP = """
            SNAT target options:
             --to-source [<ipaddr>[-<ipaddr>]][:port[-port]]
            \t\t\t\tAddress to map source to.
            [--random] [--random-fully] [--persistent]
            """;

    private static final String DNAT_HELP = """
            DNAT target options:
             --to-destination [<ipaddr>[-<ipaddr>]][:port[-port[/port]]]
            \t\t\t\tAddress to map destination to.
            [--random] [--persistent]
            """;

    private static final String MASQUERADE_HELP = """
            MASQUERADE target options:
             --to-ports <port>[-<port>]
            \t\t\t\tPort (range) to map to.
             --random
            \t\t\t\tRandomize source port.
             --random-fully
            \t\t\t\tFully randomize source port.
            """;

    private static final String REDIRECT_HELP = """
            REDIRECT target options:
             --to-ports <port>[-<port>]
            \t\t\t\tPort (range) to map to.
             [--random]
            """;

    static final TargetKind SNAT = definition(Way.SNAT, SNAT_HELP, RANDOM, RANDOM_FULLY, PERSISTENT)
            .revised(1).at(RuleHook.INPUT, RuleHook.POSTROUTING);
    static final TargetKind DNAT = definition(Way.DNAT, DNAT_HELP, RANDOM, PERSISTENT)
            .revised(2).at(RuleHook.PREROUTING, RuleHook.OUTPUT);
    static final TargetKind MASQUERADE = definition(Way.MASQUERADE, MASQUERADE_HELP, RANDOM, RANDOM_FULLY)
            .at(RuleHook.POSTROUTING);
    static final TargetKind REDIRECT = definition(Way.REDIRECT, REDIRECT_HELP, RANDOM)
            .at(RuleHook.PREROUTING, RuleHook.OUTPUT);

    private static final Set<Integer> PROTOCOLS_WITH_PORTS =
            Set.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.ICMP);

    private static Definition definition(final Way way, final String help, final OptionSpec... more) {
        final OptionSpec to = OptionSpec.of(way.option, OptionType.STRING);
        final OptionSpec[] options = new OptionSpec[more.length + 1];
        options[0] = way.portsOnly ? to : to.needed();
        System.arraycopy(more, 0, options, 1, more.length);
        return Definition.of(way.name(), help, scope -> new Parser(way, scope), options).in(TableName.NAT);
    }

    @Override
    public TargetKind kind() {
        return switch (way) {
            case SNAT -> SNAT;
            case DNAT -> DNAT;
            case MASQUERADE -> MASQUERADE;
            case REDIRECT -> REDIRECT;
        };
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--" + way.option + ' ', "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, way.heading, "");
    }

    private void write(final StringBuilder out, final String heading, final String dashes) {
        final String text = range.text();
        if (!text.isEmpty()) {
            out.append(' ').append(heading).append(way.portsOnly && text.charAt(0) == ':' ? text.substring(1) : text);
        }
        if (range.has(NatRange.RANDOM)) {
            out.append(' ').append(dashes).append("random");
        }
        if (range.has(NatRange.RANDOM_FULLY)) {
            out.append(' ').append(dashes).append("random-fully");
        }
        if (range.has(NatRange.PERSISTENT)) {
            out.append(' ').append(dashes).append("persistent");
        }
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        scope.tracksConnections();
        return switch (way) {
            case SNAT -> new HotTranslate(range.hot(), true);
            case DNAT -> new HotTranslate(range.hot(), false);
            case MASQUERADE -> new HotMasquerade(range.hot());
            case REDIRECT -> new HotRedirect(range.hot());
        };
    }

    private static final class Parser extends CheckedParser {

        private final Way way;
        private final ParseScope scope;
        private NatRange range;

        Parser(final Way way, final ParseScope scope) {
            this.way = way;
            this.scope = scope;
            this.range = NatRange.none(scope.family());
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final boolean portsFit = PROTOCOLS_WITH_PORTS.contains(scope.protocol());
            range = switch (option.name()) {
                case "to-source", "to-destination" -> range.parseTo(value.text(), portsFit, scope.names());
                case "to-ports" -> range.parsePorts(value.text(), portsFit, scope.names());
                case "random" -> range.with(NatRange.RANDOM);
                case "random-fully" -> range.with(NatRange.RANDOM_FULLY);
                default -> range.with(NatRange.PERSISTENT);
            };
        }

        @Override
        void verify() {
            if (way == Way.REDIRECT && range.has(NatRange.SHIFT_PORTS)) {
                throw ParameterProblem.parameter("Shifted portmap ranges not supported with this kernel");
            }
        }

        @Override
        Target target() {
            return new NatTarget(way, way == Way.DNAT ? range : range.withoutBase());
        }
    }
}
