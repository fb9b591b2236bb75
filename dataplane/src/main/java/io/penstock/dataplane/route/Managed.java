package io.penstock.dataplane.route;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the resolver which gateways to keep, after a change is complete: an answer may come at once, and then finds
 * everything in order. What is given up and taken up again in one change is not told.
 *
 * <p>Threads: the control thread.
 */
final class Managed {

    private final NeighbourResolver resolver;
    private final Map<NeighbourTable.Key, Boolean> changes = new LinkedHashMap<>();

    Managed(final NeighbourResolver resolver) {
        this.resolver = resolver;
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
            if (started) {
                resolver.manage(key.ifindex(), key.ip());
            } else {
                resolver.unmanage(key.ifindex(), key.ip());
            }
        }
    }
}
