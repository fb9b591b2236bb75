package io.penstock.dataplane.route;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells the resolver which gateways to keep, after a change is complete: an answer may come at once, and then finds
 * everything in order. What is given up and taken up again in one change is not told, nor is what was set by hand: the kernel would
 * take its address away until it answers. A gateway that is by hand no more is told when that has lasted to the next {@link #tick}: who
 * takes one away by hand often sets another.
 *
 * <p>Threads: the control thread.
 */
final class Managed {

    private final NeighbourResolver resolver;
    private final NeighbourTable neighbours;
    private final Map<NeighbourTable.Key, Boolean> changes = new LinkedHashMap<>();
    /** Gateways that routes lead to and the resolver was not told of. */
    private final Set<NeighbourTable.Key> byHand = new HashSet<>();
    private final Set<NeighbourTable.Key> freed = new LinkedHashSet<>();

    Managed(final NeighbourResolver resolver, final NeighbourTable neighbours) {
        this.resolver = resolver;
        this.neighbours = neighbours;
    }

    void start(final NeighbourTable.Key key) {
        if (changes.remove(key) == null) {
            changes.put(key, true);
        }
    }

    void stop(final NeighbourTable.Key key) {
        if (changes.remove(key) == null) {
            changes.put(key, false);
        }
    }

    /** The neighbour of a gateway that routes lead to has changed. */
    void neighbourChanged(final NeighbourTable.Key key) {
        if (neighbours.isByHand(key)) {
            byHand.add(key);
        } else if (byHand.contains(key)) {
            freed.add(key);
        }
    }

    /** Looks at gateways that were by hand; what is told of them goes out with {@link #tell}. */
    void tick() {
        if (freed.isEmpty()) {
            return;
        }
        for (final NeighbourTable.Key key : List.copyOf(freed)) {
            if (!neighbours.isByHand(key) && byHand.remove(key)) {
                start(key);
            }
        }
        freed.clear();
    }

    /** Tells what has changed since the last time. */
    void tell() {
        while (!changes.isEmpty()) {
            final Map.Entry<NeighbourTable.Key, Boolean> change = changes.entrySet().iterator().next();
            final NeighbourTable.Key key = change.getKey();
            final boolean started = change.getValue();
            changes.remove(key);
            if (neighbours.isByHand(key)) {
                if (started) {
                    byHand.add(key);
                } else {
                    byHand.remove(key);
                }
            } else if (started) {
                resolver.manage(key.ifindex(), key.ip(), neighbours.get(key));
            } else if (!byHand.remove(key)) {
                neighbours.unmanaged(key);
                resolver.unmanage(key.ifindex(), key.ip(), neighbours.get(key));
            }
        }
    }
}
