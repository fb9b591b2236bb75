package io.penstock.dataplane.hot.pipeline;

/**
 * Why a packet ended in Penstock: the closed list. The number is the position in counter files, so reasons are only ever
 * added at the end.
 */
public enum DropReason {
    FRAME_TRUNCATED("The frame is shorter than an Ethernet header."),
    FRAME_OTHER_HOST("The destination MAC address is another host's."),
    FRAME_MULTICAST("The frame is broadcast or multicast, which is the kernel's to handle, but reached the data plane."),
    FRAME_PROTOCOL("The EtherType is none that the data plane forwards."),
    IPV4_TRUNCATED("The frame ends inside the IPv4 header."),
    IPV4_VERSION("The version field of an IPv4 frame is not 4."),
    IPV4_HEADER_LENGTH("The IPv4 header length is under 20 bytes or runs past the frame."),
    IPV4_TOTAL_LENGTH("The IPv4 total length is smaller than the header or larger than the frame."),
    IPV4_CHECKSUM("The IPv4 header checksum is wrong."),
    IPV4_MARTIAN_SOURCE("The IPv4 source address cannot be a sender: loopback, multicast, broadcast or zero."),
    IPV4_MARTIAN_DESTINATION("The IPv4 destination address cannot be on a wire: loopback or zero."),
    IPV6_TRUNCATED("The frame ends inside the IPv6 header."),
    IPV6_VERSION("The version field of an IPv6 frame is not 6."),
    IPV6_PAYLOAD_LENGTH("The IPv6 payload length is larger than the frame."),
    IPV6_MARTIAN_SOURCE("The IPv6 source address cannot be a sender: multicast, loopback or unspecified."),
    IPV6_MARTIAN_DESTINATION("The IPv6 destination address cannot be on a wire: loopback, or a group of too small a scope."),
    IPV6_EXTENSION("An IPv6 extension header runs past the packet or there are too many of them. No longer a reason."),
    TTL_EXPIRED("The IPv4 time to live or IPv6 hop limit ran out."),
    MTU_EXCEEDED("The packet is larger than the next hop's MTU."),
    NO_ROUTE("No route leads to the destination."),
    ROUTE_BLACKHOLE("The route is of type blackhole."),
    ROUTE_UNREACHABLE("The route is of type unreachable."),
    ROUTE_PROHIBIT("The route is of type prohibit."),
    ROUTE_KERNEL("The route leads to a device that is no port of the data plane."),
    LOCAL_UNDELIVERED("The packet is for this host, but host traffic is the kernel's and this one was not passed to it."),
    NEIGHBOUR_FAILED("The next hop did not answer in time."),
    PARKING_FULL("Too many packets wait for a neighbour or a hook's owner."),
    HOOK_DROP("A hook function returned DROP."),
    HOOK_EXCEPTION("A hook function or a queue handler threw an exception."),
    HOOK_VERDICT("A hook function returned an unknown verdict, or STOLEN without having stolen the packet."),
    HOOK_REPEAT("A hook function returned REPEAT too often for one packet."),
    QUEUE_UNHEARD("Verdict QUEUE without bypass, and nobody listens on the queue."),
    QUEUE_FULL("Verdict QUEUE, and the queue is full."),
    STOLEN_RELEASED("The hook function that had stolen the packet freed it."),
    TX_RING_FULL("The port's transmission ring has no room."),
    TX_PORT_DOWN("The port that the packet should leave by is gone."),
    FORWARDING_OFF("Forwarding is switched off for the port (sysctl net.ipv4.conf.*.forwarding, net.ipv6)."),
    IPV4_OPTIONS("An IPv4 option is malformed."),
    IPV6_LINK_LOCAL_SOURCE("The IPv6 source address is link-local, so the packet may not leave its link."),
    SOURCE_OWN("The source is one of this host's own addresses (sysctl net.ipv4.conf.*.accept_local)."),
    SOURCE_FILTERED("The way back to the source does not lead through the port (sysctl net.ipv4.conf.*.rp_filter)."),
    MULTICAST_GROUP("Nobody on this host has joined the multicast group, and groups are not routed."),
    SOURCE_ROUTE("The source route is switched off (net.ipv4.conf.*.accept_source_route) or leads where it may not."),
    FRAGMENT_FAILED("The packet is too large for the next hop, and its fragments found no frame or no room for data."),
    IPV6_HOP_BY_HOP("The IPv6 hop-by-hop options are malformed, too many, or one that is not known asks for the drop."),
    IPV6_DISABLED("IPv6 is switched off on the port (sysctl net.ipv6.conf.*.disable_ipv6)."),
    RULE_DROP("A rule or a chain's policy says DROP, or a header that a rule asks for is cut off."),
    REJECT("A rule refused the packet (REJECT); its sender was told, as far as senders are told."),
    RULE_JUMPS("Rules sent the packet from chain to chain more than 65,536 times: chains that call chains twice each take time without end."),
    FRAGMENT_INVALID("A fragment overlaps others of its packet, ends beyond its end, is empty or too long, or differs in its congestion marks."),
    FRAGMENT_OTHERS("A fragment waited for its packet, another one of which was invalid."),
    FRAGMENT_DUPLICATE("A fragment that had come before."),
    FRAGMENT_NO_ROOM("Too many fragments wait for their packets (ipfrag_high_thresh, nf_conntrack_frag6_high_thresh), or too many packets are whole."),
    FRAGMENT_LATE("A fragment whose packet was not whole in time (ipfrag_time, nf_conntrack_frag6_timeout)."),
    CONNECTIONS_FULL("The table of connections is full (nf_conntrack_max; virtual servers: net.ipv4.vs.conn_max), and none nearby could go."),
    CONNECTION_CLASH("Another connection took the same addresses and ports first, or too many share a place of the table."),
    CONNECTION_BUSY("Another worker held the packet's connection too long."),
    CONNECTION_GONE("The packet's connection ended while the packet was held, or is being ended."),
    NAT_EXHAUSTED("No address and port is left for the connection in the range that the rule gives."),
    NAT_UNTRANSLATABLE("The packet cannot be translated as its connection asks: it is cut off, or an ICMP redirect about it."),
    SERVICE_UNAVAILABLE("A virtual service had no server for a new connection; its client was told."),
    SERVER_UNAVAILABLE("The packet's connection is to a server that its virtual service has no more (net.ipv4.vs.expire_nodest_conn)."),
    SERVICE_DEFENCE("Dropped so that a virtual service has memory left (net.ipv4.vs.drop_packet, drop_entry)."),
    TUNNEL_FAILED("The packet could not be put into a tunnel to its server: there is no room in its frame, or no address to send from."),
    TUNNEL_ERROR("An ICMP error about a tunnel's packet: the client whose packet was inside was told instead."),
    SERVER_REFUSED("A server refused a new connection of a service that gives it to another server when its client asks again.");

    private static final DropReason[] VALUES = values();

    private final String sentence;
    private final String metric;

    DropReason(final String sentence) {
        this.sentence = sentence;
        this.metric = name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The position in counter files and arrays. */
    public int id() {
        return ordinal();
    }

    /** The name in {@code stat}, JSON and verdicts, such as {@code no_route}. */
    public String metric() {
        return metric;
    }

    /** What it means. */
    public String sentence() {
        return sentence;
    }

    /** How many there are. */
    public static int count() {
        return VALUES.length;
    }

    /** The reason with that position. */
    public static DropReason of(final int id) {
        return VALUES[id];
    }
}
