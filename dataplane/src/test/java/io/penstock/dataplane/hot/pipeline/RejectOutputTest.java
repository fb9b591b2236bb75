package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** REJECT at LOCAL_OUT, where the host's own socket is told, and what rules' services do in the lane. */
final class RejectOutputTest {

    private static final String OWN4 = "10.0.0.254";
    private static final String OWN6 = "2001:db8::fe";
    private static final String FAR4 = "10.1.0.1";
    private static final String FAR6 = "2001:db8:1::1";
    private static final int SYN = 2;
    private static final byte[] NONE = {};

    private final TestEngine engine = new TestEngine();
    private final RuleTables tables =
            new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);

    @BeforeEach
    void refuse() {
        for (final IpFamily family : IpFamily.values()) {
            command(family, "-A OUTPUT -p tcp -j REJECT --reject-with tcp-reset");
            command(family, "-A OUTPUT -j REJECT");
        }
    }

    @AfterEach
    void end() {
        engine.assertBooks();
        tables.close();
        engine.close();
    }

    /** From the destination: no port takes a packet from the host's own address. */
    @Test
    void shouldTellTheHostsSocketFromTheDestinationWhenIpv4IsRefused() {
        final byte[] sent = IpPackets.udp(OWN4, FAR4, 8);
        engine.originateBy(TestEngine.WAN, frame(sent));
        assertEquals("dropped reject", engine.outcome(0));
        final byte[] told = delivered();
        assertEquals("0a010001" + "0a0000fe", HexFormat.of().formatHex(told, 12, 20));
        assertEquals("0303", HexFormat.of().formatHex(told, 20, 22));
        assertArrayEquals(sent, Arrays.copyOfRange(told, 28, told.length));
        assertEquals(TestEngine.WAN, engine.host.lastInPort);
    }

    @Test
    void shouldTellTheHostsSocketFromItselfWhenIpv6IsRefused() {
        final byte[] sent = IpPackets.udp(OWN6, FAR6, 8);
        engine.originateBy(TestEngine.WAN, frame(sent));
        assertEquals("dropped reject", engine.outcome(0));
        final byte[] told = delivered();
        assertArrayEquals(Arrays.copyOfRange(sent, 8, 24), Arrays.copyOfRange(told, 8, 24));
        assertArrayEquals(Arrays.copyOfRange(sent, 8, 24), Arrays.copyOfRange(told, 24, 40));
        assertEquals("0104", HexFormat.of().formatHex(told, 40, 42));
        assertArrayEquals(sent, Arrays.copyOfRange(told, 48, told.length));
    }

    @Test
    void shouldResetTheHostsConnectionWhenASegmentIsRefused() {
        engine.originate(frame(IpPackets.tcp(OWN4, FAR4, SYN, NONE, 0)), frame(IpPackets.tcp(OWN6, FAR6, SYN, NONE, 0)));
        assertEquals(2, engine.host.sent.size());
        final byte[] first = engine.host.sent.get(0);
        final byte[] second = engine.host.sent.get(1);
        assertEquals("0a010001" + "0a0000fe" + "07d003e8" + "00000000" + "fffffff1" + "5014",
                HexFormat.of().formatHex(first, Packets.IP + 12, Packets.IP + 34));
        assertEquals("07d003e8" + "00000000" + "fffffff1" + "5014",
                HexFormat.of().formatHex(second, Packets.IP + 40, Packets.IP + 54));
        assertEquals(2, engine.dropped(DropReason.REJECT));
    }

    @Test
    void shouldTellNobodyWhenThereIsNoHost() {
        engine.lane.local(null);
        engine.originate(frame(IpPackets.udp(OWN4, FAR4, 8)), frame(IpPackets.udp(OWN6, FAR6, 8)),
                frame(IpPackets.tcp(OWN4, FAR4, SYN, NONE, 0)), frame(IpPackets.tcp(OWN6, FAR6, SYN, NONE, 0)));
        assertEquals(4, engine.dropped(DropReason.REJECT));
        assertEquals(0, engine.dropped(DropReason.LOCAL_UNDELIVERED));
        assertTrue(engine.host.sent.isEmpty());
    }

    /** It is sent to the gateway's neighbour, not to its destination's. */
    @Test
    void shouldLetACopyWaitForItsGateway() {
        engine.route("10.8.0.0", 24, engine.glean(4, TestEngine.DMZ));
        command(IpFamily.IPV4, "-F OUTPUT");
        command(IpFamily.IPV4, "-t mangle -A PREROUTING -j TEE --gateway 10.8.0.77");
        engine.receive(TestEngine.LAN, Packets.udp4(FAR4));
        assertEquals(List.of("2 10.8.0.77"), engine.requests);
        assertEquals(1, engine.lane.waitingCount());
        final int neighbour = engine.gateway(4, TestEngine.DMZ, "10.8.0.77");
        engine.resolve(neighbour);
        engine.route("10.8.0.77", 32, neighbour);
        assertEquals(1, engine.boundary());
        final byte[] copy = engine.ports[TestEngine.DMZ].sent.getLast();
        assertEquals(FAR4, (copy[30] & 0xFF) + "." + copy[31] + "." + copy[32] + "." + copy[33]);
        assertEquals(63, copy[Packets.IP + 8]);
        assertEquals(0x40, copy[Packets.IP + 6]);
        assertEquals(1, engine.ports[TestEngine.WAN].sent.size());
    }

    @Test
    void shouldThrowTheSameDiceAgainWhenPacketsAreACaptures() {
        final int[] first = dice();
        assertArrayEquals(first, dice());
        assertEquals(first.length, Arrays.stream(first).distinct().count());
    }

    private int[] dice() {
        final RuleServices services = new RuleServices(engine.lane);
        final int[] numbers = new int[100];
        Arrays.setAll(numbers, i -> services.random());
        return numbers;
    }

    private byte[] delivered() {
        assertEquals(1, engine.host.sent.size());
        final byte[] frame = engine.host.sent.getLast();
        return Arrays.copyOfRange(frame, Packets.IP, frame.length);
    }

    private static byte[] frame(final byte[] packet) {
        final byte[] frame = Packets.ethernet(packet[0] >>> 4 == 4 ? 0x0800 : 0x86DD, packet.length);
        System.arraycopy(packet, 0, frame, Packets.IP, packet.length);
        return frame;
    }

    private void command(final IpFamily family, final String words) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true);
        assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), family)
                .run(List.of(words.split(" ")), out, out), said::toString);
    }
}
