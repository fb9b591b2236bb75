package io.penstock.perf.bench;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.config.WorkersConfig;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.netlink.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What is measured unless captures are given: UDP flows over IPv4, a packet each, from port {@code lan} to {@code wan}, whose
 * default route leads to one gateway. Every run makes the same packets.
 *
 * <p>Source: destinations are the benchmarking network of RFC 2544, appendix C.2.2; ports are random as in RFC 4814.
 */
final class BuiltIn {

    /** The port that receives. */
    static final String INPUT = "lan";

    /** Flows at the most: as many as network 10 has addresses. */
    static final int MAX_FLOWS = 1 << 24;
    /** Frames, without check sequence: Ethernet's least and, with an MTU of 1500, largest. */
    static final int MIN_FRAME_BYTES = 60;
    static final int MAX_FRAME_BYTES = 1514;

    private static final long SEED = 4814;
    private static final int NETWORK_10 = 0x0A00_0000;
    private static final int BENCHMARK_NETWORK = 0xC612_0000;
    private static final int BENCHMARK_HOSTS = 1 << 17;
    /** Odd, so that multiplying by it permutes the sources: every flow has its own. */
    private static final int SPREAD = 0x9E_3779;
    private static final int FIRST_PORT = 1024;
    private static final int END_PORT = 65_536;
    private static final int TTL = 64;
    private static final long SENDER_MAC = 0x0200_0000_0002L;

    private BuiltIn() {
    }

    /** Two ports, an address each, and a default route. */
    static Configuration configuration() {
        final Map<String, List<NetworkConfig.Prefix>> addresses = new LinkedHashMap<>();
        addresses.put(INPUT, List.of(prefix("10.0.0.254", 8)));
        addresses.put("wan", List.of(prefix("192.0.2.1", 24)));
        final NetworkConfig.Route route = new NetworkConfig.Route(
                prefix("0.0.0.0", 0), IpAddress.parse("192.0.2.254"), "wan", NetworkConfig.RouteType.UNICAST);
        return new Configuration(
                List.of(port(INPUT), port("wan")), new WorkersConfig(List.of(), WorkersConfig.Idle.SPIN),
                Configuration.Local.KERNEL, Configuration.OnDeath.KERNEL, null, null, null, null, Map.of(),
                new NetworkConfig(addresses, List.of(route), List.of()));
    }

    /** The flows' packets. */
    static CaptureMemory packets(final int flows, final int frameBytes) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final CaptureMemory capture = new CaptureMemory(flows, frameBytes);
        for (int i = 0; i < flows; i++) {
            final long frame = capture.slot(i, frameBytes);
            EthernetLayout.setAddresses(frame, capture.mac(), SENDER_MAC);
            EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV4);
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
            Ipv4Layout.setTotalLength(ip, frameBytes - EthernetLayout.HEADER_BYTES);
            Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, TTL);
            Ipv4Layout.setProtocol(ip, IpProtocol.UDP);
            Ipv4Layout.setSource(ip, NETWORK_10 | (i * SPREAD & MAX_FLOWS - 1));
            Ipv4Layout.setDestination(ip, BENCHMARK_NETWORK | random.nextInt(BENCHMARK_HOSTS));
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            final long udp = ip + Ipv4Layout.HEADER_BYTES;
            final int udpBytes = frameBytes - EthernetLayout.HEADER_BYTES - Ipv4Layout.HEADER_BYTES;
            UdpLayout.setSourcePort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setDestinationPort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setLength(udp, udpBytes);
            Checksum.writeUdp4(ip, udp, udpBytes);
        }
        return capture;
    }

    private static PortConfig port(final String name) {
        return new PortConfig(
                name, name, PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, PortConfig.ALL_QUEUES);
    }

    private static NetworkConfig.Prefix prefix(final String address, final int length) {
        return new NetworkConfig.Prefix(IpAddress.parse(address), length);
    }
}
