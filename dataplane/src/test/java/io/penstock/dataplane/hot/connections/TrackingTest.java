package io.penstock.dataplane.hot.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.Addresses4;
import io.penstock.dataplane.hot.fib.Addresses6;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections on the packet's way. */
final class TrackingTest {

    private static final String CLIENT = "10.0.0.1";
    private static final String SERVER = "10.1.0.1";
    private static final String CLIENT6 = "2001:db8::1";
    private static final String SERVER6 = "2001:db8:1::1";
    private static final int FLOOD = 1000;

    private final TestEngine engine = new TestEngine();
    private final RuleTables tables =
            new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);

    @BeforeEach
    void route() {
        final int lan4 = engine.gateway(4, TestEngine.LAN, "10.0.0.2");
        final int lan6 = engine.gateway(6, TestEngine.LAN, "2001:db8::2");
        engine.resolve(lan4);
        engine.resolve(lan6);
        engine.route("10.0.0.0", 24, lan4);
        engine.route("2001:db8::", 64, lan6);
    }

    @AfterEach
    void end() {
        engine.assertBooks();
        tables.close();
        engine.close();
    }

    @Test
    void shouldLetAnswersThroughWhenTheRequestWasAccepted() {
        rules(IpFamily.IPV4, "-P FORWARD DROP", "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
                "-A FORWARD -s 10.0.0.0/8 -p udp --dport 53 -m conntrack --ctstate NEW -j ACCEPT");
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER, 53, CLIENT, 4000, 5));
        assertEquals("dropped rule_drop", engine.outcome(0));
        assertEquals(0, tables.connections().limit().count());
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals(1, tables.connections().limit().count());
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER, 53, CLIENT, 4000, 5));
        assertEquals("forwarded", engine.outcome(0));
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER, 53, CLIENT, 4001, 5));
        assertEquals("dropped rule_drop", engine.outcome(0));
        assertEquals(1, tables.connections().limit().count());
    }

    @Test
    void shouldSeeTheAnswerAsEstablishedWhenBothAreInOneBatch() {
        rules(IpFamily.IPV4, "-A FORWARD -p udp --sport 4000 -m conntrack --ctstate NEW -j ACCEPT",
                "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A FORWARD -j DROP");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5), FlowPackets.udp(CLIENT, 4000, SERVER, 53, 6),
                FlowPackets.udp(CLIENT, 4001, SERVER, 53, 6));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals("forwarded", engine.outcome(1));
        assertEquals("dropped rule_drop", engine.outcome(2));
        assertEquals(1, tables.connections().limit().count());
    }

    @Test
    void shouldTranslateBothWaysWhenTheSourceIsRewritten() {
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -o wan -p tcp -j SNAT --to-source 10.1.0.254");
        engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT, 4000, SERVER, 80, FlowPackets.SYN, 100, 0));
        assertEquals("10.1.0.254:4000 > 10.1.0.1:80", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        engine.receive(TestEngine.WAN,
                FlowPackets.tcp(SERVER, 80, "10.1.0.254", 4000, FlowPackets.SYN | FlowPackets.ACK, 500, 101));
        assertEquals("10.1.0.1:80 > 10.0.0.1:4000", FlowPackets.ends(engine.ports[TestEngine.LAN].sent.getLast()));
        engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT, 4000, SERVER, 80, FlowPackets.ACK, 101, 501));
        assertEquals("10.1.0.254:4000 > 10.1.0.1:80", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        assertEquals(1, tables.connections().limit().count());
    }

    @Test
    void shouldTranslateBothWaysWhenTheDestinationIsRewritten() {
        rules(IpFamily.IPV4, "-t nat -A PREROUTING -i lan -p udp --dport 53 -j DNAT --to-destination 10.1.0.1:5353");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, "10.9.9.9", 53, 3));
        assertEquals("10.0.0.1:4000 > 10.1.0.1:5353", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER, 5353, CLIENT, 4000, 3));
        assertEquals("10.9.9.9:53 > 10.0.0.1:4000", FlowPackets.ends(engine.ports[TestEngine.LAN].sent.getLast()));
    }

    @Test
    void shouldKeepAnUntranslatedConnectionWhenMasqueradeCameAfterItAndItsDeviceIsLost() {
        final int address = (int) IpAddress.parse("10.9.0.2").low();
        engine.fib().fib().addresses().publish(new Addresses4(new int[] {TestEngine.WAN}, new int[] {0, 1},
                new int[] {address, address, -1, AddressBook.SCOPE_UNIVERSE, 0}), new Addresses6(new int[0], new int[] {0}, new long[0]));
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -o wan -j MASQUERADE");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("10.0.0.1:4000 > 10.1.0.1:53", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4001, SERVER, 53, 5));
        assertEquals("10.9.0.2:4001 > 10.1.0.1:53", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        assertEquals(2, tables.connections().limit().count());
        tables.connections().endMasqueraded(engine.devices.get(TestEngine.WAN).ifindex(), null);
        final ConnTable table = tables.connections().table(ConnLayout.FAMILY_IPV4);
        final int there = (int) IntStream.rangeClosed(1, table.used()).filter(number -> table.entry(number, 1) != 0).count();
        assertEquals(1, there);
        // The route moves: the translated connection would end, too, the other one goes on.
        engine.route("10.1.0.0", 16, dmz());
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals("10.0.0.1:4000 > 10.1.0.1:53", FlowPackets.ends(engine.ports[TestEngine.DMZ].sent.getLast()));
    }

    private int dmz() {
        final int gateway = engine.gateway(4, TestEngine.DMZ, "10.8.0.1");
        engine.resolve(gateway);
        return gateway;
    }

    @Test
    void shouldTrackIpv6AsIpv4() {
        rules(IpFamily.IPV6, "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A FORWARD -p udp --dport 53 -j ACCEPT",
                "-A FORWARD -j DROP");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT6, 4000, SERVER6, 53, 5));
        assertEquals("forwarded", engine.outcome(0));
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER6, 53, CLIENT6, 4000, 5));
        assertEquals("forwarded", engine.outcome(0));
        engine.receive(TestEngine.WAN, FlowPackets.udp(SERVER6, 54, CLIENT6, 4000, 5));
        assertEquals("dropped rule_drop", engine.outcome(0));
    }

    @Test
    void shouldCallAnErrorRelatedWhenItQuotesAConnectionsPacket() {
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT", "-A FORWARD -p udp -j ACCEPT", "-A FORWARD -j DROP");
        final byte[] request = FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5);
        engine.receive(TestEngine.LAN, request);
        engine.receive(TestEngine.WAN, error(request));
        assertEquals("forwarded", engine.outcome(0));
        engine.receive(TestEngine.WAN, error(FlowPackets.udp(CLIENT, 4001, SERVER, 53, 5)));
        assertEquals("dropped rule_drop", engine.outcome(0));
    }

    @Test
    void shouldNotTrackWhenARuleSaysSo() {
        rules(IpFamily.IPV4, "-t raw -A PREROUTING -p udp -j CT --notrack", "-A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT",
                "-A FORWARD -j DROP");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals(0, tables.connections().limit().count());
    }

    @Test
    void shouldKeepConnectionsWhenNoRuleIsAboutThemForAWhile() {
        assertNull(tables.connections().table(ConnLayout.FAMILY_IPV4));
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        rules(IpFamily.IPV4, "-F FORWARD");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4001, SERVER, 53, 5));
        assertNotNull(tables.connections().table(ConnLayout.FAMILY_IPV4));
        assertEquals(1, tables.connections().limit().count());
    }

    @Test
    void shouldDropWhatBeginsWhenThereMayBeNoMore() {
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        tables.connections().limit().setMax(1);
        // A TCP connection that is answered is not dropped early.
        engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT, 4000, SERVER, 80, FlowPackets.SYN, 100, 0));
        engine.receive(TestEngine.WAN, FlowPackets.tcp(SERVER, 80, CLIENT, 4000, FlowPackets.SYN | FlowPackets.ACK, 500, 101));
        engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT, 4000, SERVER, 80, FlowPackets.ACK, 101, 501));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("dropped connections_full", engine.outcome(0));
        assertEquals(1, engine.dropped(DropReason.CONNECTIONS_FULL));
    }

    @Test
    void shouldLetConnectionsOfOneFamilyBeginWhenTheOthersHaveFilledTheLimit() {
        // Before the tables are there: their indexes are made for so many, some are near every hash.
        tables.connections().limit().setMax(FLOOD);
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        rules(IpFamily.IPV6, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        for (int i = 0; i < 2 * FLOOD; i++) {
            engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT, 4000 + i, SERVER, 80, FlowPackets.SYN, 100, 0));
            assertEquals("forwarded", engine.outcome(0));
        }
        for (int i = 0; i < 10; i++) {
            engine.receive(TestEngine.LAN, FlowPackets.tcp(CLIENT6, 4000 + i, SERVER6, 80, FlowPackets.SYN, 100, 0));
            assertEquals("forwarded", engine.outcome(0));
        }
        assertEquals(FLOOD, tables.connections().limit().count());
        assertEquals(0, engine.dropped(DropReason.CONNECTIONS_FULL));
    }

    @Test
    void shouldStampTimesByTheWallClockAsItIsWhenItHasBeenSet() {
        tables.connections().renewWallClock();
        engine.namespace.ipSettings().wallClockOffsetNs = 1_000;
        tables.connections().switches().timestamp = 1;
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        rules(IpFamily.IPV6, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT6, 4000, SERVER6, 53, 5));
        engine.namespace.ipSettings().wallClockOffsetNs = 5_000_000_000L;
        tables.connections().renewWallClock();
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4001, SERVER, 53, 5));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT6, 4001, SERVER6, 53, 5));
        for (final int family : List.of(ConnLayout.FAMILY_IPV4, ConnLayout.FAMILY_IPV6)) {
            final ConnTable table = tables.connections().table(family);
            final List<Long> starts = IntStream.rangeClosed(1, table.used()).mapToLong(number -> table.entry(number, 1)).filter(entry -> entry != 0)
                    .mapToObj(entry -> ConnLayout.start(entry) - engine.nowNs).sorted().toList();
            assertEquals(List.of(1_000L, 5_000_000_000L), starts);
        }
    }

    @Test
    void shouldSeeOnePacketAndLetItsFragmentsLeaveAsTheyCame() {
        rules(IpFamily.IPV4, "-A FORWARD -p udp --dport 53 -m length --length 3028 -j ACCEPT", "-A FORWARD -j DROP",
                "-t nat -A POSTROUTING -o wan -j SNAT --to-source 10.1.0.254");
        final byte[][] fragments = FlowPackets.fragments(FlowPackets.udp(CLIENT, 4000, SERVER, 53, 3000), 1480, 1480);
        engine.receive(TestEngine.LAN, fragments[2], fragments[0]);
        assertEquals("gathered", engine.outcome(0));
        assertEquals("gathered", engine.outcome(1));
        assertEquals(0, engine.ports[TestEngine.WAN].sent.size());
        engine.receive(TestEngine.LAN, fragments[1]);
        assertEquals("fragmented", engine.outcome(0));
        final List<byte[]> sent = engine.ports[TestEngine.WAN].sent;
        assertEquals(List.of(1514, 1514, 82), sent.stream().map(frame -> frame.length).toList());
        assertEquals("10.1.0.254:4000 > 10.1.0.1:53", FlowPackets.ends(sent.getFirst()));
        assertEquals("2000 20b9 0172", sent.stream().map(frame -> String.format("%02x%02x", frame[20], frame[21]))
                .collect(Collectors.joining(" ")));
        assertEquals(1, tables.connections().limit().count());
    }

    @Test
    void shouldGiveFragmentsUpWhenTheirPacketIsNotWholeInTime() {
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        final byte[][] fragments = FlowPackets.fragments(FlowPackets.udp(CLIENT, 4000, SERVER, 53, 3000), 1480, 1480);
        engine.receive(TestEngine.LAN, fragments[0], fragments[1]);
        engine.nowNs += 29_000_000_000L;
        engine.boundary();
        assertEquals(0, engine.dropped(DropReason.FRAGMENT_LATE));
        engine.nowNs += 1_100_000_000L;
        engine.boundary();
        assertEquals(2, engine.dropped(DropReason.FRAGMENT_LATE));
        engine.receive(TestEngine.LAN, fragments[2]);
        assertEquals("gathered", engine.outcome(0));
        engine.nowNs += 31_000_000_000L;
        engine.boundary();
        assertEquals(3, engine.dropped(DropReason.FRAGMENT_LATE));
    }

    @Test
    void shouldDropAllFragmentsWhenOneOverlaps() {
        rules(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate NEW -j ACCEPT");
        final byte[] packet = FlowPackets.udp(CLIENT, 4000, SERVER, 53, 3000);
        engine.receive(TestEngine.LAN, FlowPackets.fragments(packet, 1480, 1480)[0], FlowPackets.fragments(packet, 1400, 1480)[1]);
        assertEquals(1, engine.dropped(DropReason.FRAGMENT_INVALID));
        assertEquals(1, engine.dropped(DropReason.FRAGMENT_OTHERS));
    }

    private static byte[] error(final byte[] about) {
        final byte[] icmp = new byte[8 + 28];
        icmp[0] = 3;
        icmp[1] = 1;
        System.arraycopy(about, 14, icmp, 8, 28);
        return FlowPackets.frame(IpPackets.of(SERVER, CLIENT, IpPackets.ICMP,
                IpPackets.summed(SERVER, CLIENT, IpPackets.ICMP, icmp, 2)));
    }

    private void rules(final IpFamily family, final String... lines) {
        for (final String line : lines) {
            final ByteArrayOutputStream said = new ByteArrayOutputStream();
            final PrintStream out = new PrintStream(said, true);
            assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), family)
                    .run(List.of(line.split(" ")), out, out), said::toString);
        }
    }
}
