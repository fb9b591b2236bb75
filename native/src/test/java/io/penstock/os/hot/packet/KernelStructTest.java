package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.testkit.Shell;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Offsets and sizes against the kernel's structs, as the C compiler lays them out. Bit fields have no offset; what has no
 * user-space header (sctphdr, vlan_hdr, gre_base_hdr) is covered by bytes in the other tests.
 */
final class KernelStructTest {

    /** The C library's first: the kernel's headers then leave out what both define. */
    private static final List<String> HEADERS = List.of("netinet/if_ether.h", "netinet/ip6.h", "linux/if_ether.h",
            "linux/ip.h", "linux/ipv6.h", "linux/tcp.h", "linux/udp.h", "linux/icmp.h", "linux/icmpv6.h");

    @Test
    void shouldAgreeWithTheCompiler(@TempDir final Path dir) throws IOException {
        assumeTrue(onPath("cc"), "lacking: program cc");
        final Map<String, Integer> expected = expected();
        final StringBuilder source = new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n");
        HEADERS.forEach(h -> source.append("#include <" + h + ">\n"));
        source.append("int main(void) {\n");
        for (final String name : expected.keySet()) {
            source.append("printf(\"%s %%zu\\n\", (size_t) %s);\n".formatted(name, expression(name)));
        }
        source.append("return 0; }\n");
        final Path program = dir.resolve("layout");
        Files.writeString(dir.resolve("layout.c"), source);
        Shell.sh("cc -o %s %s", program, dir.resolve("layout.c"));

        final Map<String, Integer> actual = new TreeMap<>();
        Shell.sh(program.toString()).lines().map(line -> line.split(" "))
                .forEach(words -> actual.put(words[0], Integer.valueOf(words[1])));
        assertEquals(new TreeMap<>(expected), actual);
    }

    /** {@code struct.field} for an offset, {@code struct} for a size, anything else as it is. */
    private static Map<String, Integer> expected() {
        final Map<String, Integer> e = new LinkedHashMap<>();
        e.put("ethhdr", EthernetLayout.HEADER_BYTES);
        e.put("ethhdr.h_dest", EthernetLayout.DESTINATION);
        e.put("ethhdr.h_source", EthernetLayout.SOURCE);
        e.put("ethhdr.h_proto", EthernetLayout.ETHER_TYPE);
        e.put("ETH_P_8021Q", EthernetLayout.TYPE_VLAN);
        e.put("ETH_P_8021AD", EthernetLayout.TYPE_SERVICE_VLAN);
        e.put("ETH_P_IPV6", EthernetLayout.TYPE_IPV6);
        e.put("arphdr", ArpLayout.FIXED_BYTES);
        e.put("arphdr.ar_hrd", ArpLayout.HARDWARE_TYPE);
        e.put("arphdr.ar_pro", ArpLayout.PROTOCOL_TYPE);
        e.put("arphdr.ar_hln", ArpLayout.HARDWARE_ADDRESS_BYTES);
        e.put("arphdr.ar_pln", ArpLayout.PROTOCOL_ADDRESS_BYTES);
        e.put("arphdr.ar_op", ArpLayout.OPERATION);
        e.put("ether_arp", ArpLayout.PACKET_BYTES);
        e.put("ether_arp.arp_sha", ArpLayout.SENDER_MAC);
        e.put("ether_arp.arp_spa", ArpLayout.SENDER_IP);
        e.put("ether_arp.arp_tha", ArpLayout.TARGET_MAC);
        e.put("ether_arp.arp_tpa", ArpLayout.TARGET_IP);
        e.put("iphdr", Ipv4Layout.HEADER_BYTES);
        e.put("iphdr.tos", Ipv4Layout.TOS);
        e.put("iphdr.tot_len", Ipv4Layout.TOTAL_LENGTH);
        e.put("iphdr.id", Ipv4Layout.ID);
        e.put("iphdr.frag_off", Ipv4Layout.FRAGMENT);
        e.put("iphdr.ttl", Ipv4Layout.TTL);
        e.put("iphdr.protocol", Ipv4Layout.PROTOCOL);
        e.put("iphdr.check", Ipv4Layout.CHECKSUM);
        e.put("iphdr.saddr", Ipv4Layout.SOURCE);
        e.put("iphdr.daddr", Ipv4Layout.DESTINATION);
        e.put("ipv6hdr", Ipv6Layout.HEADER_BYTES);
        e.put("ipv6hdr.payload_len", Ipv6Layout.PAYLOAD_LENGTH);
        e.put("ipv6hdr.nexthdr", Ipv6Layout.NEXT_HEADER);
        e.put("ipv6hdr.hop_limit", Ipv6Layout.HOP_LIMIT);
        e.put("ipv6hdr.saddr", Ipv6Layout.SOURCE);
        e.put("ipv6hdr.daddr", Ipv6Layout.DESTINATION);
        e.put("tcphdr", TcpLayout.HEADER_BYTES);
        e.put("tcphdr.source", TcpLayout.SOURCE_PORT);
        e.put("tcphdr.dest", TcpLayout.DESTINATION_PORT);
        e.put("tcphdr.seq", TcpLayout.SEQUENCE);
        e.put("tcphdr.ack_seq", TcpLayout.ACKNOWLEDGMENT);
        e.put("tcphdr.window", TcpLayout.WINDOW);
        e.put("tcphdr.check", TcpLayout.CHECKSUM);
        e.put("tcphdr.urg_ptr", TcpLayout.URGENT);
        e.put("udphdr", UdpLayout.HEADER_BYTES);
        e.put("udphdr.source", UdpLayout.SOURCE_PORT);
        e.put("udphdr.dest", UdpLayout.DESTINATION_PORT);
        e.put("udphdr.len", UdpLayout.LENGTH);
        e.put("udphdr.check", UdpLayout.CHECKSUM);
        e.put("icmphdr", IcmpLayout.HEADER_BYTES);
        e.put("icmphdr.type", IcmpLayout.TYPE);
        e.put("icmphdr.code", IcmpLayout.CODE);
        e.put("icmphdr.checksum", IcmpLayout.CHECKSUM);
        e.put("icmphdr.un.echo.id", IcmpLayout.ID);
        e.put("icmphdr.un.echo.sequence", IcmpLayout.SEQUENCE);
        e.put("icmphdr.un.gateway", IcmpLayout.GATEWAY);
        e.put("icmphdr.un.frag.mtu", IcmpLayout.MTU);
        e.put("icmp6hdr", Icmpv6Layout.HEADER_BYTES);
        e.put("icmp6hdr.icmp6_type", Icmpv6Layout.TYPE);
        e.put("icmp6hdr.icmp6_code", Icmpv6Layout.CODE);
        e.put("icmp6hdr.icmp6_cksum", Icmpv6Layout.CHECKSUM);
        e.put("icmp6hdr.icmp6_dataun.u_echo.identifier", Icmpv6Layout.ID);
        e.put("icmp6hdr.icmp6_dataun.u_echo.sequence", Icmpv6Layout.SEQUENCE);
        e.put("ip6_frag", 8);
        e.put("ip6_frag.ip6f_offlg", 2);
        e.put("ip6_frag.ip6f_ident", 4);
        e.put("IPPROTO_ICMPV6", IpProtocol.ICMPV6);
        e.put("IPPROTO_MH", IpProtocol.MOBILITY);
        e.put("IPPROTO_SCTP", IpProtocol.SCTP);
        e.put("IPPROTO_UDPLITE", IpProtocol.UDPLITE);
        return e;
    }

    private static String expression(final String name) {
        final int dot = name.indexOf('.');
        if (dot > 0) {
            return "offsetof(struct %s, %s)".formatted(name.substring(0, dot), name.substring(dot + 1));
        }
        return Character.isUpperCase(name.charAt(0)) ? name : "sizeof(struct " + name + ')';
    }

    private static boolean onPath(final String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    }
}
