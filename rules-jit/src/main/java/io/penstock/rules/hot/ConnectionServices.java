package io.penstock.rules.hot;

import io.penstock.conntrack.hot.nat.NatRange;

/** What the packet's surroundings do for rules about connections. Worker's thread; allocates nothing. */
public interface ConnectionServices {

    /** Takes a packet that has no connection yet out of tracking; one that has keeps it. */
    void untrack(RulePacket packet);

    /** Says how a packet that has no connection yet is to be tracked ({@code ConnTemplate}); one that has keeps it. */
    void track(RulePacket packet, long template);

    /**
     * Settles one half of a connection's translation, of its first packet.
     *
     * @param source true for the source's half, false for the destination's
     * @return {@link RuleVerdict#ACCEPT}, or {@link RuleVerdict#DROP} when there is no tuple left
     */
    int translate(RulePacket packet, NatRange range, boolean source);

    /**
     * As {@link #translate}, to a single address.
     *
     * @param range whose flags and ports count, and whose addresses do not
     * @param high  the address's first half; of IPv4 0
     * @param low   its other half; of IPv4 all, as an unsigned number
     */
    int translateTo(RulePacket packet, NatRange range, long high, long low, boolean source);

    /** As {@link #translate} of the source, to the address that the device by which the packet leaves has towards its next hop. */
    int masquerade(RulePacket packet, NatRange range);

    /** As {@link #translate} of the destination, to this host: the address of the device by which the packet came, or loopback's. */
    int redirect(RulePacket packet, NatRange range);

    /**
     * Settles the destination of the packet's connection, if it is the outside of a full cone ({@link NatRange#FULL_CONE}): the source inside.
     *
     * @return {@link RuleVerdict#ACCEPT}, or {@link RuleVerdict#CONTINUE} where there is no such cone
     */
    int enterCone(RulePacket packet);

    /** The packet's connection, TCP's, if it has one, is reset. */
    void close(RulePacket packet);

    /** Something of the packet's connection was changed: {@code ConnEvents} bits. */
    void changed(RulePacket packet, int events);

    /** The number of the packet's connection, which with its generation names it across batches. */
    int number(RulePacket packet);

    /** The entry of a connection of the packet's family that was named across batches; 0 when it is no more, or not confirmed yet. */
    long entry(RulePacket packet, int number, int generation);
}
