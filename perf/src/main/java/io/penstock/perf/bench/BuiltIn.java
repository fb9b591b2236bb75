package io.penstock.perf.bench;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.config.WorkersConfig;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.netlink.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What is measured unless captures are given: UDP flows, a packet each, from port {@code lan} to {@code wan}, behind which
 * a gateway is the default route. Every run makes the same packets.
 *
 * <p>Source: destinations are the benchmarking networks of RFC 2544, appendix C.2.2, and RFC 5180, section 8; ports are random as in RFC 4814.
 */
final class BuiltIn {

    /** The port that receives. */
    static final String INPUT = "lan";
    /** The port that sends. */
    static final String OUTPUT = "wan";

    /** Flows at the most: as many as network 10 has addresses. */
    static final int MAX_FLOWS = 1 << 24;
    /** Frames, without check sequence: Ethernet's least and, with an MTU of 1500, largest. */
    static final int MIN_FRAME_BYTES = 60;
    static final int MAX_FRAME_BYTES = 1514;

    private static final long SEED = 4814;
    private static final int NETWORK_10 = 0x0A00_0000;
    private static final int BENCHMARK_NETWORK = 0xC612_0000;
    private static final int BENCHMARK_HOSTS = 1 << 17;
    /** 2001:db8:1::/64, and 2001:2::/48 with a subnet for each destination. */
    private static final long LAN_PREFIX6 = 0x2001_0DB8_0001_0000L;
    private static final long BENCHMARK_PREFIX6 = 0x2001_0002_0000_0000L;
    /** Odd, so that multiplying by it permutes the sources: every flow has its own. */
    private static final int SPREAD = 0x9E_3779;
    private static final int FIRST_PORT = 1024;
    private static final int END_PORT = 65_536;
    private static final int TTL = 64;
    private static final long SENDER_MAC = 0x0200_0000_0002L;

    private BuiltIn() {
    }

    /** Two ports, an address of each family each, and default routes. */
    static Configuration configuration() {
        final Map<String, List<NetworkConfig.Prefix>> addresses = new LinkedHashMap<>();
        addresses.put(INPUT, List.of(prefix("10.0.0.254", 8), prefix("2001:db8:1::fe", 64)));
        addresses.put(OUTPUT, List.of(prefix("192.0.2.1", 24), prefix("2001:db8:2::1", 64)));
        final List<NetworkConfig.Route> routes =
                List.of(route(prefix("0.0.0.0", 0), "192.0.2.254"), route(prefix("::", 0), "2001:db8:2::fe"));
        return new Configuration(
                List.of(port(INPUT), port(OUTPUT)), new WorkersConfig(List.of(), WorkersConfig.Idle.SPIN),
                Configuration.Local.KERNEL, Configuration.OnDeath.KERNEL, null, null, null, null, Map.of(),
                new NetworkConfig(addresses, routes, List.of()));
    }

    /** The smallest frame of a family that holds a UDP header. */
    static int minFrameBytes(final boolean ipv6) {
        return Math.max(MIN_FRAME_BYTES, EthernetLayout.HEADER_BYTES + ipBytes(ipv6) + UdpLayout.HEADER_BYTES);
    }

    /** The flows' packets. */
    static CaptureMemory packets(final int flows, final int frameBytes, final boolean ipv6) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final CaptureMemory capture = new CaptureMemory(flows, frameBytes);
        for (int i = 0; i < flows; i++) {
            final long frame = capture.slot(i, frameBytes);
            EthernetLayout.setAddresses(frame, capture.mac(), SENDER_MAC);
            EthernetLayout.setEtherType(frame, ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            final int host = i * SPREAD & MAX_FLOWS - 1;
            final int destination = random.nextInt(BENCHMARK_HOSTS);
            final long udp = ip + ipBytes(ipv6);
            final int udpBytes = frameBytes - EthernetLayout.HEADER_BYTES - ipBytes(ipv6);
            UdpLayout.setSourcePort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setDestinationPort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setLength(udp, udpBytes);
            if (ipv6) {
                writeIpv6(ip, udpBytes, host, destination);
                Checksum.writeUdp6(ip, udp, udpBytes);
            } else {
                writeIpv4(ip, udpBytes, host, destination);
                Checksum.writeUdp4(ip, udp, udpBytes);
            }
        }
        return capture;
    }

    private static void writeIpv4(final long ip, final int udpBytes, final int host, final int destination) {
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + udpBytes);
        Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(ip, TTL);
        Ipv4Layout.setProtocol(ip, IpProtocol.UDP);
        Ipv4Layout.setSource(ip, NETWORK_10 | host);
        Ipv4Layout.setDestination(ip, BENCHMARK_NETWORK | destination);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
    }

    private static void writeIpv6(final long ip, final int udpBytes, final int host, final int destination) {
        Ipv6Layout.setVersionClassLabel(ip, 0, 0);
        Ipv6Layout.setPayloadLength(ip, udpBytes);
        Ipv6Layout.setNextHeader(ip, IpProtocol.UDP);
        Ipv6Layout.setHopLimit(ip, TTL);
        Ipv6Layout.setSource(ip, LAN_PREFIX6, 1L << Integer.SIZE | host);
        Ipv6Layout.setDestination(ip, BENCHMARK_PREFIX6 | destination, 1);
    }

    private static int ipBytes(final boolean ipv6) {
        return ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
    }

    private static NetworkConfig.Route route(final NetworkConfig.Prefix to, final String gateway) {
        return new NetworkConfig.Route(to, IpAddress.parse(gateway), OUTPUT, NetworkConfig.RouteType.UNICAST);
    }

    private static PortConfig port(final String name) {
        return new PortConfig(
                name, name, PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, PortConfig.ALL_QUEUES);
    }

    private static NetworkConfig.Prefix prefix(final String address, final int length) {
        return new NetworkConfig.Prefix(IpAddress.parse(address), length);
    }
}
