package io.penstock.dataplane.route;

/**
 * A port as routing sees it.
 *
 * @param index the port's index in the data plane
 * @param ifindex its device's number, by which routes and neighbours name it
 * @param name its name, for messages
 * @param mac its Ethernet address in the low 48 bits, first byte highest
 * @param mtu the largest IP packet that may leave
 */
public record RoutingPort(int index, int ifindex, String name, long mac, int mtu) {
}
