package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Packets for random rules: those of what rules ask for, in bursts of one flow now and then, and among them those of random set-ups.
 *
 * <p>Left out is what has nothing to do with rules and is done otherwise on purpose, as the tables of this host's packets would count it:
 * fragments to this host, which are not put together; packets that say they come from it, or from all on a link, or
 * that a source route sends back there, about which the kernel sends errors over loopback; and packets from a group or from all, of which
 * rpfilter finds the way back by the default route.
 *
 * <p>Threads: one.
 */
final class RulePackets {

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int FRAGMENT_BITS = 0x3FFF;
    private static final int MAX_BURST = 24;
    private static final int FIRST_GROUP = 224;
    /** The upper four bits of a group's address. */
    private static final int GROUP = 0xE;
    private static final long LINK_LOCAL = 0xFE80L << 48;
    private static final long LINK_LOCAL_MASK = 0xFFC0L << 48;
    private static final int LOOSE_ROUTE = 131;
    private static final int STRICT_ROUTE = 137;
    private static final int LOOPBACK = 127;
    private static final int ALL = -1;
    private static final IpAddress SITE_ROUTERS = IpAddress.parse("ff05::2");

    private final Dice dice;
    private final RulePools pools;
    private final TransportBytes transports;
    private final Supplier<Arrival> others;
    private final Extensions6 extensions;
    private final Options4 options;
    private final Set<Integer> own4;
    private final List<Prefix4> links4;
    private final Set<IpAddress> own6;
    /** Those of the ports, the same number of each, in order. */
    private final List<Prefix6> prefixes6;
    private final List<Arrival> burst = new ArrayList<>();

    private RulePackets(final Dice dice, final RulePools pools, final Supplier<Arrival> others, final Set<Integer> own4,
            final List<Prefix4> links4, final Set<IpAddress> own6, final List<Prefix6> prefixes6) {
        this.prefixes6 = prefixes6;
        this.dice = dice;
        this.pools = pools;
        this.transports = new TransportBytes(dice, pools);
        this.others = others;
        this.own4 = own4;
        this.links4 = links4;
        this.own6 = own6;
        this.extensions = new Extensions6(dice, () -> IpAddress.parse(pools.host()));
        final IntSupplier hosts = () -> (int) IpAddress.parse(pools.host()).low();
        this.options = new Options4(dice, hosts);
    }

    static RulePackets ipv4(final Dice dice, final RulePools pools, final Packets4 others, final Setup4 setup) {
        return new RulePackets(dice, pools, others::next, Set.copyOf(setup.own),
                setup.links.stream().flatMap(List::stream).collect(Collectors.toList()), null, List.of());
    }

    static RulePackets ipv6(final Dice dice, final RulePools pools, final Packets6 others, final Setup6 setup) {
        final Set<IpAddress> own = new HashSet<>(setup.own);
        setup.links.forEach(links -> links.forEach(link -> own.add(link.first())));
        return new RulePackets(dice, pools, others::next, null, List.of(), own, List.copyOf(setup.prefixes));
    }

    Arrival next() {
        if (!burst.isEmpty()) {
            return burst.removeLast();
        }
        Arrival fitting = fit(dice.oneIn(5) ? others.get() : aimed());
        while (fitting == null) {
            fitting = fit(aimed());
        }
        final Arrival one = pools.mode().hasLinks() ? linked(fitting) : fitting;
        if (dice.oneIn(8)) {
            for (int i = dice.between(1, MAX_BURST); i > 0; i--) {
                burst.add(one);
            }
        }
        return one;
    }

    private Arrival linked(final Arrival arrival) {
        // Which neighbours are known, and by which address, shows in IPv6's redirects alone, which cannot be switched off.
        final int port = Wire.isIpv6(arrival.bytes()) && way6(address(arrival.bytes(), 24)) == arrival.port()
                ? (arrival.port() + 1) % RuleNetwork.PORTS : arrival.port();
        final Arrival.To to = dice.oneIn(10) ? dice.oneIn(2) ? Arrival.To.ALL : Arrival.To.GROUP : Arrival.To.PORT;
        return new Arrival(port, arrival.bytes(), new Arrival.Link(pools.sender(), to), 0);
    }

    /** The port that leads to an address: that of its prefix, else that of the default route. */
    private int way6(final IpAddress address) {
        for (int i = 0; i < prefixes6.size(); i++) {
            final Prefix6 prefix = prefixes6.get(i);
            if (address.isIn(prefix.address(), prefix.length())) {
                return i * RuleNetwork.PORTS / prefixes6.size();
            }
        }
        return 0;
    }

    private Arrival aimed() {
        return new Arrival(dice.below(RuleNetwork.PORTS), own6 == null ? ipv4() : ipv6());
    }

    private byte[] ipv4() {
        final int protocol = protocol(Wire.ICMP);
        final byte[] optionBytes = dice.oneIn(10) ? options.next() : new byte[0];
        final byte[] transport = transports.next(protocol);
        final int header = Wire.IPV4_BYTES + optionBytes.length;
        final byte[] packet = new byte[header + transport.length];
        Wire.put8(packet, 0, 0x40 | header / 4);
        Wire.put8(packet, 1, pools.service());
        Wire.put16(packet, 2, packet.length);
        Wire.put16(packet, 4, dice.below(1 << 16));
        Wire.put16(packet, 6, dice.oneIn(8) ? dice.of(MORE_FRAGMENTS, MORE_FRAGMENTS | 1, 1, 2, 185) : dice.of(0, DONT_FRAGMENT));
        Wire.put8(packet, 8, dice.oneIn(2) ? 64 : pools.hops());
        Wire.put8(packet, 9, protocol);
        Wire.put32(packet, 12, (int) IpAddress.parse(pools.host()).low());
        Wire.put32(packet, 16, (int) IpAddress.parse(pools.host()).low());
        System.arraycopy(optionBytes, 0, packet, Wire.IPV4_BYTES, optionBytes.length);
        System.arraycopy(transport, 0, packet, header, transport.length);
        if (!dice.oneIn(12)) {
            TransportBytes.checksum(packet, header, protocol);
        }
        Wire.checksum4(packet);
        return packet;
    }

    private byte[] ipv6() {
        final int protocol = protocol(Wire.ICMPV6);
        final List<byte[]> headers = new ArrayList<>();
        final int first = dice.oneIn(4) ? extensions.chain(headers, protocol) : protocol;
        final byte[] transport = transports.next(protocol);
        final int header = Wire.IPV6_BYTES + headers.stream().mapToInt(h -> h.length).sum();
        final byte[] packet = new byte[header + transport.length];
        Wire.put32(packet, 0, 6 << 28 | pools.service() << 20 | (dice.oneIn(4) ? dice.below(1 << 20) : 0));
        Wire.put16(packet, 4, packet.length - Wire.IPV6_BYTES);
        Wire.put8(packet, 6, first);
        Wire.put8(packet, 7, dice.oneIn(2) ? 64 : pools.hops());
        put(packet, 8, IpAddress.parse(pools.host()));
        put(packet, 24, IpAddress.parse(pools.host()));
        int at = Wire.IPV6_BYTES;
        for (final byte[] extension : headers) {
            System.arraycopy(extension, 0, packet, at, extension.length);
            at += extension.length;
        }
        System.arraycopy(transport, 0, packet, header, transport.length);
        if (!dice.oneIn(12)) {
            TransportBytes.checksum(packet, header, protocol);
        }
        return packet;
    }

    private int protocol(final int icmp) {
        return dice.of(Wire.TCP, Wire.TCP, Wire.TCP, Wire.UDP, Wire.UDP, icmp, icmp, TransportBytes.UDPLITE, TransportBytes.SCTP,
                TransportBytes.DCCP, TransportBytes.ESP, TransportBytes.AH, TransportBytes.IPCOMP, TransportBytes.MOBILITY,
                dice.below(256));
    }

    /** The packet, or one that may be used in its place, or null. */
    private Arrival fit(final Arrival arrival) {
        final byte[] packet = arrival.bytes();
        if (own6 != null) {
            return !Wire.isIpv6(packet) || !mayBeOwn(address(packet, 8)) && !address(packet, 24).equals(SITE_ROUTERS)
                    && (!pools.mode().hasLinks() || !isLinkLocal(address(packet, 24))) ? arrival : null;
        }
        if (!Wire.isIpv4(packet)) {
            return arrival;
        }
        final int source = Wire.u32(packet, 12);
        // An error about a copy that is too large goes over loopback to such a source.
        final boolean mayErrBack = source >>> 24 == LOOPBACK && packet.length > RuleScenarios.MIN_MTU4;
        if (isOwn(source) || mayErrBack || source >>> 28 == GROUP || source == ALL || isRoutedBack(packet)) {
            return null;
        }
        if ((Wire.u16(packet, 6) & FRAGMENT_BITS) == 0 || !mayBeLocal(Wire.u32(packet, 16))) {
            return arrival;
        }
        final byte[] whole = packet.clone();
        Wire.put16(whole, 6, 0);
        if (Wire.hasValidChecksum4(packet)) {
            Wire.checksum4(whole);
        }
        return arrival.with(whole);
    }

    /** True for this host's addresses, anycast ones too; of its ports' link-local ones nothing is said. */
    private boolean mayBeOwn(final IpAddress address) {
        return own6.contains(address) || isLinkLocal(address);
    }

    private static boolean isLinkLocal(final IpAddress address) {
        return (address.high() & LINK_LOCAL_MASK) == LINK_LOCAL;
    }

    /** True for a packet with a source route that names this host: the errors about it may go there. */
    private boolean isRoutedBack(final byte... packet) {
        final int header = Wire.ipv4HeaderBytes(packet);
        boolean isRouted = false;
        for (int at = Wire.IPV4_BYTES; at < header; at++) {
            isRouted |= Wire.u8(packet, at) == LOOSE_ROUTE || Wire.u8(packet, at) == STRICT_ROUTE;
            if (isRouted && at + 4 <= header && isOwn(Wire.u32(packet, at))) {
                return true;
            }
        }
        return false;
    }

    private boolean mayBeLocal(final int destination) {
        final int first = destination >>> 24;
        return first == 0 || first == LOOPBACK || first >= FIRST_GROUP || isOwn(destination);
    }

    /** True for this host's addresses, and for those of all on a link. */
    private boolean isOwn(final int address) {
        return own4.contains(address) || links4.stream().anyMatch(link -> address == link.first() || address == link.last());
    }

    private static IpAddress address(final byte[] packet, final int at) {
        return IpAddress.v6(Wire.u64(packet, at), Wire.u64(packet, at + 8));
    }

    private static void put(final byte[] packet, final int at, final IpAddress address) {
        Wire.put64(packet, at, address.high());
        Wire.put64(packet, at + 8, address.low());
    }
}
