package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.replay.ReplayFixture.Timed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ReplayTest {

    @TempDir
    private Path folder;

    private ReplayFixture net;

    @BeforeEach
    void create() {
        net = new ReplayFixture(folder);
    }

    @Test
    void shouldForwardWhenThereIsARoute() {
        final byte[] v4 = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        final byte[] v6 = Packets.udp("2001:db8::7", "2001:db8:1::9", 2);
        final byte[] back = Packets.udp("8.8.8.8", "10.0.0.7", 64);
        final ReplaySummary summary = net.replay(net.input("lan", LinkType.ETHERNET, v4, v6),
                net.input("wan", LinkType.ETHERNET, List.of(new Timed(1002 * ReplayFixture.SECOND_NS + 5, back))));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"lan","verdict":"forward","out":"wan"}
                {"n":3,"port":"wan","verdict":"forward","out":"lan"}
                """, net.verdicts());
        assertEquals(List.of(
                        ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS,
                                Packets.forwarded(v4, ReplayFixture.GATEWAY_MAC, ReplayFixture.WAN_MAC)),
                        ReplayFixture.shown(1001 * ReplayFixture.SECOND_NS,
                                Packets.forwarded(v6, 0x0200_0000_0009L, ReplayFixture.WAN_MAC))),
                net.packets("wan.pcap"));
        assertEquals(List.of(ReplayFixture.shown(1002 * ReplayFixture.SECOND_NS + 5,
                        Packets.forwarded(back, 0x0200_0A00_0007L, ReplayFixture.LAN_MAC))),
                net.packets("lan.pcap"));
        assertEquals(List.of(), net.packets("local.pcap"));
        assertEquals(Map.of("forward", 3L, "local", 0L, "drop", 0L, "stolen", 0L, "queue", 0L), summary.verdicts());
        assertEquals("packets=3 in 2.000000 s of their time: forward=3 local=0 drop=0 stolen=0 queue=0 unaccounted=0\n",
                summary.text());
    }

    @Test
    void shouldTellTheReasonWhenItDrops() {
        final byte[] badChecksum = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        badChecksum[14 + 8] = 63;
        final byte[] good = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        final ReplaySummary summary = net.replay(net.input("lan", LinkType.ETHERNET,
                Packets.udp("10.0.0.7", "8.8.8.8", 1),
                Packets.udp("2001:db8::7", "2001:db8:1::9", 1),
                Packets.udp("2001:db8::7", "2001:db8:2::9", 64),
                Packets.udp("10.0.0.7", "198.18.0.1", 64),
                Packets.udp("10.0.0.7", "198.51.100.1", 64),
                badChecksum,
                Arrays.copyOf(good, 40),
                Arrays.copyOf(good, 13),
                new byte[0],
                Packets.frame(Packets.BROADCAST_MAC, Packets.SOME_MAC, Packets.IPV4, Packets.ip("10.0.0.7", "8.8.8.8", 64, 1)),
                Packets.frame(Packets.SOME_MAC, Packets.OTHER_MAC, 0x88B5, (byte) 1),
                Packets.frame(Packets.SOME_MAC, Packets.OTHER_MAC, Packets.IPV4, Packets.ip("10.0.0.7", "8.8.8.8", 64, 1473)),
                new byte[262_144]));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"drop","reason":"ttl_expired"}
                {"n":2,"port":"lan","verdict":"drop","reason":"ttl_expired"}
                {"n":3,"port":"lan","verdict":"drop","reason":"no_route"}
                {"n":4,"port":"lan","verdict":"drop","reason":"route_blackhole"}
                {"n":5,"port":"lan","verdict":"drop","reason":"route_prohibit"}
                {"n":6,"port":"lan","verdict":"drop","reason":"ipv4_checksum"}
                {"n":7,"port":"lan","verdict":"drop","reason":"ipv4_total_length"}
                {"n":8,"port":"lan","verdict":"drop","reason":"frame_truncated"}
                {"n":9,"port":"lan","verdict":"drop","reason":"frame_truncated"}
                {"n":10,"port":"lan","verdict":"drop","reason":"frame_multicast"}
                {"n":11,"port":"lan","verdict":"drop","reason":"frame_protocol"}
                {"n":12,"port":"lan","verdict":"forward","out":"wan"}
                {"n":13,"port":"lan","verdict":"drop","reason":"frame_protocol"}
                """, net.verdicts());
        assertEquals(2, net.packets("wan.pcap").size(), "the fragments of the twelfth");
        assertEquals(0, summary.counters().unaccounted());
        assertTrue(summary.text().contains("\n  ttl_expired=2: The IPv4 time to live"), summary.text());
    }

    @Test
    void shouldDeliverWhatIsForTheHost() {
        final byte[] toHost = Packets.udp("10.0.0.7", "10.0.0.254", 1);
        final byte[] toOtherPortsAddress = Packets.udp("10.0.0.7", "192.0.2.1", 64);
        final byte[] arp = Packets.frame(Packets.BROADCAST_MAC, Packets.SOME_MAC, Packets.ARP, new byte[28]);
        net.replay(net.input("lan", LinkType.ETHERNET, toHost, toOtherPortsAddress, arp));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"local"}
                {"n":2,"port":"lan","verdict":"local"}
                {"n":3,"port":"lan","verdict":"local"}
                """, net.verdicts());
        assertEquals(List.of(
                        ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS, toHost),
                        ReplayFixture.shown(1001 * ReplayFixture.SECOND_NS, toOtherPortsAddress),
                        ReplayFixture.shown(1002 * ReplayFixture.SECOND_NS, arp)),
                net.packets("local.pcap"));
    }

    @Test
    void shouldSendWhatTheHostSends() {
        final byte[] out = Packets.udp("192.0.2.1", "8.8.8.8", 64);
        final ReplaySummary summary = net.replay(net.input("local", LinkType.ETHERNET,
                out,
                Packets.udp("10.0.0.254", "10.0.0.254", 64),
                Packets.udp("2001:db8::fe", "2001:db8:2::9", 64),
                Packets.frame(Packets.BROADCAST_MAC, Packets.SOME_MAC, Packets.ARP, new byte[28])));
        assertEquals("""
                {"n":1,"port":"local","verdict":"forward","out":"wan"}
                {"n":2,"port":"local","verdict":"drop","reason":"local_undelivered"}
                {"n":3,"port":"local","verdict":"drop","reason":"no_route"}
                {"n":4,"port":"local","verdict":"drop","reason":"frame_protocol"}
                """, net.verdicts());
        // A host's own packet is not forwarded: its time to live stays.
        assertEquals(List.of(ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS, Packets.frame(ReplayFixture.GATEWAY_MAC,
                ReplayFixture.WAN_MAC, Packets.IPV4, Packets.ip("192.0.2.1", "8.8.8.8", 64, 10)))), net.packets("wan.pcap"));
        assertEquals(0, summary.counters().unaccounted());
    }

    @Test
    void shouldGiveRawPacketsAHeader() {
        final byte[] v4 = Packets.ip("10.0.0.7", "8.8.8.8", 64, 10);
        final byte[] v6 = Packets.ip("2001:db8::7", "2001:db8:1::9", 64, 10);
        net.replay(net.input("lan", LinkType.RAW, v4, v6, new byte[] {0x75}, new byte[0], new byte[40], new byte[262_144]),
                net.input("wan", LinkType.IPV4, Packets.ip("8.8.8.8", "10.0.0.254", 9, 1)),
                net.input("local", LinkType.IPV6, Packets.ip("2001:db8::fe", "2001:db8::7", 9, 1), v4));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"wan","verdict":"local"}
                {"n":3,"port":"local","verdict":"forward","out":"lan"}
                {"n":4,"port":"lan","verdict":"forward","out":"wan"}
                {"n":5,"port":"local","verdict":"drop","reason":"ipv6_truncated"}
                {"n":6,"port":"lan","verdict":"drop","reason":"ipv4_truncated"}
                {"n":7,"port":"lan","verdict":"drop","reason":"ipv4_truncated"}
                {"n":8,"port":"lan","verdict":"drop","reason":"ipv4_version"}
                {"n":9,"port":"lan","verdict":"drop","reason":"ipv4_version"}
                """, net.verdicts());
        assertEquals(List.of(
                        ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS, Packets.forwarded(
                                Packets.frame(0, 0, Packets.IPV4, v4), ReplayFixture.GATEWAY_MAC, ReplayFixture.WAN_MAC)),
                        ReplayFixture.shown(1001 * ReplayFixture.SECOND_NS, Packets.forwarded(
                                Packets.frame(0, 0, Packets.IPV6, v6), 0x0200_0000_0009L, ReplayFixture.WAN_MAC))),
                net.packets("wan.pcap"));
        assertEquals(List.of(ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS, Packets.frame(ReplayFixture.WAN_MAC,
                CapturePort.UNKNOWN_MAC, Packets.IPV4, Packets.ip("8.8.8.8", "10.0.0.254", 9, 1)))),
                net.packets("local.pcap"));
    }

    @Test
    void shouldTakeInputsInTheOrderGivenWhenTimesAreEqual() {
        final ReplayInput wan = net.input("wan", LinkType.ETHERNET, Packets.udp("8.8.8.8", "10.0.0.7", 64));
        final ReplayInput lan = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        net.replay(wan, lan);
        assertTrue(net.verdicts().startsWith("{\"n\":1,\"port\":\"wan\""), net.verdicts());
        net.replay(lan, wan);
        assertTrue(net.verdicts().startsWith("{\"n\":1,\"port\":\"lan\""), net.verdicts());
    }

    @Test
    void shouldNotGoBackWhenACapturesTimesDo() {
        final byte[] packet = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        final ReplaySummary summary = net.replay(net.input("lan", LinkType.ETHERNET, List.of(
                new Timed(50 * ReplayFixture.SECOND_NS, packet), new Timed(7, packet),
                new Timed(51 * ReplayFixture.SECOND_NS, packet))));
        assertEquals(List.of("50.0", "50.0", "51.0"),
                net.packets("wan.pcap").stream().map(p -> p.substring(0, p.indexOf(' '))).toList());
        assertEquals(ReplayFixture.SECOND_NS, summary.endNs() - summary.startNs());
    }

    @Test
    void shouldCompleteChecksumsThatWereOnlyBegun() {
        final byte[] complete = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        final byte[] begun = complete.clone();
        // The pseudo-header's sum: addresses, protocol and length.
        final int pseudo = 0x0A00 + 0x0007 + 0x0808 + 0x0808 + 17 + 18;
        begun[14 + 26] = (byte) (pseudo >>> 8);
        begun[14 + 27] = (byte) pseudo;
        net.replay(net.input("lan", LinkType.ETHERNET, begun));
        assertEquals(List.of(ReplayFixture.shown(1000 * ReplayFixture.SECOND_NS,
                Packets.forwarded(complete, ReplayFixture.GATEWAY_MAC, ReplayFixture.WAN_MAC))), net.packets("wan.pcap"));
    }

    @Test
    void shouldWriteCountersInTheShapeOfStat() {
        net.replay(net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64),
                Packets.udp("10.0.0.7", "8.8.8.8", 1)));
        assertEquals("{\"ports\":{\"lan\":{\"rx_packets\":2,\"rx_bytes\":104,\"tx_packets\":1,\"tx_bytes\":80,\"tx_full\":0,\"handed_off\":0,"
                + "\"device\":\"d0\",\"attach\":\"memory\",\"copy\":\"none\",\"queues\":1,\"why\":\"\",XDP},"
                + "\"wan\":{\"rx_packets\":0,\"rx_bytes\":0,\"tx_packets\":1,\"tx_bytes\":52,\"tx_full\":0,\"handed_off\":0,"
                + "\"device\":\"d1\",\"attach\":\"memory\",\"copy\":\"none\",\"queues\":1,\"why\":\"\",XDP}},"
                + "\"workers\":[{\"cpu\":-1,\"packets\":2,\"batch_average\":1,\"busy\":0,\"frames_free\":1152,\"parked\":0,"
                + "\"generation\":1}],\"dropped\":{\"ttl_expired\":1},\"packets\":2,\"forwarded\":2,\"delivered\":0,"
                + "\"stolen\":0,\"queued\":0,\"returned\":0,\"originated\":1,\"parked\":0,\"handed_off\":0,"
                + "\"handed_in\":0,\"hook_exceptions\":0,"
                + "\"partial_checksums_completed\":0,\"fragmented\":0,\"icmp_limited\":0,\"icmp_no_frame\":0,\"host_sent\":0,\"gathered\":0,"
                + "\"unaccounted\":0,\"connections\":0,\"set_changes_missed\":0}\n",
                net.read("out/counters.json").replaceAll("\"xdp\":\\{[^}]*}", "XDP"));
        assertEquals(Set.of("lan.pcap", "wan.pcap", "local.pcap", "verdicts.jsonl", "iptables-save.txt", "ip6tables-save.txt",
                        "conntrack.txt", "ipset.txt", "ipvsadm.txt", "ipvs-connections.txt", "counters.json"),
                Set.of(net.path("out").toFile().list()));
    }

    @Test
    void shouldRunTheClockOnWhenAskedTo() {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        assertEquals(1000, net.replay(input).endNs() / ReplayFixture.SECOND_NS);
        assertEquals(432_000, net.replayUntil("432000", hooks -> { }, input).endNs() / ReplayFixture.SECOND_NS);
        assertEquals(1_010_500_000_000L, net.replayUntil("10.5", hooks -> { }, input).endNs(), "from the first packet");
    }

    @Test
    void shouldApplyRulesAndWriteThemWithCountersAsOfTheEnd() {
        net.write("r4", "*filter\n:FORWARD ACCEPT [5:5]\n-A FORWARD -p udp -d 8.8.8.8 -j DROP\nCOMMIT\n");
        net.write("r6", "*filter\nCOMMIT\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: r4, ipv6: r6 }\n");
        net.replay(net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64),
                Packets.udp("10.0.0.7", "8.8.4.4", 64), Packets.udp("10.0.0.7", "8.8.8.8", 64)));
        assertEquals("""
                {"n":1,"port":"lan","verdict":"drop","reason":"rule_drop"}
                {"n":2,"port":"lan","verdict":"forward","out":"wan"}
                {"n":3,"port":"lan","verdict":"drop","reason":"rule_drop"}
                """, net.verdicts());
        final int bytes = Packets.udp("10.0.0.7", "8.8.8.8", 64).length - 14;
        assertEquals("""
                # Generated by iptables-save v1.8.9 on Thu Jan  1 00:16:42 1970
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [1:%d]
                :OUTPUT ACCEPT [0:0]
                [2:%d] -A FORWARD -d 8.8.8.8/32 -p udp -j DROP
                COMMIT
                # Completed on Thu Jan  1 00:16:42 1970
                """.formatted(bytes, 2 * bytes), net.read("out/iptables-save.txt"));
        assertTrue(net.read("out/ip6tables-save.txt").contains("\n:FORWARD ACCEPT [0:0]\n"), net.read("out/ip6tables-save.txt"));
    }

    @Test
    void shouldRestoreSetsBeforeRulesAndWriteThemAsOfTheEnd() throws IOException {
        net.write("sets", "create bl hash:net counters\nadd bl 8.8.8.0/24\ncreate short hash:ip timeout 2\nadd short 8.8.4.4\n"
                + "create seen hash:ip,port timeout 60\n");
        net.write("r4", "*filter\n-A FORWARD -m set --match-set bl dst -j DROP\n-A FORWARD -m set --match-set short dst -j DROP\n"
                + "-A FORWARD -j SET --add-set seen dst,dst\nCOMMIT\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: r4 }\nsets: sets\n");
        final byte[] listed = Packets.udp("10.0.0.7", "8.8.8.8", 64);
        final byte[] shortly = Packets.udp("10.0.0.7", "8.8.4.4", 64);
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, listed, shortly, listed, shortly);
        net.replayUntil("10", hooks -> { }, input);
        assertEquals("""
                {"n":1,"port":"lan","verdict":"drop","reason":"rule_drop"}
                {"n":2,"port":"lan","verdict":"drop","reason":"rule_drop"}
                {"n":3,"port":"lan","verdict":"drop","reason":"rule_drop"}
                {"n":4,"port":"lan","verdict":"forward","out":"wan"}
                """, net.verdicts());
        final String saved = net.read("out/ipset.txt");
        final int bytes = 2 * (listed.length - 14);
        assertTrue(saved.matches("create bl hash:net family inet hashsize 1024 maxelem 65536 counters bucketsize 12 initval 0x[0-9a-f]{8}\n"
                + "add bl 8\\.8\\.8\\.0/24 packets 2 bytes " + bytes + "\ncreate short hash:ip .* timeout 2 .*\ncreate seen hash:ip,port .*\n"
                + "add seen 8\\.8\\.4\\.4,udp:[0-9]+ timeout 53\n"), saved);
        final TreeMap<String, String> first = net.files("out");
        net.replayUntil("10", hooks -> { }, input);
        assertEquals(first, net.files("out"));
    }

    @Test
    void shouldRefuseAFileOfSetsByItsLine() {
        net.write("sets", "create bl hash:net\nadd bl 8.8.8.0/33\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "sets: sets\n");
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        final ReplayException refused = assertThrows(ReplayException.class, () -> net.replay(input));
        assertEquals(4, refused.exitCode());
        assertTrue(refused.getMessage().startsWith(net.path("sets") + ":2: the sets are refused: Syntax error: "), refused.getMessage());
    }

    @Test
    void shouldServeVirtualServicesAndWriteThemAsOfTheEnd() {
        net.write("services", "-A -u 10.0.0.254:2000 -s rr\n-a -u 10.0.0.254:2000 -r 192.0.2.7:53 -m -w 1\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "services: services\nsysctl: { net.ipv4.vs.expire_nodest_conn: 1 }\n"
                + "health: [ { service: all, check: { ping: {} } } ]\n");
        final byte[] asked = io.penstock.dataplane.testkit.Packets.udp4("10.0.0.7", "10.0.0.254", 8);
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, asked, asked);
        assertEquals(List.of("health: no server is checked here, where none can be reached; all stay as services: has them"),
                net.replay(input).notes());
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"lan","verdict":"forward","out":"wan"}
                """, net.verdicts());
        assertEquals("""
                IP Virtual Server version 1.2.1 (size=4096)
                Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
                  -> RemoteAddress:Port
                UDP  10.0.0.254:2000                     1        2        0       72        0
                  -> 192.0.2.7:53                        1        2        0       72        0
                """, net.read("out/ipvsadm.txt"));
        assertEquals("""
                IPVS connection entries
                pro expire state       source             virtual            destination
                UDP 05:00  UDP         10.0.0.7:1000      10.0.0.254:2000    192.0.2.7:53
                """, net.read("out/ipvs-connections.txt"));
    }

    @Test
    void shouldRefuseAFileOfServicesByItsLine() {
        net.write("services", "-A -u 10.0.0.254:2000 -s rr\n-a -u 10.0.0.254:2000 -r 192.0.2.7 -m -x 1 -y 2\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "services: services\n");
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        final ReplayException refused = assertThrows(ReplayException.class, () -> net.replay(input));
        assertEquals(4, refused.exitCode());
        assertEquals(net.path("services") + ":2: the services are refused: the lower threshold is above the upper one: lower=2 upper=1",
                refused.getMessage());
    }

    @Test
    void shouldWriteTheConnectionsAsOfTheEnd() {
        net.write("r4", "*filter\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: r4 }\nsysctl:\n  net.netfilter.nf_conntrack_acct: 1\n"
                + "  net.netfilter.nf_conntrack_udp_timeout: 77\n");
        net.replayUntil("10", hooks -> { }, net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64)));
        assertTrue(net.read("out/conntrack.txt").matches("udp      17 67 src=10\\.0\\.0\\.7 dst=8\\.8\\.8\\.8 sport=[0-9]+ dport=[0-9]+ packets=1 "
                + "bytes=[0-9]+ \\[UNREPLIED] src=8\\.8\\.8\\.8 dst=10\\.0\\.0\\.7 .* mark=0 use=1\n"), net.read("out/conntrack.txt"));
    }

    @Test
    void shouldWriteWhatRulesHaveLoggedAndNothingOfAnEarlierReplay() {
        final int packets = 300;
        net.write("r4", "*filter\n-A FORWARD -p udp -d 8.8.8.8 -j LOG --log-prefix \"seen: \"\nCOMMIT\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: r4 }\n");
        final byte[][] logged = new byte[packets][];
        Arrays.fill(logged, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        net.replay(net.input("lan", LinkType.ETHERNET, logged));
        final List<String> lines = net.read("out/log.txt").lines().toList();
        assertEquals(packets, lines.size());
        assertTrue(lines.getFirst().startsWith("Jan  1 00:16:40 ")
                && lines.getFirst().contains("kernel: seen: IN=d0 OUT=d1 ")
                && lines.getFirst().contains(" SRC=10.0.0.7 DST=8.8.8.8 "), lines.getFirst());
        net.replay(net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.4.4", 64)));
        assertFalse(Files.exists(folder.resolve("out/log.txt")));
    }

    @Test
    void shouldRefuseTheConfigurationWhenItsRulesAreRefused() {
        final Path file = net.write("r4", "*filter\n-A FORWARD --bogus\nCOMMIT\n");
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: r4 }\n");
        final ReplayException e = assertThrows(ReplayException.class,
                () -> net.replay(net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64))));
        assertEquals(ExitCode.CONFIGURATION_REFUSED, e.exitCode());
        assertEquals(file + ":2:12: the rules are refused: unknown option \"--bogus\"", e.getMessage());
    }

    @Test
    void shouldReplaceItsOwnFilesAndNoOthers() throws IOException {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        net.replay(input);
        Files.writeString(net.path("out/mine.txt"), "mine");
        net.replay(input);
        assertEquals(1, net.packets("wan.pcap").size());
        assertEquals("mine", net.read("out/mine.txt"));
    }

    @Test
    void shouldLeaveNoCountersWhenACaptureBreaksOff() throws IOException {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64),
                Packets.udp("10.0.0.7", "8.8.8.8", 64));
        net.replay(input);
        final byte[] whole = Files.readAllBytes(input.capture());
        Files.write(input.capture(), Arrays.copyOf(whole, whole.length - 1));
        assertEquals(input.capture() + ": offset=108: the file ends inside a packet: needed=52 bytes, left=51; it was cut "
                + "short, capture or copy it again", assertThrows(PcapException.class, () -> net.replay(input)).getMessage());
        assertFalse(Files.exists(net.path("out/counters.json")));
        assertEquals("{\"n\":1,\"port\":\"lan\",\"verdict\":\"forward\",\"out\":\"wan\"}\n", net.verdicts());
    }

    @Test
    void shouldRefuseToReplaceACaptureThatItReads() throws IOException {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        Files.createDirectories(net.path("out"));
        final Path own = Files.copy(input.capture(), net.path("out/lan.pcap"));
        final ReplayException refusal =
                assertThrows(ReplayException.class, () -> net.replay(new ReplayInput("lan", own)));
        assertEquals("the capture " + own + " would be replaced by the output of that name; give --out another folder",
                refusal.getMessage());
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertEquals(-1, Files.mismatch(input.capture(), own));
    }

    @Test
    void shouldRefuseMorePortsThanTheEngineHas() {
        final StringBuilder ports = new StringBuilder("ports:\n");
        for (int i = 0; i < 64; i++) {
            ports.append("  p").append(i).append(": { device: e").append(i).append(" }\n");
        }
        final ReplayInput input = net.input("lan", LinkType.ETHERNET);
        net.write("penstock.yaml", ports.toString());
        final ReplayException refusal =
                assertThrows(ReplayException.class, () -> net.replay(new ReplayInput("p0", input.capture())));
        assertEquals("too many ports: ports=64 limit=63; remove those that carry no traffic", refusal.getMessage());
        assertEquals(ExitCode.CONFIGURATION_REFUSED, refusal.exitCode());
    }

    @Test
    void shouldRefuseTimesThatCapturesCannotHold() throws IOException {
        // A pcapng with one packet at 2^33 s: section, interface in units of a second, packet.
        final ByteBuffer b = ByteBuffer.allocate(28 + 32 + 32).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x0A0D_0D0A).putInt(28).putInt(0x1A2B_3C4D).putInt(1).putLong(-1).putInt(28);
        b.putInt(1).putInt(32).putInt(1).putInt(0).putShort((short) 9).putShort((short) 1).putInt(0).putInt(0).putInt(32);
        b.putInt(6).putInt(32).putInt(0).putInt(2).putInt(0).putInt(0).putInt(0).putInt(32);
        final Path file = Files.write(net.path("late.pcapng"), b.array());
        assertEquals(file + ": a packet's time is past what captures can hold: seconds=8589934592 limit=4294967296; correct "
                + "the times with 'editcap -t'",
                assertThrows(ReplayException.class, () -> net.replay(new ReplayInput("lan", file))).getMessage());
    }

    @Test
    void shouldAcceptInputsWithoutPackets() {
        final ReplaySummary summary = net.replay(net.input("lan", LinkType.ETHERNET));
        assertEquals("", net.verdicts());
        assertEquals("packets=0 in 0.000000 s of their time: forward=0 local=0 drop=0 stolen=0 queue=0 unaccounted=0\n",
                summary.text());
    }
}
