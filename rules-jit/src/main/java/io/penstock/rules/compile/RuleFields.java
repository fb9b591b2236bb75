package io.penstock.rules.compile;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.hot.RecordLayout;
import io.penstock.rules.match.HashlimitMatch;
import io.penstock.rules.match.LimitMatch;
import io.penstock.rules.match.QuotaMatch;
import io.penstock.rules.match.RecentMatch;
import io.penstock.rules.match.StatisticMatch;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What one rule asks of the fields that all packets have, and what else it asks.
 *
 * <p>What is inverted, a device's long name and fragments are left to the selector as a whole, which is asked then too.
 */
final class RuleFields {

    private static final int WORD_NAME = Long.BYTES - 1;
    private static final long LOW_32 = 0xFFFF_FFFFL;
    private static final int SOURCE_PORT_SHIFT = 48;
    private static final int DESTINATION_PORT_SHIFT = 32;
    private static final AddressTest ANY = AddressTest.ANY;
    private static final String BUILT_IN = LimitMatch.class.getPackageName();
    private static final Set<Class<?>> STATEFUL =
            Set.of(HashlimitMatch.class, LimitMatch.class, QuotaMatch.class, RecentMatch.class, StatisticMatch.class);

    private final IpFamily family;
    private final AddressTest source;
    private final AddressTest destination;
    private final DeviceTest in;
    private final DeviceTest out;
    private final int protocol;
    private final List<PortRange> sourcePorts;
    private final List<PortRange> destinationPorts;
    /** A match of ports takes no later fragment, also when all ports are right. */
    private final boolean hasPorts;
    private final List<Match> rest;
    private final boolean selectorComplete;

    /** The fields of a rule. */
    RuleFields(final IpFamily family, final Rule rule) {
        final Selector selector = rule.selector();
        this.family = family;
        this.source = selector.source().inverted() ? ANY : selector.source();
        this.destination = selector.destination().inverted() ? ANY : selector.destination();
        this.in = isPlain(selector.in()) ? selector.in() : DeviceTest.ANY;
        this.out = isPlain(selector.out()) ? selector.out() : DeviceTest.ANY;
        this.protocol = selector.protocolInverted() ? 0 : selector.protocol();
        this.selectorComplete = source == selector.source() && destination == selector.destination() && in == selector.in()
                && out == selector.out() && !selector.protocolInverted() && selector.fragment() == Selector.FragmentTest.ANY;
        final Ports ports = new Ports();
        final List<Match> others = new ArrayList<>();
        boolean inOrder = protocol != IpProtocol.TCP && protocol != IpProtocol.UDP;
        for (final Match match : rule.matches()) {
            // What keeps state counts packets that later matches do not take: these are asked in their turn.
            inOrder |= mayKeepState(match);
            if (inOrder || !(match instanceof final FieldMatch fields) || !ports.add(fields)) {
                others.add(match);
            }
        }
        this.sourcePorts = ports.source;
        this.destinationPorts = ports.destination;
        this.hasPorts = ports.any;
        this.rest = List.copyOf(others);
    }

    /** True unless it is known that a match keeps none: of a user's it is not. */
    private static boolean mayKeepState(final Match match) {
        final Class<?> type = match.getClass();
        return !type.getPackageName().equals(BUILT_IN) || STATEFUL.contains(type);
    }

    private static boolean isPlain(final DeviceTest device) {
        return !device.inverted() && device.name().length() <= (device.isPrefix() ? WORD_NAME + 1 : WORD_NAME);
    }

    /** The matches that are to be asked besides. */
    List<Match> rest() {
        return rest;
    }

    /** Whether the fields are all that the selector asks. */
    boolean isSelectorComplete() {
        return selectorComplete;
    }

    int protocol() {
        return protocol;
    }

    AddressTest source() {
        return source;
    }

    AddressTest destination() {
        return destination;
    }

    DeviceTest in() {
        return in;
    }

    DeviceTest out() {
        return out;
    }

    /** The record's ports: all of them from the first to the last that is right. */
    PortRange sourceRange() {
        return around(sourcePorts);
    }

    /** The same for the destination. */
    PortRange destinationRange() {
        return around(destinationPorts);
    }

    /** Whether ports count. */
    int portFlag() {
        return hasPorts ? RecordLayout.HAS_PORTS : 0;
    }

    /** Whether the record asks for a device. */
    boolean hasNames() {
        return (in.mask(0) | out.mask(0)) != 0;
    }

    /** Whether the rule takes every packet. */
    boolean takesAll() {
        return selectorComplete && rest.isEmpty() && !hasPorts && !hasNames() && protocol == 0
                && (source.maskHigh() | source.maskLow() | destination.maskHigh() | destination.maskLow()) == 0;
    }

    /** The keys that the rule is found by. */
    List<FieldKey> keys(final int rule) {
        final List<FieldKey> keys = new ArrayList<>();
        for (final PortRange from : sourcePorts.isEmpty() ? List.of(PortRange.ALL) : sourcePorts) {
            for (final PortRange to : destinationPorts.isEmpty() ? List.of(PortRange.ALL) : destinationPorts) {
                keys.add(key(rule, from, to));
            }
        }
        return keys;
    }

    private FieldKey key(final int rule, final PortRange from, final PortRange to) {
        final long fromMask = (long) mask(sourcePorts, from) << SOURCE_PORT_SHIFT;
        final long toMask = (long) mask(destinationPorts, to) << DESTINATION_PORT_SHIFT;
        final FieldMask mask = new FieldMask(source.maskHigh(), low(source.maskLow()), destination.maskHigh(),
                low(destination.maskLow()), fromMask | toMask | (protocol == 0 ? 0 : RecordLayout.PROTOCOL), in.mask(0),
                out.mask(0));
        final long transport = (long) from.first() << SOURCE_PORT_SHIFT | (long) to.first() << DESTINATION_PORT_SHIFT | protocol;
        return new FieldKey(rule, mask, source.high() & mask.sourceHigh(), source.low() & mask.source(),
                destination.high() & mask.destinationHigh(), destination.low() & mask.destination(),
                transport & mask.transport(), in.word(0) & mask.in(), out.word(0) & mask.out());
    }

    private long low(final long word) {
        return family == IpFamily.IPV4 ? word & LOW_32 : word;
    }

    private static int mask(final List<PortRange> ports, final PortRange range) {
        return ports.isEmpty() ? 0 : range.commonMask();
    }

    private static PortRange around(final List<PortRange> ports) {
        int first = PortRange.ALL.last();
        int last = 0;
        for (final PortRange range : ports) {
            first = Math.min(first, range.first());
            last = Math.max(last, range.last());
        }
        return ports.isEmpty() ? PortRange.ALL : new PortRange(first, last);
    }

    /** Gathers ports; of each side from one match at the most. */
    private static final class Ports {

        private List<PortRange> source = List.of();
        private List<PortRange> destination = List.of();
        private boolean any;

        /** True if that was all that the match asks. */
        boolean add(final FieldMatch match) {
            final List<PortRange> from = new ArrayList<>();
            final List<PortRange> to = new ArrayList<>();
            final boolean complete = match.describe(new FieldMatch.FieldSink() {
                @Override
                public void sourcePorts(final int first, final int last) {
                    from.add(new PortRange(first, last));
                }

                @Override
                public void destinationPorts(final int first, final int last) {
                    to.add(new PortRange(first, last));
                }
            });
            final boolean takesSource = !from.isEmpty() && source.isEmpty();
            final boolean takesDestination = !to.isEmpty() && destination.isEmpty();
            source = takesSource ? List.copyOf(from) : source;
            destination = takesDestination ? List.copyOf(to) : destination;
            any |= complete || takesSource || takesDestination;
            return complete && (takesSource || from.isEmpty()) && (takesDestination || to.isEmpty()) && from.size() <= 1
                    && to.size() <= 1;
        }
    }
}
