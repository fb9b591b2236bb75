package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;

/** A set, as packets ask and change it. Threads: workers; each with its own packet. */
public interface PacketSet {

    /**
     * Whether the packet's element is in the set; counts where the set and the query want it, and leaves what the element gives in the
     * packet's scratch.
     */
    boolean test(RulePacket packet, SetQuery query);

    /** Adds the packet's element; whether that was done. */
    boolean add(RulePacket packet, SetQuery query);

    /** Deletes the packet's element; whether that was done. */
    boolean delete(RulePacket packet, SetQuery query);

    /** What one of these is where there is none: a set that nothing is in. */
    PacketSet NONE = new NoSet();
}
