package io.penstock.dataplane.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client, a load balancer, and servers behind it, each in a network namespace, with the addresses of {@link Backend}. Threads: {@link #close} from any. */
final class BalancerNetwork implements AutoCloseable {

    private final Namespaces namespaces = new Namespaces();

    /** Makes namespaces, links, addresses and routes, and turns forwarding on in the middle. */
    void build() {
        all().forEach(namespaces::make);
        Namespaces.setSysctls(dut(), Map.of("net/ipv4/ip_forward", "1"));
        Namespaces.in(dut(), "address", "add", Backend.SERVICE, "dev", "lo");
        Namespaces.link(client(), Side.CLIENT.device(), dut(), Side.CLIENT.port());
        Namespaces.in(client(), "address", "add", Side.CLIENT.ipv4() + Side.LENGTH_IPV4, "dev", Side.CLIENT.device());
        Namespaces.in(dut(), "address", "add", Side.CLIENT.routerIpv4() + Side.LENGTH_IPV4, "dev", Side.CLIENT.port());
        Namespaces.in(client(), "route", "add", "default", "via", Side.CLIENT.routerIpv4());
        for (final Backend backend : Backend.values()) {
            Namespaces.link(host(backend), backend.device(), dut(), backend.port());
            Namespaces.in(dut(), "address", "add", Backend.withLength(backend.routerAddress()), "dev", backend.port());
            connect(backend);
        }
    }

    /** Gives a server's host its address, and its way to the clients: through the load balancer. */
    void connect(final Backend backend) {
        Namespaces.in(host(backend), "address", "add", Backend.withLength(backend.address()), "dev", backend.device());
        Namespaces.in(host(backend), "route", "add", "default", "via", backend.routerAddress());
    }

    /** Takes the address away: nothing is answered any more, no packet and no ARP, and the link stays up, as if a switch were between. */
    void silence(final Backend backend) {
        Namespaces.in(host(backend), "address", "del", Backend.withLength(backend.address()), "dev", backend.device());
    }

    /** The clients' namespace. */
    String client() {
        return namespaces.name(Side.CLIENT.text());
    }

    /** The load balancer's namespace: the device under test. */
    String dut() {
        return namespaces.name("dut");
    }

    /** A server's namespace. */
    String host(final Backend backend) {
        return namespaces.name("server" + backend.number());
    }

    /** What removes it by hand. */
    String removal() {
        return Namespaces.removal(all());
    }

    @Override
    public void close() {
        namespaces.close();
    }

    private List<String> all() {
        final List<String> all = new ArrayList<>(List.of(client(), dut()));
        for (final Backend backend : Backend.values()) {
            all.add(host(backend));
        }
        return all;
    }
}
