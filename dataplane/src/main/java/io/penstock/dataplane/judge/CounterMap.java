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
 * </pre>
 *
 * <p>The kernel has no counter of its own for martians, for routes of type blackhole, unreachable and prohibit, and for source
 * routes that are switched off. It counts packets of a TUN device only if their version is 4 or 6.
 *
 * <p>Only packets without IPv4 options fit: of a source route the kernel counts some refusals and not others, and an ICMP error
 * that echoes bad options to this host itself is counted once more on its loopback.
 *
 * <p>Source: RFC 4293; net/ipv4/ip_input.c, ip_forward.c, ip_output.c, route.c. Threads: any.
 */
enum CounterMap {
    CHECKSUMS(List.of("IpExtInCsumErrors"), List.of("drop.ipv4_checksum")),
    HEADERS(List.of("IpExtInTruncatedPkts", "IpInHdrErrors"), List.of("drop.ipv4_truncated", "drop.ipv4_header_length",
            "drop.ipv4_total_length", "drop.ipv4_checksum", "drop.ipv4_options", "drop.ttl_expired")),
    ROUTES(List.of("IpExtInNoRoutes"), List.of("drop.no_route")),
    FORWARDING(List.of("IpInAddrErrors"), List.of("drop.forwarding_off")),
    REVERSE_PATH(List.of("TcpExtIPReversePathFilter"), List.of("drop.source_filtered")),
    FRAGMENTED(List.of("IpFragOKs"), List.of("fragmented")),
    TOO_LARGE(List.of("IpFragFails"), List.of("drop.mtu_exceeded", "drop.fragment_failed"));

    private final List<String> kernel;
    private final List<String> penstock;

    CounterMap(final List<String> kernel, final List<String> penstock) {
        this.kernel = kernel;
        this.penstock = penstock;
    }

    /** True when the counters of packets like this one can be compared. */
    static boolean covers(final Arrival arrival) {
        return arrival.version() == 4 && (arrival.bytes()[0] & 0xF) * 4 <= Wire.IPV4_BYTES;
    }

    /** What does not fit after packets that are all {@link #covers covered}, a sentence each. */
    static List<String> ipv4(final Map<String, Long> kernelCounts, final Map<String, Long> penstockCounts) {
        final List<String> wrong = new ArrayList<>();
        for (final CounterMap map : values()) {
            final long there = sum(map.kernel, kernelCounts);
            final long here = sum(map.penstock, penstockCounts);
            if (there != here) {
                wrong.add("counters differ: the kernel's " + String.join(" + ", map.kernel) + '=' + there + ", Penstock's "
                        + String.join(" + ", map.penstock) + '=' + here);
            }
        }
        return wrong;
    }

    private static long sum(final List<String> names, final Map<String, Long> counts) {
        return names.stream().mapToLong(name -> counts.getOrDefault(name, 0L)).sum();
    }
}
