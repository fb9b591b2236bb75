package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which counters of the kernel and of Penstock must say the same. A sum on each side, because the two divide what they count
 * differently:
 *
 * <pre>
 *  kernel (/proc/net/snmp, netstat)        Penstock
 *  IpExtInCsumErrors                       ipv4_checksum
 *  IpExtInTruncatedPkts + IpInHdrErrors    ipv4_truncated, header_length, total_length, checksum, options, ttl_expired
 *  IpExtInNoRoutes                         no_route
 *  IpInAddrErrors                          forwarding_off
 *  TcpExtIPReversePathFilter               source_filtered
 *  IpFragOKs                               fragmented
 *  IpFragFails                             mtu_exceeded, fragment_failed
 *
 *  kernel (/proc/net/snmp6)                Penstock
 *  Ip6InHdrErrors + Ip6InTruncatedPkts     ipv6_truncated, version, payload_length, martian_source, martian_destination,
 *    + Ip6InAddrErrors                       link_local_source, forwarding_off, ttl_expired
 *  Ip6InNoRoutes                           no_route, route_unreachable, route_prohibit
 *  Ip6FragFails                            mtu_exceeded
 * </pre>
 *
 * <p>The kernel has no counter of its own for martians, for routes of type blackhole, unreachable and prohibit, and for source
 * routes that are switched off. It counts packets of a TUN device only if their version is 4 or 6.
 *
 * <p>Only packets without options fit, IPv4's or hop-by-hop: of a source route the kernel counts some refusals and not others,
 * and an ICMP error that echoes bad options to this host itself is counted once more on its loopback. Neither do packets to ::, of
 * which the kernel counts a missing route as a bad address, and those that {@link Purpose#LINK_LOCAL} is about.
 *
 * <p>Source: RFC 4293; net/ipv4/ip_input.c, ip_forward.c, ip_output.c, route.c; net/ipv6/ip6_input.c, ip6_output.c, route.c.
 * Threads: any.
 */
enum CounterMap {
    CHECKSUMS(List.of("IpExtInCsumErrors"), List.of("drop.ipv4_checksum")),
    HEADERS(List.of("IpExtInTruncatedPkts", "IpInHdrErrors"), List.of("drop.ipv4_truncated", "drop.ipv4_header_length",
            "drop.ipv4_total_length", "drop.ipv4_checksum", "drop.ipv4_options", "drop.ttl_expired")),
    ROUTES(List.of("IpExtInNoRoutes"), List.of("drop.no_route")),
    FORWARDING(List.of("IpInAddrErrors"), List.of("drop.forwarding_off")),
    REVERSE_PATH(List.of("TcpExtIPReversePathFilter"), List.of("drop.source_filtered")),
    FRAGMENTED(List.of("IpFragOKs"), List.of("fragmented")),
    TOO_LARGE(List.of("IpFragFails"), List.of("drop.mtu_exceeded", "drop.fragment_failed")),
    HEADERS6(List.of("Ip6InHdrErrors", "Ip6InTruncatedPkts", "Ip6InAddrErrors"), List.of("drop.ipv6_truncated",
            "drop.ipv6_version", "drop.ipv6_payload_length", "drop.ipv6_martian_source", "drop.ipv6_martian_destination",
            "drop.ipv6_link_local_source", "drop.forwarding_off", "drop.ttl_expired")),
    ROUTES6(List.of("Ip6InNoRoutes"), List.of("drop.no_route", "drop.route_unreachable", "drop.route_prohibit")),
    TOO_LARGE6(List.of("Ip6FragFails"), List.of("drop.mtu_exceeded"));

    private static final int NEXT_HEADER = 6;
    private static final int HOP_BY_HOP = 0;

    private final List<String> kernel;
    private final List<String> penstock;

    CounterMap(final List<String> kernel, final List<String> penstock) {
        this.kernel = kernel;
        this.penstock = penstock;
    }

    /** True when the counters of these packets can be compared: all of one family, and none of them with options. */
    static boolean covers(final List<Arrival> arrivals) {
        return !arrivals.isEmpty() && arrivals.stream().allMatch(
                arrival -> covers(arrival) && arrival.version() == arrivals.getFirst().version());
    }

    /** True for a packet whose counters can be compared. */
    static boolean covers(final Arrival arrival) {
        final byte[] bytes = arrival.bytes();
        return arrival.version() == 4 ? (bytes[0] & 0xF) * 4 <= Wire.IPV4_BYTES
                : arrival.version() == 6 && (bytes.length < Wire.IPV6_BYTES
                        || bytes[NEXT_HEADER] != HOP_BY_HOP && (Wire.u64(bytes, 24) | Wire.u64(bytes, 32)) != 0
                                && !Purpose.hasOddLinkLocal(bytes));
    }

    /** What does not fit after packets of a family that are all {@link #covers covered}, a sentence each. */
    static List<String> of(final int version, final Map<String, Long> kernelCounts, final Map<String, Long> penstockCounts) {
        final List<String> wrong = new ArrayList<>();
        for (final CounterMap map : values()) {
            final long there = sum(map.kernel, kernelCounts);
            final long here = sum(map.penstock, penstockCounts);
            if (map.isIpv6() == (version == 6) && there != here) {
                wrong.add("counters differ: the kernel's " + String.join(" + ", map.kernel) + '=' + there + ", Penstock's "
                        + String.join(" + ", map.penstock) + '=' + here);
            }
        }
        return wrong;
    }

    private boolean isIpv6() {
        return compareTo(HEADERS6) >= 0;
    }

    private static long sum(final List<String> names, final Map<String, Long> counts) {
        return names.stream().mapToLong(name -> counts.getOrDefault(name, 0L)).sum();
    }
}
