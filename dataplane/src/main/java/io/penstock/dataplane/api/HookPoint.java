package io.penstock.dataplane.api;

/** Where a packet can meet hook functions (linux/netfilter.h, netfilter_arp.h, netfilter_bridge.h, netfilter_netdev.h). */
public enum HookPoint {
    /** On entry, before the routing decision. */
    PRE_ROUTING,
    /** Routed to this host. */
    LOCAL_IN,
    /** Routed elsewhere. */
    FORWARD,
    /** Sent by this host, after its routing decision. */
    LOCAL_OUT,
    /** All that leaves. */
    POST_ROUTING,
    /** From a device, before everything else. Needs a device. */
    INGRESS,
    /** To a device, after everything else. Needs a device. */
    EGRESS,
    /** ARP that this host receives. */
    ARP_IN,
    /** ARP that this host sends. */
    ARP_OUT,
    /** ARP that crosses a bridge. */
    ARP_FORWARD,
    /** A bridge decides between bridging and routing. */
    BROUTING;

    /** True when the family has this point. */
    public boolean belongsTo(final Family family) {
        return number(family) >= 0;
    }

    /** True when a function here is bound to one device. */
    public boolean needsDevice() {
        return this == INGRESS || this == EGRESS;
    }

    /** The hook number in the kernel's interface, or -1 where the family has no such point. */
    public int number(final Family family) {
        return switch (family) {
            case IPV4, IPV6 -> ordinal() <= POST_ROUTING.ordinal() ? ordinal() : -1;
            case INET -> ordinal() <= INGRESS.ordinal() ? ordinal() : -1;
            case BRIDGE -> ordinal() <= POST_ROUTING.ordinal() ? ordinal() : this == BROUTING ? 5 : -1;
            case NETDEV -> this == INGRESS ? 0 : this == EGRESS ? 1 : -1;
            case ARP -> switch (this) {
                case ARP_IN -> 0;
                case ARP_OUT -> 1;
                case ARP_FORWARD -> 2;
                default -> -1;
            };
            case UNSPEC -> -1;
        };
    }
}
