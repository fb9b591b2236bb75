package io.penstock.rules.compile;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.hot.ContextLayout;
import io.penstock.rules.hot.RecordLayout;
import io.penstock.rules.match.AddrtypeMatch;
import io.penstock.rules.match.BpfMatch;
import io.penstock.rules.match.CommentMatch;
import io.penstock.rules.match.ConnlabelMatch;
import io.penstock.rules.match.ConnlimitMatch;
import io.penstock.rules.match.ConnmarkMatch;
import io.penstock.rules.match.ConntrackMatch;
import io.penstock.rules.match.CpuMatch;
import io.penstock.rules.match.DscpMatch;
import io.penstock.rules.match.EcnMatch;
import io.penstock.rules.match.HashlimitMatch;
import io.penstock.rules.match.HopsMatch;
import io.penstock.rules.match.IprangeMatch;
import io.penstock.rules.match.LengthMatch;
import io.penstock.rules.match.LimitMatch;
import io.penstock.rules.match.MacMatch;
import io.penstock.rules.match.MarkMatch;
import io.penstock.rules.match.MultiportMatch;
import io.penstock.rules.match.NfacctMatch;
import io.penstock.rules.match.OwnerMatch;
import io.penstock.rules.match.PkttypeMatch;
import io.penstock.rules.match.QuotaMatch;
import io.penstock.rules.match.RecentMatch;
import io.penstock.rules.match.SetMatch;
import io.penstock.rules.match.StateMatch;
import io.penstock.rules.match.StatisticMatch;
import io.penstock.rules.match.StringMatch;
import io.penstock.rules.match.TcpMatch;
import io.penstock.rules.match.TimeMatch;
import io.penstock.rules.match.TosMatch;
import io.penstock.rules.match.U32Match;
import io.penstock.rules.match.UdpMatch;
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
 * <p>What is inverted and fragments are left to the selector as a whole, which is asked then too. So are matches that are inverted.
 *
 * <p>It depends on nothing but the rule: one that is in force again has the same fields.
 *
 * <p>Fields are asked first, whatever stands before them in the rule. So a match's fields count only where nothing before it keeps state or
 * drops packets at once, which would be seen.
 */
final class RuleFields {

    private static final long LOW_32 = 0xFFFF_FFFFL;
    /** Keys of a rule with lists of ports on both sides, at the most; where they would be more, it is found by its destination ports alone. */
    private static final int MOST_KEYS = 16;
    private static final int CODE_BYTES = 100;
    /** For longer addresses, and for what a packet brings beside its headers. */
    private static final int CODE_BYTES_MORE = 60;
    private static final int SOURCE_PORT_SHIFT = 48;
    private static final int DESTINATION_PORT_SHIFT = 32;
    private static final AddressTest ANY = AddressTest.ANY;
    private static final String BUILT_IN = LimitMatch.class.getPackageName();
    private static final Set<Class<?>> STATEFUL =
            Set.of(ConnlabelMatch.class, ConnlimitMatch.class, HashlimitMatch.class, LimitMatch.class, NfacctMatch.class, QuotaMatch.class,
                    RecentMatch.class, SetMatch.class, StatisticMatch.class);
    /** They never drop a packet at once. */
    private static final Set<Class<?>> QUIET = Set.of(AddrtypeMatch.class, BpfMatch.class, ConnmarkMatch.class, ConntrackMatch.class,
            CpuMatch.class, DscpMatch.class, EcnMatch.class, HopsMatch.class, IprangeMatch.class, LengthMatch.class, MacMatch.class,
            MarkMatch.class, OwnerMatch.class, PkttypeMatch.class, StateMatch.class, StringMatch.class, TimeMatch.class, TosMatch.class,
            U32Match.class);

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
    private final MacMatch mac;
    private final MarkMatch mark;
    private final List<Match> rest;
    private final boolean selectorComplete;
    private final int contextKind;
    private final PortRange sourceRange;
    private final PortRange destinationRange;
    private FieldKey[] keys;

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
        final boolean hasPortFields = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        MacMatch itsMac = null;
        MarkMatch itsMark = null;
        boolean inOrder = false;
        boolean quiet = true;
        for (final Match match : rule.matches()) {
            // What keeps state counts packets that later matches do not take: these are asked in their turn.
            inOrder |= mayKeepState(match);
            if (match instanceof CommentMatch) {
                continue;
            }
            if (quiet && !inOrder && itsMac == null && match instanceof final MacMatch asked && !asked.inverted()) {
                itsMac = asked;
            } else if (quiet && !inOrder && itsMark == null && match instanceof final MarkMatch asked && isField(asked)) {
                itsMark = asked;
            } else if (!hasPortFields || !quiet || inOrder || !(match instanceof final FieldMatch fields) || !ports.add(fields)) {
                others.add(match);
                quiet &= isQuiet(match, hasPortFields);
            }
        }
        this.mac = itsMac;
        this.mark = itsMark;
        this.sourcePorts = ports.source;
        this.destinationPorts = ports.destination;
        this.hasPorts = ports.any;
        this.rest = List.copyOf(others);
        this.contextKind = kind();
        this.sourceRange = around(sourcePorts);
        this.destinationRange = around(destinationPorts);
    }

    /** Whether it never drops a packet at once; headers of TCP and UDP are whole where fields are looked at. */
    private static boolean isQuiet(final Match match, final boolean hasWholeHeader) {
        return QUIET.contains(match.getClass())
                || hasWholeHeader && (match instanceof UdpMatch || match instanceof MultiportMatch
                        || match instanceof final TcpMatch tcp && tcp.option() == 0 && !tcp.optionInverted());
    }

    /** True unless it is known that a match keeps none: of a user's it is not. */
    private static boolean mayKeepState(final Match match) {
        final Class<?> type = match.getClass();
        return !type.getPackageName().equals(BUILT_IN) || STATEFUL.contains(type);
    }

    private static boolean isPlain(final DeviceTest device) {
        return !device.inverted();
    }

    /** One that asks for bits outside its mask takes no packet, which a field cannot say. */
    private static boolean isField(final MarkMatch match) {
        return !match.inverted() && (match.mark() & ~match.mask()) == 0;
    }

    /** Whether one of the rule's matches is to be asked besides. */
    boolean isRest(final Match match) {
        for (int i = 0; i < rest.size(); i++) {
            if (rest.get(i) == match) {
                return true;
            }
        }
        return false;
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
        return sourceRange;
    }

    /** The same for the destination. */
    PortRange destinationRange() {
        return destinationRange;
    }

    /** Whether ports count. */
    int portFlag() {
        return hasPorts ? RecordLayout.HAS_PORTS : 0;
    }

    /** The Ethernet source, or null for any. */
    MacMatch mac() {
        return mac;
    }

    /** The mark, or null for any. */
    MarkMatch mark() {
        return mark;
    }

    /** What the record asks of the context. */
    int contextKind() {
        return contextKind;
    }

    private int kind() {
        return mac != null || mark != null && mark.mask() != 0 || (in.mask(Long.BYTES) | out.mask(Long.BYTES)) != 0 ? ContextLayout.ALL
                : (in.mask(0) | out.mask(0)) != 0 ? ContextLayout.NAMES : ContextLayout.NOTHING;
    }

    /** Whether the rule takes every packet. */
    boolean takesAll() {
        return selectorComplete && rest.isEmpty() && !hasPorts && contextKind() == ContextLayout.NOTHING && protocol == 0
                && (source.maskHigh() | source.maskLow() | destination.maskHigh() | destination.maskLow()) == 0;
    }

    /** About how many bytes of bytecode the comparisons come to. */
    int codeBytes() {
        return CODE_BYTES + (family == IpFamily.IPV6 ? CODE_BYTES_MORE : 0) + (contextKind == ContextLayout.NOTHING ? 0 : CODE_BYTES_MORE);
    }

    /** The keys that the rule is found by; not to be changed. */
    FieldKey[] keys() {
        if (keys == null) {
            keys = makeKeys();
        }
        return keys;
    }

    private FieldKey[] makeKeys() {
        final List<FieldKey> all = new ArrayList<>(1);
        final boolean plain = contextKind == ContextLayout.NOTHING;
        final ContextFields contextMask = plain ? ContextFields.NONE : contextMask();
        final ContextFields context = plain ? ContextFields.NONE : context();
        final boolean few = sourcePorts.size() * destinationPorts.size() <= MOST_KEYS;
        for (final PortRange from : sourcePorts.isEmpty() || !few ? List.of(PortRange.ALL) : sourcePorts) {
            for (final PortRange to : destinationPorts.isEmpty() ? List.of(PortRange.ALL) : destinationPorts) {
                all.add(key(from, to, contextMask, context, all.isEmpty() ? null : all.getLast().mask()));
            }
        }
        return all.toArray(FieldKey[]::new);
    }

    private ContextFields contextMask() {
        return ContextFields.of(in.mask(0), in.mask(Long.BYTES), out.mask(0), out.mask(Long.BYTES), mac == null ? 0 : ContextLayout.MAC_BITS,
                mark == null ? 0 : mark.mask() & LOW_32);
    }

    private ContextFields context() {
        return ContextFields.of(in.word(0), in.word(Long.BYTES), out.word(0), out.word(Long.BYTES), mac == null ? 0 : mac.source(),
                mark == null ? 0 : mark.mark() & LOW_32);
    }

    /** @param last the mask of the key before, which takes the memory of this one's where they are equal; or null */
    private FieldKey key(
            final PortRange from, final PortRange to, final ContextFields contextMask, final ContextFields context, final FieldMask last) {
        final long fromMask = (long) mask(sourcePorts, from) << SOURCE_PORT_SHIFT;
        final long toMask = (long) mask(destinationPorts, to) << DESTINATION_PORT_SHIFT;
        final FieldMask own = new FieldMask(source.maskHigh(), low(source.maskLow()), destination.maskHigh(),
                low(destination.maskLow()), fromMask | toMask | (protocol == 0 ? 0 : RecordLayout.PROTOCOL), contextMask);
        final FieldMask mask = own.equals(last) ? last : own;
        final long transport = (long) from.first() << SOURCE_PORT_SHIFT | (long) to.first() << DESTINATION_PORT_SHIFT | protocol;
        return new FieldKey(mask, source.high() & mask.sourceHigh(), source.low() & mask.source(),
                destination.high() & mask.destinationHigh(), destination.low() & mask.destination(),
                transport & mask.transport(), context);
    }

    private long low(final long word) {
        return family == IpFamily.IPV4 ? word & LOW_32 : word;
    }

    private static int mask(final List<PortRange> ports, final PortRange range) {
        return ports.isEmpty() ? 0 : range.commonMask();
    }

    private static PortRange around(final List<PortRange> ports) {
        if (ports.size() <= 1) {
            return ports.isEmpty() ? PortRange.ALL : ports.getFirst();
        }
        int first = PortRange.ALL.last();
        int last = 0;
        for (final PortRange range : ports) {
            first = Math.min(first, range.first());
            last = Math.max(last, range.last());
        }
        return new PortRange(first, last);
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
