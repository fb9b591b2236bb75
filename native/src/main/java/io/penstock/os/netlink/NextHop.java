package io.penstock.os.netlink;

import java.util.Comparator;

/**
 * One way out of a route.
 *
 * @param gateway the next router, of either family whatever the route's; null if the destination is on the link
 * @param ifindex the device, or 0
 * @param weight  its share among the route's next hops, 1 to 65536
 * @param flags   {@code RTNH_F_*}, of which only DEAD, ONLINK and LINKDOWN are kept
 * @param encapsulation {@code LWTUNNEL_ENCAP_*}: 0 none; any other needs a tunnel that only the kernel has
 */
public record NextHop(IpAddress gateway, int ifindex, int weight, int flags, int encapsulation) {

    static final int DEAD = 0x01;
    static final int ONLINK = 0x04;
    static final int LINKDOWN = 0x10;
    static final int KEPT = DEAD | ONLINK | LINKDOWN;

    /** By device, then gateway: an order that does not depend on who lists them. */
    static final Comparator<NextHop> ORDER = Comparator.comparingInt(NextHop::ifindex)
            .thenComparing(NextHop::gateway, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparingInt(NextHop::encapsulation);

    /** True if the device is down: not to be used. */
    public boolean dead() {
        return (flags & DEAD) != 0;
    }

    /** True if the gateway is taken to be on the link though no route says so. */
    public boolean onlink() {
        return (flags & ONLINK) != 0;
    }

    /** True if the device has no carrier; used nevertheless unless {@code ignore_routes_with_linkdown} is set. */
    public boolean linkDown() {
        return (flags & LINKDOWN) != 0;
    }

    /** The same without the flags that follow the device's state. */
    NextHop withoutState() {
        return (flags & (DEAD | LINKDOWN)) == 0
                ? this
                : new NextHop(gateway, ifindex, weight, flags & ~(DEAD | LINKDOWN), encapsulation);
    }

    NextHop withWeight(final int other) {
        return new NextHop(gateway, ifindex, other, flags, encapsulation);
    }

    /** True if both lead to the same place. */
    boolean sameWay(final NextHop other) {
        return ifindex == other.ifindex && encapsulation == other.encapsulation
                && (gateway == null ? other.gateway == null : gateway.equals(other.gateway));
    }
}
