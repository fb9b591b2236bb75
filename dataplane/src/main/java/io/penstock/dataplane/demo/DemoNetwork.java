package io.penstock.dataplane.demo;

import java.util.List;
import java.util.Map;

/** Three network namespaces in a row, the middle one a router, with the addresses of {@link Side}. Threads: {@link #close} from any. */
final class DemoNetwork implements AutoCloseable {

    private final Namespaces namespaces = new Namespaces();

    private DemoNetwork() {
    }

    /** Nothing yet, so that whoever closes it can do so however far {@link #build} came. */
    static DemoNetwork create() {
        return new DemoNetwork();
    }

    /** Makes namespaces, links, addresses and routes, and turns forwarding on in the middle. */
    void build() {
        for (final String name : List.of(host(Side.CLIENT), dut(), host(Side.SERVER))) {
            namespaces.make(name);
        }
        Namespaces.setSysctls(dut(), Map.of("net/ipv4/ip_forward", "1", "net/ipv6/conf/all/forwarding", "1"));
        for (final Side side : Side.values()) {
            final String host = host(side);
            Namespaces.link(host, side.device(), dut(), side.port());
            address(host, side.device(), side.ipv4(), side.ipv6());
            address(dut(), side.port(), side.routerIpv4(), side.routerIpv6());
            Namespaces.in(host, "route", "add", "default", "via", side.routerIpv4());
            Namespaces.in(host, "route", "add", "default", "via", side.routerIpv6());
        }
    }

    /** The namespace of a host. */
    String host(final Side side) {
        return namespaces.name(side.text());
    }

    /** The namespace of the router: the device under test. */
    String dut() {
        return namespaces.name("dut");
    }

    /** What removes it by hand. */
    String removal() {
        return Namespaces.removal(List.of(host(Side.CLIENT), dut(), host(Side.SERVER)));
    }

    @Override
    public void close() {
        namespaces.close();
    }

    private static void address(final String namespace, final String device, final String ipv4, final String ipv6) {
        Namespaces.in(namespace, "address", "add", ipv4 + Side.LENGTH_IPV4, "dev", device);
        Namespaces.in(namespace, "address", "add", ipv6 + Side.LENGTH_IPV6, "dev", device, "nodad");
    }
}
