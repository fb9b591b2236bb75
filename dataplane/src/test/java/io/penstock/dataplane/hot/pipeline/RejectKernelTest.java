package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.RulePair;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What REJECT answers, byte for byte as the kernel does. */
@Privileged(programs = {"iptables-legacy", "ip6tables-legacy"})
class RejectKernelTest {

    private static final byte[] NONE = {};
    private static final int SYN = 2;
    private static final int FIN = 1;
    private static final int RST = 4;
    private static final int PSH_ACK = 0x18;

    @Test
    void shouldAnswerAsTheKernelDoesOverIpv4(final TestReporter reporter) throws Exception {
        final List<String> types = List.of("icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable",
                "icmp-port-unreachable", "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited");
        run(IpFamily.IPV4, types, reporter, "10.0.0.7", "10.1.0.9", "10.0.0.254", "10.9.0.254");
    }

    @Test
    void shouldAnswerAsTheKernelDoesOverIpv6(final TestReporter reporter) throws Exception {
        final List<String> types = List.of("icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable",
                "icmp6-port-unreachable", "icmp6-policy-fail", "icmp6-reject-route");
        run(IpFamily.IPV6, types, reporter, "fd00::7", "fd01::9", "fd00::fe", "fd09::fe");
    }

    private static void run(final IpFamily family, final List<String> types, final TestReporter reporter, final String host,
            final String far, final String own, final String otherOwn) throws Exception {
        final TreeMap<String, Integer> kinds = new TreeMap<>();
        try (RulePair pair = new RulePair(ProgramKind.COMPILED)) {
            for (final String chain : List.of("FORWARD", "INPUT")) {
                for (final String type : types) {
                    pair.rule(family, "-A " + chain + " -j REJECT --reject-with " + type);
                    for (final String to : chain.equals("FORWARD") ? List.of(far) : List.of(own, otherOwn)) {
                        packets(host, to).forEach(packet -> kinds.merge(pair.same(0, packet), 1, Integer::sum));
                    }
                    pair.rule(family, "-F " + chain);
                }
                pair.rule(family, "-A " + chain + " -p tcp -j REJECT --reject-with tcp-reset");
                for (final String to : chain.equals("FORWARD") ? List.of(far) : List.of(own, otherOwn)) {
                    packets(host, to).stream().filter(packet -> chain.equals("FORWARD") || protocol(packet) == IpPackets.TCP)
                            .forEach(packet -> kinds.merge(pair.same(0, packet), 1, Integer::sum));
                }
                pair.rule(family, "-F " + chain);
            }
        }
        reporter.publishEntry("what the kernel sent", kinds.toString());
        assertTrue(kinds.size() > types.size() + 1, kinds::toString);
    }

    private static int protocol(final byte[] packet) {
        return packet[packet[0] >>> 4 == 4 ? 9 : 6];
    }

    private static List<byte[]> packets(final String from, final String to) {
        final List<byte[]> packets = new ArrayList<>();
        final byte[] udp = IpPackets.udp(from, to, 5);
        packets.add(udp);
        packets.add(IpPackets.spoiled(udp));
        packets.add(IpPackets.udp(from, to, 1300));
        packets.add(withoutChecksum(from, udp));
        packets.add(IpPackets.tcp(from, to, SYN, HexFormat.of().parseHex("020405b4"), 0));
        packets.add(IpPackets.tcp(from, to, FIN, NONE, 7));
        packets.add(IpPackets.tcp(from, to, SYN | FIN, NONE, 7));
        packets.add(IpPackets.tcp(from, to, PSH_ACK, NONE, 100));
        packets.add(IpPackets.tcp(from, to, 0, NONE, 0));
        packets.add(IpPackets.tcp(from, to, RST, NONE, 0));
        packets.add(IpPackets.spoiled(IpPackets.tcp(from, to, SYN, NONE, 3)));
        packets.add(IpPackets.of(from, to, IpPackets.TCP, new byte[12]));
        for (final int protocol : new int[] {253, 47, 50, 132, 136, 33, 59}) {
            packets.add(IpPackets.of(from, to, protocol, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
        }
        packets.add(IpPackets.of(from, to, 253, new byte[8]));
        packets.add(IpPackets.of(from, to, 253, NONE));
        packets.add(IpPackets.of(from, to, 253, IpPackets.summed(from, to, 253, new byte[] {1, 2, 3, 4, 0, 0, 7}, 4)));
        for (final int type : new int[] {0, 1, 3, 5, 8, 11, 13, 40, 128, 129, 200}) {
            packets.add(IpPackets.icmp(from, to, type, 0));
        }
        if (from.indexOf(':') < 0) {
            packets.addAll(packets4(from, to));
        } else {
            packets.addAll(packets6(from, to));
        }
        return packets;
    }

    private static List<byte[]> packets4(final String from, final String to) {
        final boolean own = to.endsWith(".254");
        final byte[] route = HexFormat.of().parseHex("070704000000000000");
        final byte[] udp = IpPackets.udpBytes(from, to, 16);
        final List<byte[]> packets = new ArrayList<>();
        packets.add(IpPackets.of(from, to, IpPackets.UDP, 0x4000, route, udp));
        packets.add(IpPackets.of(from, to, IpPackets.TCP, 0, route, IpPackets.tcpBytes(from, to, SYN, NONE, 0)));
        if (!own) {
            // A host puts fragments together before it judges them.
            packets.add(IpPackets.of(from, to, IpPackets.UDP, 0x2000, NONE, udp));
            packets.add(IpPackets.of(from, to, IpPackets.UDP, 0x2000, NONE, IpPackets.udpBytes(from, to, 8)));
            packets.add(IpPackets.of(from, to, IpPackets.UDP, 0x2004, NONE, udp));
            packets.add(IpPackets.of(from, to, IpPackets.TCP, 0x2000, NONE, IpPackets.tcpBytes(from, to, SYN, NONE, 4)));
            packets.add(IpPackets.of(from, to, IpPackets.TCP, 0x0004, NONE, IpPackets.tcpBytes(from, to, SYN, NONE, 4)));
        }
        return packets;
    }

    private static List<byte[]> packets6(final String from, final String to) {
        final boolean own = to.endsWith("fe");
        final byte[] udp = IpPackets.udp(from, to, 16);
        final byte[] syn = IpPackets.tcp(from, to, SYN, NONE, 8);
        final List<byte[]> packets = new ArrayList<>();
        for (final int extension : new int[] {0, 60}) {
            packets.add(IpPackets.behind(extension, udp));
            packets.add(IpPackets.behind(extension, IpPackets.spoiled(udp)));
            packets.add(IpPackets.behind(extension, syn));
        }
        packets.add(IpPackets.behind(60, IpPackets.behind(60, syn)));
        if (!own) {
            packets.add(IpPackets.fragment6(1, udp));
            packets.add(IpPackets.fragment6(1, syn));
            packets.add(IpPackets.fragment6(0, syn));
            packets.add(IpPackets.fragment6(0x10, udp));
        }
        return packets;
    }

    private static byte[] withoutChecksum(final String from, final byte[] udp) {
        final byte[] packet = udp.clone();
        final int at = IpPackets.headerBytes(from) + 6;
        packet[at] = 0;
        packet[at + 1] = 0;
        return packet;
    }
}
