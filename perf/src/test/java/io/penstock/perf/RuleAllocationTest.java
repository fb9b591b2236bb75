package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.perf.bench.engine.EngineFixture;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.perf.rules.RuleTier;
import io.penstock.perf.rules.TableLoop;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.Rule;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No table allocates, whatever runs it, and no match and target that runs. */
final class RuleAllocationTest {

    private static final int FLOWS = 256;
    private static final int RULES = 200;

    /** Every rule sees every packet but where it asks for a protocol; none ends a packet before the last. */
    private static final String BOTH = """
            -A PREROUTING -m rpfilter --loose
            -A FORWARD -p tcp -m tcp --dport 80:90 --tcp-flags SYN,ACK SYN --tcp-option 8
            -A FORWARD -p udp -m udp --sport 1:60000
            -A FORWARD -p udp -m multiport --ports 1:100,53
            -A FORWARD -p sctp -m sctp --dport 5 --chunk-types any DATA,INIT
            -A FORWARD -p dccp -m dccp --dport 5 --dccp-types REQUEST
            -A FORWARD -p esp -m esp --espspi 1:5
            -A FORWARD -m addrtype --dst-type UNICAST --limit-iface-out
            -A FORWARD -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"
            -A FORWARD -m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 7
            -A FORWARD -m comment --comment x
            -A FORWARD -m connbytes --connbytes 1:100 --connbytes-dir both --connbytes-mode avgpkt
            -A FORWARD -m connlabel --label 7
            -A FORWARD -m connlabel --label 8 --set
            -A FORWARD -m connlimit --connlimit-above 100
            -A FORWARD -m connlimit --connlimit-upto 10 --connlimit-mask 24 --connlimit-daddr
            -A FORWARD -m connmark --mark 0x1
            -A FORWARD -m conntrack --ctstate NEW,RELATED --ctproto 17 --ctdir ORIGINAL --ctexpire 1:100
            -A FORWARD -m conntrack ! --ctstate SNAT,DNAT --ctstatus CONFIRMED
            -A FORWARD -m cpu --cpu 0
            -A FORWARD -m dscp --dscp 1
            -A FORWARD -m ecn --ecn-ip-ect 1
            -A FORWARD -m hashlimit --hashlimit-upto 5/s --hashlimit-mode srcip,dstport --hashlimit-name h%1$s
            -A FORWARD -m length --length 1:100
            -A FORWARD -m limit --limit 100/s
            -A FORWARD -m mac --mac-source 02:00:00:00:00:02
            -A FORWARD -m mark --mark 1
            -A FORWARD -m physdev ! --physdev-is-bridged
            -A FORWARD -m pkttype --pkt-type unicast
            -A FORWARD -m policy --dir in --pol none
            -A FORWARD -m quota --quota 100000
            -A FORWARD -m recent --name r%1$s --set
            -A FORWARD -m recent --name r%1$s --update --seconds 5 --hitcount 2
            -A FORWARD -m state --state NEW,ESTABLISHED
            -A FORWARD -m statistic --mode nth --every 3 --packet 0
            -A FORWARD -m statistic --mode random --probability 0.5
            -A FORWARD -m string --algo bm --string needle
            -A FORWARD -m string --algo kmp --string needle --icase
            -A FORWARD -p tcp -m tcpmss --mss 1:100
            -A FORWARD -m time --timestart 01:00 --timestop 23:00 --weekdays Mon,Tue
            -A FORWARD -m tos --tos 0x10
            -A FORWARD -m u32 --u32 "0>>22&0x3C@0=1"
            -A FORWARD -m statistic --mode nth --every 64 --packet 0 -j LOG --log-prefix "allocates "
            -A FORWARD -j CONNMARK --set-xmark 0x1/0x3
            -A FORWARD -j CONNMARK --save-mark
            -A FORWARD -j CONNMARK --restore-mark
            -A FORWARD -j MARK --set-xmark 0x1/0x3
            -A FORWARD -j TOS --set-tos 0x10/0x3f
            -A FORWARD -j DSCP --set-dscp 0
            -A FORWARD -p udp -j CHECKSUM --checksum-fill
            -A FORWARD -j CLASSIFY --set-class 1:1
            -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500
            -A FORWARD -p tcp -j TCPOPTSTRIP --strip-options timestamp
            -A POSTROUTING -m owner --uid-owner 0
            """;
    /** Elements come and go all the while: what is added and what is deleted are other packets each time. */
    private static final String SETS = """
            -A FORWARD -m set --match-set ip src
            -A FORWARD -m set ! --match-set ip dst --packets-gt 5
            -A FORWARD -m set --match-set net src --return-nomatch
            -A FORWARD -m set --match-set net dst
            -A FORWARD -m set --match-set mac src
            -A FORWARD -m set --match-set port dst
            -A FORWARD -m set --match-set ipport src,dst
            -A FORWARD -m set --match-set ipportip src,dst,dst
            -A FORWARD -m set --match-set ipportnet src,dst,dst
            -A FORWARD -m set --match-set netport src,dst
            -A FORWARD -m set --match-set netnet src,dst
            -A FORWARD -m set --match-set netportnet src,dst,dst
            -A FORWARD -m set --match-set netiface src,src
            -A FORWARD -m set --match-set ipmark src,src
            -A FORWARD -m set --match-set ipmac src,src
            -A FORWARD -m set --match-set list src --bytes-lt 5 ! --update-subcounters
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set ip src --timeout 5 --exist
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set ip src
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set net dst
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set net dst
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set lone src
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set lone src
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set port src
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set port src
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set ipportip src,dst,dst --exist
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set ipportip src,dst,dst
            -A FORWARD -j SET --map-set ip src --map-mark --map-prio
            """;
    private static final String SETS4 = """
            -A FORWARD -m set --match-set range src
            -A FORWARD -m set --match-set rangemac src,src
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set range src
            -A FORWARD -m statistic --mode nth --every 5 --packet 0 -j SET --del-set range src
            -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j SET --add-set rangemac src,src
            """;
    private static final String CREATE = """
            create ip hash:ip family %1$s timeout 600 counters skbinfo
            create lone hash:ip family %1$s
            create net hash:net family %1$s counters
            create mac hash:mac
            create port bitmap:port range 0-65535 timeout 600
            create ipport hash:ip,port family %1$s
            create ipportip hash:ip,port,ip family %1$s counters
            create ipportnet hash:ip,port,net family %1$s
            create netport hash:net,port family %1$s
            create netnet hash:net,net family %1$s
            create netportnet hash:net,port,net family %1$s
            create netiface hash:net,iface family %1$s
            create ipmark hash:ip,mark family %1$s
            create ipmac hash:ip,mac family %1$s
            create list list:set
            add ip %2$s skbmark 0x5 skbprio 1:2 skbqueue 1
            add net %2$s/8
            add net %2$s/24 nomatch
            add mac 02:00:00:00:00:02
            add ipport %2$s,udp:53
            add ipportnet %2$s,udp:53,%3$s/16
            add netport %2$s/16,udp:53
            add netnet %2$s/8,%3$s/16
            add netportnet %2$s/8,udp:53,%3$s/16
            add netiface %2$s/8,lan
            add ipmark %2$s,0x1
            add ipmac %2$s,02:00:00:00:00:02
            add list ip
            add list net
            """;
    private static final String CREATE4 = """
            create range bitmap:ip range 10.0.0.0/16 counters
            create rangemac bitmap:ip,mac range 10.0.0.0/16 timeout 600
            """;
    private static final String IPV4 = """
            -A FORWARD -p icmp -m icmp --icmp-type echo-request
            -A FORWARD -p ah -m ah --ahspi 1:5
            -A FORWARD -p ipcomp -m ipcomp --ipcompspi 1
            -A FORWARD -m iprange --src-range 10.0.0.0-10.0.0.9 --dst-range 198.18.0.0-198.19.255.255
            -A FORWARD -m ttl --ttl-lt 64
            -A FORWARD -p tcp -j ECN --ecn-tcp-remove
            -A FORWARD -j TTL --ttl-set 64
            -A FORWARD -m statistic --mode nth --every 16 --packet 0 -j TEE --gateway 192.0.2.254
            """;
    private static final String NAT4 = """
            *nat
            -A PREROUTING -p udp -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 198.18.0.1-198.18.0.9
            -A POSTROUTING -p udp -m statistic --mode nth --every 4 --packet 0 -j SNAT --to-source 192.0.2.2:1024-2000
            -A POSTROUTING -p udp -m statistic --mode nth --every 4 --packet 1 -j FULLCONENAT --to-source 192.0.2.3
            -A POSTROUTING -j NETMAP --to 192.0.2.0/24
            COMMIT
            """;
    private static final String NAT6 = """
            *nat
            -A PREROUTING -p udp -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 2001:db8:2::1-2001:db8:2::9
            -A POSTROUTING -p udp -m statistic --mode nth --every 4 --packet 0 -j SNAT --to-source [2001:db8:2::2]:1024-2000
            -A POSTROUTING -p udp -m statistic --mode nth --every 4 --packet 1 -j FULLCONENAT --to-source 2001:db8:2::3
            -A POSTROUTING -j NETMAP --to 2001:db8:2::/64
            COMMIT
            """;
    private static final String IPV6 = """
            -A FORWARD -p ipv6-icmp -m icmp6 --icmpv6-type echo-request
            -A FORWARD -m ah --ahspi 1:5
            -A FORWARD -m iprange --src-range 2001:db8:1::-2001:db8:1::ffff
            -A FORWARD -m hl --hl-lt 64
            -A FORWARD -m eui64
            -A FORWARD -m frag --fragfirst
            -A FORWARD -m ipv6header --header frag --soft
            -A FORWARD -m dst --dst-opts 1
            -A FORWARD -m hbh --hbh-opts 1
            -A FORWARD -p mh -m mh --mh-type binding-refresh-request
            -A FORWARD -m rt --rt-type 0
            -A FORWARD -j HL --hl-set 64
            """;
    /** Most are what most traffic is; the rest SCTP, DCCP, ESP, AH, IPComp, mobility. */
    private static final int[] PROTOCOLS = {IpProtocol.UDP, IpProtocol.TCP, IpProtocol.ICMP, IpProtocol.ICMPV6, 132, 33, 50, 51, 108,
        135, IpProtocol.UDP, IpProtocol.TCP};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = RuleTier.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldAllocateNothingWhenATableIsAsked(final RuleTier tier) {
        for (final RuleMix mix : RuleMix.values()) {
            try (TableLoop loop = new TableLoop(RuleSet.of(mix, RULES, FLOWS), tier)) {
                Allocations.assertNone(Batch.CAPACITY, () -> assertTrue(loop.run(Batch.CAPACITY) == Batch.CAPACITY));
            }
        }
    }

    private static Stream<Arguments> tiers() {
        return Allocations.some(1, Arguments.of(RuleTier.SPECIALIZED, IpFamily.IPV4), Arguments.of(RuleTier.INDEXED, IpFamily.IPV6),
                Arguments.of(RuleTier.PLAIN, IpFamily.IPV4), Arguments.of(RuleTier.PLAIN, IpFamily.IPV6),
                Arguments.of(RuleTier.INDEXED, IpFamily.IPV4), Arguments.of(RuleTier.SPECIALIZED, IpFamily.IPV6));
    }

    @ParameterizedTest
    @MethodSource("tiers")
    void shouldAllocateNothingWhenEveryMatchAndTargetRuns(final RuleTier tier, final IpFamily family) throws IOException {
        final boolean ipv6 = family == IpFamily.IPV6;
        final Path file = Files.writeString(folder.resolve("rules"), text(family));
        final Path sets = Files.writeString(folder.resolve("sets"), CREATE.formatted(ipv6 ? "inet6" : "inet", ipv6 ? "2001:db8:1::1" : "10.0.0.1",
                ipv6 ? "2001:2::" : "198.18.0.0") + (ipv6 ? "" : CREATE4));
        try (EngineFixture fixture = new EngineFixture(FLOWS, ipv6, file, sets, tier).edit(frame -> vary(frame, ipv6))) {
            Allocations.assertNone(Batch.CAPACITY, () -> fixture.round(Batch.CAPACITY));
            assertEquals(text(family).lines().filter(line -> line.startsWith("-A")).count(), fixture.rulesTaking()[1]);
            assertTrue(fixture.lane().counters.forwarded > 0);
            assertEquals(0, fixture.lane().counters.unaccounted());
        }
    }

    /** What this test leaves out it would not notice. */
    @Test
    void shouldKnowEveryMatchAndTargetThatRuns() {
        final Set<String> tried = new TreeSet<>();
        for (final IpFamily family : IpFamily.values()) {
            for (final TableName name : TableName.values()) {
                for (final Chain chain : restore(family).read(family, name).table().chains()) {
                    chain.rules().forEach(rule -> add(rule, tried));
                }
            }
        }
        final Set<String> running = new TreeSet<>();
        for (final JavaClass type : new ClassFileImporter().importPackages("io.penstock.rules.match", "io.penstock.rules.target")) {
            if (!type.isInterface() && (type.isAssignableTo(RunnableMatch.class) || type.isAssignableTo(RunnableTarget.class))) {
                running.add(type.getName());
            }
        }
        assertEquals(running, tried);
    }

    private static void add(final Rule rule, final Set<String> to) {
        rule.matches().stream().filter(RunnableMatch.class::isInstance).forEach(match -> to.add(match.getClass().getName()));
        if (rule.action() instanceof final Action.Extension extension) {
            to.add(extension.target().getClass().getName());
        }
    }

    private static MemoryTableStore restore(final IpFamily family) {
        final MemoryTableStore store = new MemoryTableStore();
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(_ -> family.version()), family).run(
                List.of(), new ByteArrayInputStream(text(family).getBytes(StandardCharsets.ISO_8859_1)), out, out);
        assertEquals(0, status, () -> said.toString(StandardCharsets.ISO_8859_1));
        return store;
    }

    private static String text(final IpFamily family) {
        final boolean ipv6 = family == IpFamily.IPV6;
        return "*raw\n-A PREROUTING -m statistic --mode nth --every 64 --packet 0 -j TRACE\n"
                + "-A PREROUTING -m statistic --mode nth --every 8 --packet 0 -j CT --notrack\n"
                + "-A PREROUTING -m statistic --mode nth --every 8 --packet 1 -j CT --zone 3 --ctevents new\n"
                + "COMMIT\n" + (ipv6 ? NAT6 : NAT4) + "*mangle\n"
                + BOTH.formatted(family.version()) + SETS + (ipv6 ? IPV6 : IPV4 + SETS4)
                + "COMMIT\n*filter\n-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n"
                + "-A FORWARD -m statistic --mode nth --every 3 --packet 0 -j REJECT\nCOMMIT\n";
    }

    /** Makes it a packet of some protocol, with what is there as its header; of TCP over IPv4 a first one, with options. */
    private static void vary(final long frame, final boolean ipv6) {
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final int protocol = PROTOCOLS[Math.floorMod(Long.hashCode(frame >>> 6), PROTOCOLS.length)];
        final long l4 = ip + (ipv6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES);
        if (ipv6) {
            Ipv6Layout.setNextHeader(ip, protocol);
        } else {
            Ipv4Layout.setProtocol(ip, protocol);
        }
        if (protocol == IpProtocol.TCP && !ipv6) {
            TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES + Integer.BYTES);
            TcpLayout.setFlags(l4, TcpLayout.SYN);
            Memory.putIntBE(l4 + TcpLayout.HEADER_BYTES, 0x0204_05B4);
        }
        if (!ipv6) {
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
    }
}
