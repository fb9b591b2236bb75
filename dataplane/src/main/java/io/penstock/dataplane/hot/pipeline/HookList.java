package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookState.Continuation;

/**
 * The lists of hook functions that a packet can meet, one for each family and point that the pipeline has. Generated
 * programs know them by {@link #ordinal()}.
 */
public enum HookList {
    INGRESS(Family.NETDEV, HookPoint.INGRESS, Continuation.RECEIVE),
    EGRESS(Family.NETDEV, HookPoint.EGRESS, Continuation.TRANSMIT),
    IPV4_PRE_ROUTING(Family.IPV4, HookPoint.PRE_ROUTING, Continuation.ROUTE),
    IPV4_LOCAL_IN(Family.IPV4, HookPoint.LOCAL_IN, Continuation.DELIVER),
    IPV4_FORWARD(Family.IPV4, HookPoint.FORWARD, Continuation.OUTPUT),
    IPV4_LOCAL_OUT(Family.IPV4, HookPoint.LOCAL_OUT, Continuation.OUTPUT),
    IPV4_POST_ROUTING(Family.IPV4, HookPoint.POST_ROUTING, Continuation.TRANSMIT),
    IPV6_PRE_ROUTING(Family.IPV6, HookPoint.PRE_ROUTING, Continuation.ROUTE),
    IPV6_LOCAL_IN(Family.IPV6, HookPoint.LOCAL_IN, Continuation.DELIVER),
    IPV6_FORWARD(Family.IPV6, HookPoint.FORWARD, Continuation.OUTPUT),
    IPV6_LOCAL_OUT(Family.IPV6, HookPoint.LOCAL_OUT, Continuation.OUTPUT),
    IPV6_POST_ROUTING(Family.IPV6, HookPoint.POST_ROUTING, Continuation.TRANSMIT),
    ARP_IN(Family.ARP, HookPoint.ARP_IN, Continuation.DELIVER),
    ARP_OUT(Family.ARP, HookPoint.ARP_OUT, Continuation.TRANSMIT);

    private static final HookList[] VALUES = values();

    private final Family family;
    private final HookPoint point;
    private final Continuation continuation;

    HookList(final Family family, final HookPoint point, final Continuation continuation) {
        this.family = family;
        this.point = point;
        this.continuation = continuation;
    }

    /** The list with that ordinal. */
    public static HookList of(final int ordinal) {
        return VALUES[ordinal];
    }

    /** How many lists there are. */
    public static int count() {
        return VALUES.length;
    }

    /** The ordinal of a packet's POST_ROUTING list; the family is IPv4's or IPv6's number. */
    static int postRouting(final int family) {
        return (family == Family.IPV4.number() ? IPV4_POST_ROUTING : IPV6_POST_ROUTING).ordinal();
    }

    /** The ordinal of a packet's LOCAL_IN list. */
    static int localIn(final int family) {
        return (family == Family.IPV4.number() ? IPV4_LOCAL_IN : IPV6_LOCAL_IN).ordinal();
    }

    /** The ordinal of a packet's LOCAL_OUT list. */
    static int localOut(final int family) {
        return (family == Family.IPV4.number() ? IPV4_LOCAL_OUT : IPV6_LOCAL_OUT).ordinal();
    }

    /** The family of its functions. */
    public Family family() {
        return family;
    }

    /** The point of its functions. */
    public HookPoint point() {
        return point;
    }

    /** What follows when all accept. */
    public Continuation continuation() {
        return continuation;
    }

    /** True when what follows still needs the adjacency that routing chose, which does not outlive the batch. */
    boolean needsRoute() {
        return knowsOut() && this != EGRESS && this != ARP_OUT;
    }

    /** True when the packet's way out is decided here. */
    boolean knowsOut() {
        return continuation == Continuation.OUTPUT || continuation == Continuation.TRANSMIT;
    }
}
