package io.penstock.dataplane.route;

/**
 * A port as routing sees it.
 *
 * @param index the port's index in the data plane
 * @param ifindex its device's number, by which routes and neighbours name it
 * @param name its name, for messages
 * @param mac its Ethernet address in the low 48 bits, first byte highest
 * @param mtu the largest IP packet that may leave
 * @param mtu6 the largest IPv6 packet that may leave, which the sysctl {@code net.ipv6.conf.DEVICE.mtu} can lower
 */
public record RoutingPort(int index, int ifindex, String name, long mac, int mtu, int mtu6) {

    /** A port with one MTU for both families. */
    public RoutingPort(final int index, final int ifindex, final String name, final long mac, final int mtu) {
        this(index, ifindex, name, mac, mtu, mtu);
    }
}
