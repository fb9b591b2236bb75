package io.penstock.dataplane.route;

import io.penstock.os.netlink.Neighbour;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the resolver which gateways to keep, after a change is complete: an answer may come at once, and then finds
 * everything in order. What is given up and taken up again in one change is not told, nor is what was set by hand: the kernel would
 * take its address away until it answers.
 *
 * <p>Threads: the control thread.
 */
final class Managed {

    private static final int BY_HAND = Neighbour.PERMANENT | Neighbour.NOARP;

    private final NeighbourResolver resolver;
    private final NeighbourTable neighbours;
    private final Map<NeighbourTable.Key, Boolean> changes = new LinkedHashMap<>();

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

    /** Tells what has changed since the last time. */
    void tell() {
        while (!changes.isEmpty()) {
            final Map.Entry<NeighbourTable.Key, Boolean> change = changes.entrySet().iterator().next();
            final NeighbourTable.Key key = change.getKey();
            final boolean started = change.getValue();
            changes.remove(key);
            final Neighbour neighbour = neighbours.get(key);
            if (neighbour != null && (neighbour.state() & BY_HAND) != 0) {
                continue;
            }
            if (started) {
                resolver.manage(key.ifindex(), key.ip());
            } else {
                resolver.unmanage(key.ifindex(), key.ip());
            }
        }
    }
}
