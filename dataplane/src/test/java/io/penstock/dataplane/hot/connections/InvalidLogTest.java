package io.penstock.dataplane.hot.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is logged of packets that connections do not take. {@code log-invalid.txt} has packets and the lines of Linux 6.18 about them: {@code #} what
 * it is, {@code name=value} a sysctl, {@code lan} or {@code wan} the packet that comes in there, {@code =} a line.
 */
final class InvalidLogTest {

    private static final int NOTICE = 5;

    private final TestEngine engine = new TestEngine();
    private final RuleTables tables =
            new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);
    private final List<String> lines = new ArrayList<>();
    private final List<Integer> levels = new ArrayList<>();

    @BeforeEach
    void begin() {
        // As behind the kernel's TUN devices: no link headers.
        engine.lane.ports.set(TestEngine.LAN, PortTable.RAW_IP, true);
        engine.lane.ports.set(TestEngine.WAN, PortTable.RAW_IP, true);
        way(4, TestEngine.LAN, "10.0.0.9", "10.0.0.0", 24);
        way(4, TestEngine.WAN, "10.1.0.9", "10.1.0.0", 24);
        way(6, TestEngine.LAN, "fd00::9", "fd00::", 64);
        way(6, TestEngine.WAN, "fd00:1::9", "fd00:1::", 64);
        rule(IpFamily.IPV4, "-A FORWARD -m conntrack --ctstate INVALID -j ACCEPT");
        rule(IpFamily.IPV6, "-A FORWARD -m conntrack --ctstate INVALID -j ACCEPT");
    }

    @AfterEach
    void end() {
        engine.assertBooks();
        tables.close();
        engine.close();
    }

    @Test
    void shouldSayWhatTheKernelSaysWhenPacketsMakeNoSense() throws IOException {
        final List<String> wanted = new ArrayList<>();
        final List<String> written = new ArrayList<>();
        String about = "";
        for (final String line : script()) {
            if (line.startsWith("#")) {
                about = line;
            } else if (line.startsWith("= ")) {
                wanted.add(about + ": " + line.substring(2).replace("\\x0a", "\n"));
            } else if (line.startsWith("lan ") || line.startsWith("wan ")) {
                receive(line.startsWith("lan") ? TestEngine.LAN : TestEngine.WAN, HexFormat.of().parseHex(line.substring(4)));
                for (final String text : lines) {
                    written.add(about + ": " + text);
                }
                lines.clear();
            } else {
                set(line.substring(0, line.indexOf('=')), Long.parseLong(line.substring(line.indexOf('=') + 1)));
            }
        }
        assertEquals(String.join("\n", wanted), String.join("\n", written));
        assertTrue(levels.stream().allMatch(level -> level == NOTICE), levels::toString);
    }

    @Test
    void shouldLogTcpAloneWhenItsNumberIsWritten() {
        final byte[] tcp = FlowPackets.tcp("10.0.0.2", 9, "10.1.0.2", 80, FlowPackets.SYN | FlowPackets.ACK, 100, 5);
        final byte[] udp = FlowPackets.udp("10.0.0.2", 9, "10.1.0.2", 80, 5);
        udp[udp.length - 1] ^= 1;
        assertLines("", tcp, udp);
        set("log_invalid", 6);
        assertLines("6", tcp, udp);
        set("log_invalid", 17);
        assertLines("17", tcp, udp);
        set("log_invalid", 255);
        assertLines("6 17", tcp, udp);
        set("log_invalid", 0);
        assertLines("", tcp, udp);
    }

    @Test
    void shouldHaveTheLinkAddressesWhenTheDeviceHasSome() {
        engine.lane.ports.set(TestEngine.LAN, PortTable.RAW_IP, false);
        set("log_invalid", 255);
        engine.receive(TestEngine.LAN, FlowPackets.tcp("10.0.0.2", 9, "10.1.0.2", 80, FlowPackets.SYN | FlowPackets.ACK, 100, 5));
        drain();
        assertTrue(lines.getFirst().matches("nf_ct_proto_6: invalid new IN=lan OUT= MAC=([0-9a-f]{2}:){12}08:00 SRC=10.0.0.2 .*"),
                lines::toString);
    }

    @Test
    void shouldNameTheDeviceThatItLeavesByWhenThisHostSendsIt() {
        set("log_invalid", 255);
        engine.originateBy(TestEngine.WAN, FlowPackets.frame(IpPackets.tcp("10.0.0.254", "10.1.0.1", 3, new byte[0], 0)));
        drain();
        assertTrue(lines.getFirst().matches("nf_ct_proto_6: invalid tcp flag combination IN= OUT=wan SRC=10.0.0.254 DST=10.1.0.1 .* SYN FIN .*"),
                lines::toString);
    }

    @Test
    void shouldCountWhatIsLostWhenNobodyReads() {
        set("log_invalid", 255);
        for (int i = 0; i < PacketLogProxy.CAPACITY + 3; i++) {
            engine.receive(TestEngine.LAN, FlowPackets.tcp("10.0.0.2", 9, "10.1.0.2", 80, FlowPackets.SYN | FlowPackets.ACK, 100, 5));
        }
        assertEquals(3, engine.counters().logsLost);
        drain();
        assertEquals(PacketLogProxy.CAPACITY, lines.size());
    }

    private void assertLines(final String protocols, final byte[]... packets) {
        for (final byte[] packet : packets) {
            engine.receive(TestEngine.LAN, packet.clone());
            drain();
        }
        assertEquals(protocols, String.join(" ", lines.stream().map(line -> line.replaceAll("nf_ct_proto_(\\d+): .*", "$1")).toList()));
        lines.clear();
    }

    private void receive(final int port, final byte[] packet) {
        engine.receive(port, FlowPackets.frame(packet));
        drain();
    }

    private void drain() {
        PacketLog.to(List.of(engine.lane.packetLog), (level, text) -> {
            levels.add(level);
            lines.add(text);
        }).drain();
    }

    private void set(final String name, final long value) {
        assertTrue(tables.connections().sysctls().write(ConnSysctls.PREFIX + name, value), name);
    }

    private void way(final int family, final int port, final String gateway, final String prefix, final int length) {
        final int adjacency = engine.gateway(family, port, gateway);
        engine.resolve(adjacency);
        engine.route(prefix, length, adjacency);
    }

    private void rule(final IpFamily family, final String line) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true);
        assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), family)
                .run(List.of(line.split(" ")), out, out), said::toString);
    }

    private static List<String> script() throws IOException {
        try (InputStream file = InvalidLogTest.class.getResourceAsStream("log-invalid.txt")) {
            final List<String> script = new String(file.readAllBytes(), StandardCharsets.ISO_8859_1).lines().toList();
            assertFalse(script.isEmpty());
            return script;
        }
    }
}
