package io.penstock.perf.bench.engine;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.fib.RouteSet;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What is measured unless captures are given: UDP flows, a packet each, from port {@code lan} to {@code wan}, behind which
 * a gateway is the default route. Every run makes the same packets.
 *
 * <p>Source: destinations are the benchmarking networks of RFC 2544, appendix C.2.2, and RFC 5180, section 8, unless routes are
 * made up; ports are random as in RFC 4814.
 */
public final class BuiltIn {

    /** The port that receives. */
    public static final String INPUT = "lan";
    /** The port that sends. */
    public static final String OUTPUT = "wan";

    /** Flows at the most: as many as network 10 has addresses. */
    public static final int MAX_FLOWS = 1 << 24;
    /** Frames, without check sequence: Ethernet's least and, with an MTU of 1500, largest. */
    public static final int MIN_FRAME_BYTES = 60;
    public static final int MAX_FRAME_BYTES = 1514;

    private static final String CONFIGURATION = """
            ports: { lan: { device: lan }, wan: { device: wan } }
            workers: { idle: spin }
            local: kernel
            network:
              addresses:
                lan: [10.0.0.254/8, "2001:db8:1::fe/64"]
                wan: [192.0.2.1/24, "2001:db8:2::1/64"]
              routes:
                - { to: 0.0.0.0/0, via: 192.0.2.254, port: wan }
                - { to: "::/0", via: "2001:db8:2::fe", port: wan }
            """;
    /** 198.51.100.i is behind 192.0.2.(100 + i), and 2001:db8:3::i, in hexadecimal, behind 2001:db8:2::(100 + i). */
    private static final String NEXT_HOP = """
                - { to: 198.51.100.%d/32, via: 192.0.2.%d, port: wan }
                - { to: "2001:db8:3::%x/128", via: "2001:db8:2::%x", port: wan }
            """;
    private static final int FIRST_GATEWAY = 100;
    private static final int NEXT_HOPS_NETWORK = 0xC633_6400;
    private static final long NEXT_HOPS_PREFIX6 = 0x2001_0DB8_0003_0000L;
    private static final long SEED = 4814;
    private static final int NETWORK_10 = 0x0A00_0000;
    private static final int LAN_HOST = 254;
    private static final int ANOTHER_HOST = 0x80_0001;
    private static final long BENCHMARK_NETWORK = 0xC612_0000L;
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

    /** Two ports, an address of each family each, default routes, and a route of its own by each next hop of others. */
    public static Configuration configuration() {
        final StringBuilder text = new StringBuilder(CONFIGURATION);
        for (int i = 0; i < RouteSet.NEXT_HOPS; i++) {
            text.append(NEXT_HOP.formatted(i, FIRST_GATEWAY + i, i, FIRST_GATEWAY + i));
        }
        try (ScratchFolder folder = ScratchFolder.make("bench")) {
            return new ConfigurationBuilder().file(Files.writeString(folder.path().resolve("built-in.yaml"), text)).build();
        } catch (final IOException e) {
            throw new BenchException("the built-in configuration cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }

    /** The adjacencies of the next hops that the configuration has for other routes. */
    static int[] nextHops(final Fib fib, final boolean ipv6) {
        final int[] adjacencies = new int[RouteSet.NEXT_HOPS];
        Arrays.setAll(adjacencies, i -> ipv6 ? fib.lookup6(NEXT_HOPS_PREFIX6, i) : fib.lookup4(NEXT_HOPS_NETWORK | i));
        return adjacencies;
    }

    /** The smallest frame of a family that holds a UDP header. */
    public static int minFrameBytes(final boolean ipv6) {
        return Math.max(MIN_FRAME_BYTES, EthernetLayout.HEADER_BYTES + ipBytes(ipv6) + UdpLayout.HEADER_BYTES);
    }

    /** The flows' packets; their destinations are uniform over routes, or with null over the benchmarking networks. */
    public static CaptureMemory packets(final int flows, final int frameBytes, final boolean ipv6, final RouteSet routes) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final CaptureMemory capture = new CaptureMemory(flows, frameBytes);
        for (int i = 0; i < flows; i++) {
            final long frame = capture.slot(i, frameBytes);
            EthernetLayout.setAddresses(frame, capture.mac(), SENDER_MAC);
            EthernetLayout.setEtherType(frame, ipv6 ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            final int host = host(i * SPREAD & MAX_FLOWS - 1);
            final long destination = routes == null ? destination(ipv6, random.nextInt(BENCHMARK_HOSTS))
                    : routes.address(random.nextInt(routes.count()), random);
            final long udp = ip + ipBytes(ipv6);
            final int udpBytes = frameBytes - EthernetLayout.HEADER_BYTES - ipBytes(ipv6);
            UdpLayout.setSourcePort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setDestinationPort(udp, random.nextInt(FIRST_PORT, END_PORT));
            UdpLayout.setLength(udp, udpBytes);
            if (ipv6) {
                writeIpv6(ip, udpBytes, host, destination);
                Checksum.writeUdp6(ip, udp, udpBytes);
            } else {
                writeIpv4(ip, udpBytes, host, (int) destination);
                Checksum.writeUdp4(ip, udp, udpBytes);
            }
        }
        return capture;
    }

    /** An address that is no port's own and no network's or broadcast address, which a router may refuse as a source. */
    private static int host(final int any) {
        return any == 0 || any == LAN_HOST || any == MAX_FLOWS - 1 ? ANOTHER_HOST : any;
    }

    private static long destination(final boolean ipv6, final int host) {
        return ipv6 ? BENCHMARK_PREFIX6 | host : BENCHMARK_NETWORK | host;
    }

    private static void writeIpv4(final long ip, final int udpBytes, final int host, final int destination) {
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + udpBytes);
        Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(ip, TTL);
        Ipv4Layout.setProtocol(ip, IpProtocol.UDP);
        Ipv4Layout.setSource(ip, NETWORK_10 | host);
        Ipv4Layout.setDestination(ip, destination);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
    }

    private static void writeIpv6(final long ip, final int udpBytes, final int host, final long destination) {
        Ipv6Layout.setVersionClassLabel(ip, 0, 0);
        Ipv6Layout.setPayloadLength(ip, udpBytes);
        Ipv6Layout.setNextHeader(ip, IpProtocol.UDP);
        Ipv6Layout.setHopLimit(ip, TTL);
        Ipv6Layout.setSource(ip, LAN_PREFIX6, 1L << Integer.SIZE | host);
        Ipv6Layout.setDestination(ip, destination, 1);
    }

    private static int ipBytes(final boolean ipv6) {
        return ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
    }
}
