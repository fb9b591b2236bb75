package io.penstock.dataplane.hot.ipvs.schedule;

import java.util.Arrays;

/**
 * The numbers that an {@link AddressCache} has for the servers of one scheduler, and back: open addressing, at most half full.
 *
 * <p>Threads: made by control; any read.
 */
final class ServerIds {

    private final int[] ids;
    private final int[] keys;
    private final int[] indices;

    /**
     * Numbers for a roster's servers: those that they have, and new ones for those that came.
     *
     * @param before       the roster before, or null
     * @param beforeIds    its numbers, or null
     */
    ServerIds(final Roster roster, final AddressCache cache, final Roster before, final ServerIds beforeIds) {
        final Candidate[] servers = roster.servers();
        ids = new int[servers.length];
        keys = new int[Integer.highestOneBit(Math.max(servers.length, 1)) << 2];
        indices = new int[keys.length];
        Arrays.fill(indices, Scheduler.NONE);
        for (int i = 0; i < servers.length; i++) {
            final int old = before == null ? Scheduler.NONE : before.indexOf(servers[i]);
            ids[i] = old == Scheduler.NONE ? cache.takeId() : beforeIds.ids[old];
            int at = slot(ids[i]);
            while (keys[at] != 0) {
                at = at + 1 & keys.length - 1;
            }
            keys[at] = ids[i];
            indices[at] = i;
        }
    }

    /** The number of a server. */
    int id(final int index) {
        return ids[index];
    }

    /** The index of the server with this number, or {@link Scheduler#NONE} when it has left. */
    int index(final int id) {
        int at = slot(id);
        while (keys[at] != id && keys[at] != 0) {
            at = at + 1 & keys.length - 1;
        }
        return keys[at] == id ? indices[at] : Scheduler.NONE;
    }

    private int slot(final int id) {
        return id & keys.length - 1;
    }
}
