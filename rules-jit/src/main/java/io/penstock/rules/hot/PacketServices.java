package io.penstock.rules.hot;

/** What the packet's surroundings do for matches and targets. Worker's thread; allocates nothing. */
public interface PacketServices {

    /**
     * The kind of an address by the routing table.
     *
     * @param address  where the address lies, in network order
     * @param device   only by routes of this interface index, 0 for any
     * @return a route type of linux/rtnetlink.h ({@code RTN_UNICAST} 1, {@code RTN_LOCAL} 2, ...)
     */
    int addressType(RulePacket packet, long address, int device);

    /**
     * Whether a reply to the packet would go back the way it came.
     *
     * @param loose       any device will do
     * @param useMark     the packet's mark takes part
     * @param acceptLocal a local source is right
     */
    boolean reversePath(RulePacket packet, boolean loose, boolean useMark, boolean acceptLocal);

    /** The MTU of the packet's route, and of the route back where that is smaller; 0 if there is none. */
    int pathMtu(RulePacket packet);

    /**
     * Answers a packet that is refused, with the kernel's restraint.
     *
     * @param type ICMP or ICMPv6 type, or -1 for a TCP reset
     * @param code its code
     */
    void reject(RulePacket packet, int type, int code);

    /**
     * Logs a packet; counted as lost when the log is full.
     *
     * @param level  syslog's
     * @param prefix the line's begin
     * @param flags  {@code NF_LOG_*} of linux/netfilter/nf_log.h
     */
    void log(RulePacket packet, int level, String prefix, int flags);

    /**
     * Says that a rule took a packet that is traced.
     *
     * @param table  the table's name
     * @param chain  the chain's name
     * @param what   one of {@link TableImage#TRACE_RULE}, {@link TableImage#TRACE_RETURN}, {@link TableImage#TRACE_POLICY}
     * @param number the rule's number in the chain, from 1 on
     */
    void traceRule(RulePacket packet, String table, String chain, int what, int number);

    /**
     * Sends a copy to a gateway.
     *
     * @param gatewayHigh the upper half of its address, 0 of IPv4
     * @param gatewayLow  the lower half; an IPv4 address as a whole
     * @param device      the name of the interface that it must leave by, empty for any
     */
    void tee(RulePacket packet, long gatewayHigh, long gatewayLow, String device);

    /** Random bits, 32 of them. */
    int random();

    /**
     * Makes room within the packet, moving what lies behind; addresses and lengths in the packet object change with it, lengths in the
     * headers do not.
     *
     * @param at    where the room begins
     * @param bytes its size
     * @return false if the frame is too small
     */
    boolean insert(RulePacket packet, long at, int bytes);
}
