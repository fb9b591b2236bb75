package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The neighbours on all links, sorted by address, so that those under a prefix are one range.
 *
 * <p>Threads: the control thread.
 */
final class NeighbourTable {

    private static final int BY_HAND = Neighbour.PERMANENT | Neighbour.NOARP;

    private final NavigableMap<Key, Neighbour> neighbours = new TreeMap<>();

    void put(final Neighbour neighbour) {
        neighbours.put(Key.of(neighbour), neighbour);
    }

    void remove(final Key key) {
        neighbours.remove(key);
    }

    /** Where packets for the neighbour may be sent, or 0 if it is not usable. */
    long usableMac(final Key key) {
        final Neighbour neighbour = neighbours.get(key);
        return neighbour != null && neighbour.usable() ? neighbour.mac() : 0;
    }

    /** True for one that needs no answer: asking for it would take its address away until it answers. */
    boolean isByHand(final Key key) {
        final Neighbour neighbour = neighbours.get(key);
        return neighbour != null && (neighbour.state() & BY_HAND) != 0;
    }

    /** The neighbour, or null. */
    Neighbour get(final Key key) {
        return neighbours.get(key);
    }

    /** It was said that it need not be kept resolved: the event comes later. */
    void unmanaged(final Key key) {
        neighbours.computeIfPresent(key, (k, n) -> n.unmanaged());
    }

    /** Those whose address a prefix covers, in order. */
    List<Key> under(final Prefix prefix) {
        return new ArrayList<>(neighbours.subMap(new Key(prefix.address(), Integer.MIN_VALUE), true,
                new Key(prefix.last(), Integer.MAX_VALUE), true).keySet());
    }

    /**
     * What tells a neighbour from others.
     *
     * @param ip its address
     * @param ifindex the device that it is reached through
     */
    record Key(IpAddress ip, int ifindex) implements Comparable<Key> {

        static Key of(final Neighbour neighbour) {
            return new Key(neighbour.ip(), neighbour.ifindex());
        }

        @Override
        public int compareTo(final Key other) {
            final int byIp = ip.compareTo(other.ip);
            return byIp != 0 ? byIp : Integer.compare(ifindex, other.ifindex);
        }
    }
}
