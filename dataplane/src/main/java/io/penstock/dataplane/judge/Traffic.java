package io.penstock.dataplane.judge;

import java.util.Iterator;
import java.util.List;

/** Packets that come one after the other, of which each may go by what became of those before. Threads: one. */
@FunctionalInterface
public interface Traffic {

    /**
     * The next packet.
     *
     * @param before what the kernel did with the one before; nothing before the first
     * @return null when there are no more
     */
    Arrival next(Reaction before);

    /** Packets that are known. */
    static Traffic of(final List<Arrival> arrivals) {
        final Iterator<Arrival> all = arrivals.iterator();
        return _ -> all.hasNext() ? all.next() : null;
    }
}
