package io.penstock.perf.connections;

import io.penstock.os.netlink.IpAddress;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A host with a virtual service: its clients are those of {@link FlowNetwork} behind {@code lan}'s gateway, its servers are {@code wan}'s neighbours.
 *
 * <p>Source: servers are of the benchmarking networks of RFC 2544, appendix C.2.2, and RFC 5180, section 8.
 *
 * <p>Threads: any.
 */
public final class ServiceNetwork {

    /** Where the service is. */
    public static final int PORT = 80;
    /** Where servers have it, if another port can be. */
    public static final int SERVER_PORT = 8080;
    /** Servers at the most. */
    public static final int MAX_SERVERS = 1000;

    /** 203.0.113.1; of IPv6 the last four bytes are the same. */
    static final int VIRTUAL = 0xCB00_7101;
    /** 198.18.1.0 and up. */
    static final int SERVERS = 0xC612_0100;
    /** 198.18.128.0 and up: what sources are translated to; with 31,744 ports each for a server, enough for 2 million flows to one. */
    static final int SOURCES = 0xC612_8000;
    static final int SOURCE_COUNT = 64;

    private static final String CONFIGURATION = """
            ports: { lan: { device: lan }, wan: { device: wan } }
            workers: { idle: spin }
            local: kernel
            network:
              addresses:
                lan: [100.64.0.1/24, 203.0.113.1/32, "2001:db8:1::fe/64", "2001:db8:3::cb00:7101/128"]
                wan: [198.18.0.1/16, "2001:2::1/64"%s]
              routes:
                - { to: 10.0.0.0/8, via: 100.64.0.2, port: lan }
                - { to: "2001:db8:10::/64", via: "2001:db8:1::2", port: lan }
            """;

    private ServiceNetwork() {
    }

    /** A configuration: the ports and their network. */
    public static String configuration() {
        final StringBuilder own = new StringBuilder();
        for (final boolean ipv6 : new boolean[] {false, true}) {
            sources(ipv6).forEach(source -> own.append(", \"").append(source).append(ipv6 ? "/128\"" : "/32\""));
        }
        return CONFIGURATION.formatted(own);
    }

    /** Where the service is. */
    public static IpAddress virtual(final boolean ipv6) {
        return address(ipv6, FlowNetwork.VIRTUAL_PREFIX, VIRTUAL);
    }

    /** A server, from 0. */
    public static IpAddress server(final boolean ipv6, final int number) {
        return address(ipv6, FlowNetwork.SERVER_PREFIX, SERVERS + number);
    }

    /** What sources are translated to. */
    public static List<IpAddress> sources(final boolean ipv6) {
        return IntStream.range(0, SOURCE_COUNT).mapToObj(i -> address(ipv6, FlowNetwork.SERVER_PREFIX, SOURCES + i)).toList();
    }

    private static IpAddress address(final boolean ipv6, final long prefix, final int host) {
        return ipv6 ? IpAddress.v6(prefix, host & 0xFFFF_FFFFL) : IpAddress.v4(host);
    }
}
