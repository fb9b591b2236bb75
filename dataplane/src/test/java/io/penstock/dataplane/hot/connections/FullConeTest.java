package io.penstock.dataplane.hot.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Target FULLCONENAT on the packet's way. */
final class FullConeTest {

    private static final String CLIENT = "10.0.0.1";
    private static final String OTHER = "10.0.0.7";
    private static final String OUTSIDE = "10.1.0.254";
    private static final String SERVER = "10.1.0.1";
    private static final String STRANGER = "10.1.9.9";
    private static final long SECOND_NS = 1_000_000_000L;
    /** What it takes to sweep some thousands of connections, less than half a second. */
    private static final int BOUNDARIES = 200;
    private static final long BOUNDARY_NS = 2_000_000;

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
    void shouldMapASourceToTheSamePortWhateverItSpeaksTo() {
        rules(IpFamily.IPV4, cone("--random"), "-t nat -A PREROUTING -i wan -j FULLCONENAT");
        final int port = out(CLIENT, 4000, SERVER, 53);
        for (int i = 1; i <= 100; i++) {
            assertEquals(port, out(CLIENT, 4000, "10.1.3." + i, 1000 + i));
        }
        assertNotEquals(port, out(CLIENT, 4001, SERVER, 53));
        assertNotEquals(port, out(OTHER, 4000, SERVER, 53));
    }

    @Test
    void shouldKeepThePortThatASourceHasWhenItIsFree() {
        rules(IpFamily.IPV4, cone(""));
        assertEquals(4000, out(CLIENT, 4000, SERVER, 53));
        // As with plain translation, this one's tuple would be free.
        assertNotEquals(4000, out(OTHER, 4000, "10.1.0.2", 53));
        assertEquals(4000, out(CLIENT, 4000, "10.1.0.3", 53));
    }

    @Test
    void shouldReachTheSourceWhenAStrangerAsks() {
        rules(IpFamily.IPV4, cone("--random"), "-t nat -A PREROUTING -i wan -j FULLCONENAT",
                "-A FORWARD -i wan -m conntrack ! --ctstate DNAT,ESTABLISHED -j DROP");
        assertEquals("dropped rule_drop", in(STRANGER, 777, OUTSIDE, 4000));
        final int port = out(CLIENT, 4000, SERVER, 53);
        assertEquals("10.1.9.9:777 > 10.0.0.1:4000", in(STRANGER, 777, OUTSIDE, port));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, STRANGER, 777, 5));
        assertEquals("10.1.0.254:" + port + " > 10.1.9.9:777", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        assertEquals("10.1.0.1:53 > 10.0.0.1:4000", in(SERVER, 53, OUTSIDE, port));
        assertEquals("dropped rule_drop", in(STRANGER, 777, OUTSIDE, port + 1));
        assertEquals(2, tables.connections().limit().count());
    }

    @Test
    void shouldGoOnWithTheNextRuleWhenNobodyIsInside() {
        rules(IpFamily.IPV4, cone(""), "-t nat -A PREROUTING -i wan -j FULLCONENAT",
                "-t nat -A PREROUTING -i wan -p udp -j DNAT --to-destination 10.0.0.9");
        assertEquals("10.1.9.9:777 > 10.0.0.9:4000", in(STRANGER, 777, OUTSIDE, 4000));
        out(CLIENT, 5000, SERVER, 53);
        assertEquals("10.1.9.9:777 > 10.0.0.1:5000", in(STRANGER, 777, OUTSIDE, 5000));
        assertEquals("10.1.9.9:777 > 10.0.0.9:5000", in(STRANGER, 777, "10.1.0.253", 5000));
    }

    @Test
    void shouldNotGiveAConesPortToAnotherSourceWhenItIsTranslatedPlainly() {
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -s 10.0.0.7 -o wan -j SNAT --to-source " + OUTSIDE, cone(""));
        assertEquals(4000, out(CLIENT, 4000, SERVER, 53));
        assertNotEquals(4000, out(OTHER, 4000, "10.1.0.2", 53));
        assertEquals(4001, out(OTHER, 4001, "10.1.0.2", 53));
    }

    @Test
    void shouldEndWithTheLastConnectionThatUsesIt() {
        rules(IpFamily.IPV4, cone("--random"), "-t nat -A PREROUTING -i wan -j FULLCONENAT",
                "-A FORWARD -i wan -m conntrack ! --ctstate DNAT,ESTABLISHED -j DROP");
        final int port = out(CLIENT, 4000, SERVER, 53);
        sleep(20);
        assertEquals(port, out(CLIENT, 4000, "10.1.0.2", 53));
        sleep(20);
        // The first is over, the second is not, a third begins.
        assertEquals(1, tables.connections().limit().count());
        assertEquals("10.1.9.9:777 > 10.0.0.1:4000", in(STRANGER, 777, OUTSIDE, port));
        sleep(20);
        assertEquals(1, tables.connections().limit().count());
        assertEquals(port, out(CLIENT, 4000, "10.1.0.3", 53));
        sleep(31);
        assertEquals(0, tables.connections().limit().count());
        assertEquals("dropped rule_drop", in(STRANGER, 777, OUTSIDE, port));
    }

    @Test
    void shouldDropWhenAllPortsAreTaken() {
        rules(IpFamily.IPV4, cone("--to-ports 5000-5019"));
        final Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            assertTrue(ports.add(out(CLIENT, 4000 + i, SERVER, 53)));
        }
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4999, "10.1.0.2", 53, 5));
        assertEquals("dropped rule_drop", engine.outcome(0));
        assertEquals(20, tables.connections().limit().count());
        sleep(31);
        for (int i = 0; i < 20; i++) {
            assertTrue(ports.remove(out(OTHER, 6000 + i, SERVER, 53)));
        }
    }

    @Test
    void shouldMapManySourcesToAPortEach() {
        rules(IpFamily.IPV4, cone(""));
        for (int round = 0; round < 2; round++) {
            final Set<Integer> ports = new HashSet<>();
            for (int host = 1; host <= 20; host++) {
                for (int i = 0; i < 60; i++) {
                    assertTrue(ports.add(out("10.0.0." + host, 4000 + i, SERVER, 53)));
                }
            }
            sleep(31);
            assertEquals(0, tables.connections().limit().count());
        }
    }

    @Test
    void shouldMasqueradeOtherProtocols() {
        rules(IpFamily.IPV4, cone(""), "-t nat -A PREROUTING -i wan -j FULLCONENAT");
        for (final String client : List.of(CLIENT, OTHER)) {
            engine.receive(TestEngine.LAN, FlowPackets.tcp(client, 4000, client.equals(CLIENT) ? SERVER : STRANGER, 80, FlowPackets.SYN, 1, 0));
            assertTrue(FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()).startsWith(OUTSIDE + ":4000 >"));
        }
        final int sent = engine.ports[TestEngine.LAN].sent.size();
        engine.receive(TestEngine.WAN, FlowPackets.tcp("10.1.0.77", 80, OUTSIDE, 4000, FlowPackets.SYN, 1, 0));
        assertEquals(sent, engine.ports[TestEngine.LAN].sent.size());
    }

    @Test
    void shouldReachOneAnotherByTheirOutsidesWhenBothAreInside() {
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -p udp -s 10.0.0.0/24 -j FULLCONENAT --random --to-source " + OUTSIDE,
                "-t nat -A PREROUTING -p udp -j FULLCONENAT");
        final int port = out(CLIENT, 4000, SERVER, 53);
        final int other = out(OTHER, 4000, SERVER, 53);
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, OUTSIDE, other, 5));
        assertEquals("10.1.0.254:" + port + " > 10.0.0.7:4000", FlowPackets.ends(engine.ports[TestEngine.LAN].sent.getLast()));
        engine.receive(TestEngine.LAN, FlowPackets.udp(OTHER, 4000, OUTSIDE, port, 5));
        assertEquals("10.1.0.254:" + other + " > 10.0.0.1:4000", FlowPackets.ends(engine.ports[TestEngine.LAN].sent.getLast()));
        assertEquals(3, tables.connections().limit().count());
        sleep(31);
        assertEquals(0, tables.connections().limit().count());
    }

    @Test
    void shouldChooseTheSameAddressOfSeveralWhateverTheDestination() {
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -o wan -j FULLCONENAT --to-source 10.1.0.240-10.1.0.254");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5), FlowPackets.udp(CLIENT, 4000, STRANGER, 54, 5),
                FlowPackets.udp(CLIENT, 4001, "10.1.77.1", 54, 5));
        final List<String> addresses = engine.ports[TestEngine.WAN].sent.stream()
                .map(frame -> FlowPackets.ends(frame).replaceFirst(":.*", "")).distinct().toList();
        assertEquals(1, addresses.size(), addresses::toString);
    }

    @Test
    void shouldHaveAConeForEachAddressOutside() {
        rules(IpFamily.IPV4, "-t nat -A POSTROUTING -d 10.1.0.0/24 -j FULLCONENAT --to-source 10.1.0.253",
                "-t nat -A POSTROUTING -o wan -j FULLCONENAT --to-source 10.1.0.254", "-t nat -A PREROUTING -i wan -j FULLCONENAT");
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, SERVER, 53, 5));
        assertEquals("10.1.0.253:4000 > 10.1.0.1:53", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        engine.receive(TestEngine.LAN, FlowPackets.udp(CLIENT, 4000, STRANGER, 53, 5));
        assertEquals("10.1.0.254:4000 > 10.1.9.9:53", FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast()));
        assertEquals("10.1.9.8:1 > 10.0.0.1:4000", in("10.1.9.8", 1, "10.1.0.253", 4000));
        assertEquals("10.1.9.8:2 > 10.0.0.1:4000", in("10.1.9.8", 2, "10.1.0.254", 4000));
    }

    @Test
    void shouldTranslateIpv6AsIpv4() {
        rules(IpFamily.IPV6, "-t nat -A POSTROUTING -o wan -j FULLCONENAT --to-source 2001:db8:1::fe",
                "-t nat -A PREROUTING -i wan -j FULLCONENAT");
        engine.receive(TestEngine.LAN, FlowPackets.udp("2001:db8::1", 4000, "2001:db8:1::1", 53, 5));
        engine.receive(TestEngine.LAN, FlowPackets.udp("2001:db8::7", 4000, "2001:db8:1::2", 53, 5));
        final String second = FlowPackets.ends(engine.ports[TestEngine.WAN].sent.getLast());
        assertTrue(second.startsWith("2001:db8:1::fe:") && second.endsWith(" > 2001:db8:1::2:53") && !second.contains(":4000 "), second);
        engine.receive(TestEngine.WAN, FlowPackets.udp("2001:db8:1::9", 777, "2001:db8:1::fe", 4000, 5));
        assertEquals("2001:db8:1::9:777 > 2001:db8::1:4000", FlowPackets.ends(engine.ports[TestEngine.LAN].sent.getLast()));
    }

    private static String cone(final String more) {
        return "-t nat -A POSTROUTING -o wan " + (more.contains("ports") ? "-p udp " : "") + "-j FULLCONENAT --to-source " + OUTSIDE
                + (more.isEmpty() ? "" : " " + more);
    }

    /** Sends from inside: the port outside. */
    private int out(final String source, final int from, final String destination, final int to) {
        engine.receive(TestEngine.LAN, FlowPackets.udp(source, from, destination, to, 5));
        assertEquals("forwarded", engine.outcome(0));
        final String ends = FlowPackets.ends(engine.ports[TestEngine.WAN].sent.removeLast());
        final String[] words = ends.split(" > ");
        assertEquals(destination + ":" + to, words[1]);
        assertTrue(words[0].startsWith(OUTSIDE + ":"), ends);
        return Integer.parseInt(words[0].substring(OUTSIDE.length() + 1));
    }

    /** Sends from outside: what arrives inside, or what became of it. */
    private String in(final String source, final int from, final String destination, final int to) {
        engine.receive(TestEngine.WAN, FlowPackets.udp(source, from, destination, to, 5));
        final String outcome = engine.outcome(0);
        return outcome.equals("forwarded") ? FlowPackets.ends(engine.ports[TestEngine.LAN].sent.removeLast()) : outcome;
    }

    private void sleep(final int seconds) {
        engine.nowNs += seconds * SECOND_NS;
        for (int i = 0; i < BOUNDARIES; i++) {
            engine.nowNs += BOUNDARY_NS;
            engine.boundary();
        }
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
