package io.penstock.dataplane.route;

import java.util.HashSet;
import java.util.Set;

/** Neighbours that were asked for and whose answer, or failure, is listened for. Threads: the control thread. */
final class Awaited {

    /**
     * How many there are at the most. Beyond that they are forgotten: packets for one of them then wait their whole time instead of being
     * told at once. Unit: neighbours; a lane parks a few hundred packets.
     */
    private static final int MOST = 4096;

    private final Set<NeighbourTable.Key> keys = new HashSet<>();

    void add(final NeighbourTable.Key key) {
        if (keys.size() == MOST) {
            keys.clear();
        }
        keys.add(key);
    }

    /** True if it was awaited. */
    boolean remove(final NeighbourTable.Key key) {
        return keys.remove(key);
    }
}
