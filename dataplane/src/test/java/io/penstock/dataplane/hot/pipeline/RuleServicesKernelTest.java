package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.RulePair;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.api.IpFamily;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What rules ask of their surroundings, as the kernel's rules find it. */
@Privileged(programs = {"iptables-legacy", "ip6tables-legacy", "iptables-legacy-save", "ip6tables-legacy-save"})
class RuleServicesKernelTest {

    private static final byte[] NONE = {};
    private static final int SYN = 2;

    private static final List<String> ADDRESSES4 = List.of("10.0.0.7", "10.0.0.254", "10.9.0.254", "10.9.0.3", "10.0.0.255",
            "10.9.0.255", "10.0.0.0", "10.1.0.9", "10.3.0.9", "10.66.0.1", "10.67.0.1", "10.68.0.1", "192.0.2.1", "224.0.0.5",
            "239.1.1.1", "255.255.255.255", "0.0.0.0", "0.1.2.3", "127.0.0.1", "240.0.0.1");
    private static final List<String> ADDRESSES6 = List.of("fd00::7", "fd00::fe", "fd09::fe", "fd09::3", "fd00::", "fd09::", "fd01::9",
            "fd01::", "fd03::9", "fd66::1", "fd67::1", "2001:db8::1", "ff02::1", "ff0e::7", "::ffff:10.0.0.1");

    @Test
    void shouldClampTheSegmentSizeAsTheKernelDoes() throws Exception {
        try (RulePair pair = new RulePair(ProgramKind.COMPILED)) {
            for (final IpFamily family : IpFamily.values()) {
                final boolean four = family == IpFamily.IPV4;
                final String near = four ? "10.0.0.7" : "fd00::7";
                final List<String> farther = four ? List.of("10.1.0.9", "10.3.0.9") : List.of("fd01::9", "fd03::9");
                for (final String chain : List.of("FORWARD", "POSTROUTING")) {
                    for (final String size : List.of("--clamp-mss-to-pmtu", "--set-mss 1234", "--set-mss 100")) {
                        pair.rule(family, "-t mangle -A " + chain + " -p tcp --tcp-flags SYN,RST SYN -j TCPMSS " + size);
                        for (final String far : farther) {
                            assertEquals(9, segments(near, far).stream().filter(one -> pair.same(0, one).equals("t1")).count());
                            assertEquals(9, segments(far, near).stream().filter(one -> pair.same(1, one).equals("t0")).count());
                        }
                        pair.rule(family, "-t mangle -F " + chain);
                    }
                }
            }
        }
    }

    private static List<byte[]> segments(final String from, final String to) {
        final HexFormat hex = HexFormat.of();
        return List.of(IpPackets.tcp(from, to, SYN, hex.parseHex("020405b4"), 0),
                IpPackets.tcp(from, to, SYN, hex.parseHex("020405b4"), 11),
                IpPackets.tcp(from, to, SYN, hex.parseHex("02040050"), 0),
                IpPackets.tcp(from, to, SYN, hex.parseHex("01010402020405b4"), 0),
                IpPackets.tcp(from, to, SYN, hex.parseHex("0402080a0102030405060708010303070000000002040500"), 0),
                IpPackets.tcp(from, to, SYN, NONE, 0),
                IpPackets.tcp(from, to, SYN, hex.parseHex("01010402"), 0),
                IpPackets.tcp(from, to, SYN, NONE, 3),
                IpPackets.tcp(from, to, 0x10, hex.parseHex("020405b4"), 5));
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowTheKindsOfAddressesAsTheKernelDoes(final ProgramKind program) throws Exception {
        try (RulePair pair = new RulePair(program)) {
            for (final String kind : List.of("UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE",
                    "PROHIBIT", "THROW", "LOCAL,BROADCAST")) {
                for (final String end : List.of("--src-type", "--dst-type", "! --dst-type", "--limit-iface-in --dst-type",
                        "--limit-iface-in --src-type")) {
                    pair.rule(IpFamily.IPV4, "-t raw -A PREROUTING -m addrtype " + end + ' ' + kind);
                }
                pair.rule(IpFamily.IPV4, "-t mangle -A POSTROUTING -m addrtype --limit-iface-out --dst-type " + kind);
            }
            for (final String kind : List.of("UNSPEC", "UNICAST", "LOCAL", "ANYCAST", "MULTICAST", "UNREACHABLE", "UNICAST,LOCAL",
                    "MULTICAST,LOCAL", "LOCAL,ANYCAST,UNREACHABLE")) {
                for (final String end : List.of("--src-type", "--dst-type", "! --dst-type", "--limit-iface-in --dst-type",
                        "--limit-iface-in --src-type")) {
                    pair.rule(IpFamily.IPV6, "-t raw -A PREROUTING -m addrtype " + end + ' ' + kind);
                }
                // Of what the kernel sends of its own accord, nothing is UDP.
                pair.rule(IpFamily.IPV6, "-t mangle -A POSTROUTING -p udp -m addrtype --limit-iface-out --dst-type " + kind);
            }
            exchange(pair);
            final String counted = pair.sameCounters(IpFamily.IPV4) + pair.sameCounters(IpFamily.IPV6);
            assertTrue(counted.lines().filter(line -> !line.startsWith("[0:0]")).count() > 40, counted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowTheWayBackAsTheKernelDoes(final ProgramKind program) throws Exception {
        try (RulePair pair = new RulePair(program)) {
            for (final IpFamily family : IpFamily.values()) {
                for (final String how : List.of("", " --loose", " --accept-local", " --loose --accept-local", " --invert",
                        " --validmark")) {
                    pair.rule(family, "-t raw -A PREROUTING -m rpfilter" + how);
                }
            }
            exchange(pair);
            pair.sameCounters(IpFamily.IPV4);
            pair.sameCounters(IpFamily.IPV6);
        }
    }

    /** From each address to some, and to each address from one, by both ports. */
    private static void exchange(final RulePair pair) throws Exception {
        // The kernel's host would answer, and Penstock has none here.
        pair.rule(IpFamily.IPV4, "-A INPUT -j DROP");
        pair.rule(IpFamily.IPV6, "-A INPUT -j DROP");
        for (int port = 0; port < 2; port++) {
            for (final String address : ADDRESSES4) {
                pair.same(port, IpPackets.udp(address, "10.1.0.9", 4));
                pair.same(port, IpPackets.udp(address, "255.255.255.255", 4));
                pair.same(port, IpPackets.udp(port == 0 ? "10.0.0.7" : "10.9.0.7", address, 4));
            }
            for (final String address : ADDRESSES6) {
                if (!address.startsWith("ff")) {
                    pair.same(port, IpPackets.udp(address, port == 0 ? "fd01::9" : "fd00::9", 4));
                }
                if (!leadsBack(port, address)) {
                    pair.same(port, IpPackets.udp(port == 0 ? "fd00::7" : "fd09::7", address, 4));
                }
            }
        }
    }

    /** Of such packets their senders are told, where this host has a link-local address; here only Penstock's has one. */
    private static boolean leadsBack(final int port, final String address) {
        final String prefixes = port == 0 ? "fd00.*" : "fd0[139].*";
        return address.matches(prefixes) && !address.endsWith("::fe");
    }

    @Test
    void shouldSendCopiesAsTheKernelDoes() throws Exception {
        try (RulePair pair = new RulePair(ProgramKind.COMPILED)) {
            pair.rule(IpFamily.IPV4, "-A INPUT -j DROP");
            pair.rule(IpFamily.IPV4, "-t mangle -A PREROUTING -p udp -j TEE --gateway 10.9.0.3");
            pair.rule(IpFamily.IPV4, "-t mangle -A FORWARD -p tcp -j TEE --gateway 10.0.0.3");
            pair.rule(IpFamily.IPV4, "-t mangle -A POSTROUTING -p icmp -j TEE --gateway 10.1.0.3");
            pair.rule(IpFamily.IPV4, "-t mangle -A PREROUTING -p 253 -j TEE --gateway 10.67.0.3");
            pair.rule(IpFamily.IPV6, "-t mangle -A PREROUTING -p udp -j TEE --gateway fd09::3");
            pair.rule(IpFamily.IPV6, "-t mangle -A FORWARD -p tcp -j TEE --gateway fd00::3");
            pair.rule(IpFamily.IPV6, "-t mangle -A POSTROUTING -p icmpv6 -j TEE --gateway fd01::3");
            assertEquals("t1, t1", pair.same(0, IpPackets.udp("10.0.0.7", "10.1.0.9", 4)));
            assertEquals("t0, t1", pair.same(1, IpPackets.udp("10.9.0.7", "10.0.0.9", 4)));
            assertEquals("t1", pair.same(0, IpPackets.udp("10.0.0.7", "10.0.0.254", 4)));
            assertEquals("t0, t1", pair.same(0, IpPackets.tcp("10.0.0.7", "10.1.0.9", SYN, NONE, 4)));
            assertEquals("t1, t1", pair.same(0, IpPackets.icmp("10.0.0.7", "10.1.0.9", 8, 0)));
            assertEquals("t1", pair.same(0, IpPackets.of("10.0.0.7", "10.1.0.9", 253, new byte[4])));
            assertEquals("t1, t1", pair.same(0, IpPackets.udp("fd00::7", "fd01::9", 4)));
            assertEquals("t0, t1", pair.same(0, IpPackets.tcp("fd00::7", "fd01::9", SYN, NONE, 4)));
            assertEquals("t1, t1", pair.same(0, IpPackets.icmp("fd00::7", "fd01::9", 128, 0)));
            // The copy does not fit, and its sender is told.
            assertEquals("t0 3/4, t1", pair.same(0, IpPackets.of("10.0.0.7", "10.1.0.9", 17, 0, NONE,
                    IpPackets.udpBytes("10.0.0.7", "10.1.0.9", 1400))).replace(", t1, t1", ", t1"));
            pair.same(0, IpPackets.udp("fd00::7", "fd01::9", 1400));
            // Errors are copied as well, and copies are refused where they go out.
            assertEquals("t0 3/0, t1 3/0", pair.same(0, IpPackets.udp("10.0.0.7", "192.0.2.1", 4)).replaceFirst("t1, ", ""));
            pair.rule(IpFamily.IPV4, "-A OUTPUT -p udp -j REJECT");
            pair.rule(IpFamily.IPV6, "-A OUTPUT -p udp -j REJECT");
            pair.same(0, IpPackets.udp("10.0.0.7", "10.1.0.9", 4));
            pair.same(0, IpPackets.udp("fd00::7", "fd01::9", 4));
        }
    }
}
