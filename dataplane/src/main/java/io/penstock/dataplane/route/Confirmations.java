package io.penstock.dataplane.route;

import io.penstock.os.netlink.Neighbour;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which neighbours the next packet is to ask for although they are known: the kernel has not heard of them for a while
 * ({@link Neighbour#STALE}), and it cannot see the packets by which it would begin to probe them itself.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Each time that a neighbour becomes STALE it is asked for once, if a packet is sent to it.</li>
 *   <li>One that is asked for is PROBE, and then something else, a few seconds later, and the kernel tells. If it does not, for the request
 *       was refused or the event was lost, the next packet asks again.</li>
 * </ol>
 *
 * <p>Source: net/core/neighbour.c __neigh_event_send, neigh_timer_handler. Threads: the control thread.
 */
final class Confirmations {

    /** How long the kernel is waited for. The default of delay_first_probe_time is 5 s, and three probes take as many. Unit: ns. */
    static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final Set<NeighbourTable.Key> due = new HashSet<>();
    /** Since when an answer is waited for; in this order. */
    private final Map<NeighbourTable.Key, Long> asked = new LinkedHashMap<>();

    /** A neighbour has changed, or is gone if {@code now} is null. */
    void changed(final NeighbourTable.Key key, final Neighbour now) {
        asked.remove(key);
        if (now != null && now.state() == Neighbour.STALE) {
            due.add(key);
        } else {
            due.remove(key);
        }
    }

    /** True if the next packet to the neighbour is to ask for it. */
    boolean isDue(final NeighbourTable.Key key) {
        return due.contains(key);
    }

    /** The neighbour is being asked for. */
    void asked(final NeighbourTable.Key key, final long nowNs) {
        if (due.remove(key)) {
            asked.put(key, nowNs);
        }
    }

    /** Those that have been asked for in vain: they are due again. */
    List<NeighbourTable.Key> overdue(final long nowNs) {
        final List<NeighbourTable.Key> found = new ArrayList<>();
        final Iterator<Map.Entry<NeighbourTable.Key, Long>> oldest = asked.entrySet().iterator();
        while (oldest.hasNext()) {
            final Map.Entry<NeighbourTable.Key, Long> next = oldest.next();
            if (nowNs - next.getValue() < PATIENCE_NS) {
                break;
            }
            found.add(next.getKey());
            oldest.remove();
        }
        due.addAll(found);
        return found;
    }
}
