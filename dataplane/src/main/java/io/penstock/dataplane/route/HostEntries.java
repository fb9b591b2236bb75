package io.penstock.dataplane.route;

import io.penstock.dataplane.fib.Adjacencies;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.os.netlink.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A complete adjacency for each usable neighbour whose address the routes find on the neighbour's own link, so that
 * forwarding to a host on a link takes one lookup: the longest prefix is the host itself.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A neighbour has an entry exactly while it is usable, its device is a port, and the longest route that covers it is
 *       on-link through that device; but for those that no adjacency was left for ({@link #lacks}).</li>
 *   <li>An address has one entry at most, since one route covers it.</li>
 * </ol>
 *
 * <p>Threads: the control thread.
 */
final class HostEntries {

    private final Adjacencies adjacencies;
    private final Ports ports;
    private final NeighbourTable neighbours;
    private final NextHops nextHops;
    private final Confirmations confirmations;
    private final RoutingNotes notes;
    private final Map<IpAddress, Entry> entries = new HashMap<>();
    private final Set<IpAddress> lacking = new HashSet<>();

    HostEntries(final Adjacencies adjacencies, final Ports ports, final NeighbourTable neighbours,
            final NextHops nextHops, final Confirmations confirmations, final RoutingNotes notes) {
        this.adjacencies = adjacencies;
        this.ports = ports;
        this.neighbours = neighbours;
        this.nextHops = nextHops;
        this.confirmations = confirmations;
        this.notes = notes;
    }

    /** The adjacency for a host, or 0 if it has no entry. */
    int adjacency(final IpAddress ip) {
        final Entry entry = entries.get(ip);
        return entry == null ? 0 : entry.adjacency;
    }

    /** True for a neighbour that should have an entry and has none, for want of an adjacency. */
    boolean lacks(final IpAddress ip) {
        return lacking.contains(ip);
    }

    /**
     * Brings the entry of an address in line with the route that covers it.
     *
     * @param cover what the longest route that covers it leads to, or null
     * @return an adjacency to release when the forwarding table no longer has it, or 0
     */
    int update(final IpAddress ip, final SharedAdjacency cover) {
        final Entry entry = entries.get(ip);
        final int ifindex = cover == null ? 0 : cover.onLinkIfindex();
        final RoutingPort port = ports.byIfindex(ifindex);
        final long mac = port == null ? 0 : neighbours.usableMac(new NeighbourTable.Key(ip, ifindex));
        lacking.remove(ip);
        if (mac == 0) {
            entries.remove(ip);
            return entry == null ? 0 : entry.adjacency;
        }
        final SharedAdjacency.Way way = cover.way();
        final boolean confirmed = !confirmations.isDue(new NeighbourTable.Key(OnLinks.plain(ip), ifindex));
        final boolean ipv4 = ip.family() == IpAddress.V4;
        final int mtu = NextHops.mtu(port, way);
        final int source4 = ipv4 ? nextHops.source4(way) : 0;
        final boolean sameWay = entry != null && entry.ifindex == ifindex && entry.flags == way.flags()
                && entry.port == port.index() && (ipv4 || Objects.equals(entry.source, way.source()));
        if (sameWay) {
            adjacencies.setMtu(entry.adjacency, mtu);
            if (ipv4) {
                adjacencies.setSource4(entry.adjacency, source4);
            }
            adjacencies.resolve(entry.adjacency, mac, port.mac(), confirmed);
            return 0;
        }
        final IpAddress source = ipv4 ? null : way.source();
        final int adjacency = adjacencies.create(new AdjacencyFields(AdjacencyKind.GLEAN, way.flags(), ipv4 ? 4 : 6,
                port.index(), ifindex, mtu, OnLinks.plain(ip).high(), ip.low(), source == null ? 0 : source.high(),
                source == null ? source4 : source.low()));
        if (adjacency == 0) {
            notes.noAdjacency();
            lacking.add(ip);
            entries.remove(ip);
        } else {
            adjacencies.resolve(adjacency, mac, port.mac(), confirmed);
            entries.put(ip, new Entry(ifindex, port.index(), way.flags(), source, adjacency));
        }
        return entry == null ? 0 : entry.adjacency;
    }

    private record Entry(int ifindex, int port, int flags, IpAddress source, int adjacency) {
    }
}
