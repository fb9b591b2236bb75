package io.penstock.dataplane.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.dataplane.testkit.RouterRig;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Long chains with batches of packets of all kinds: the generated program, which searches for whole batches, and the plain one, which does not. */
class BatchedRulesTest {

    private static final int SETS = 40;
    private static final int BATCHES = 8;
    private static final int RULES = 40;
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int PAYLOAD_BYTES = 32;
    private static final int FIRST_PORT = 1000;
    private static final int PORTS = 16;

    @Test
    void shouldJudgeEachPacketAndCountAsThePlainProgramDoes() {
        long forwarded = 0;
        long dropped = 0;
        for (long seed = 1; seed <= SETS; seed++) {
            final List<String> plain = events(ProgramKind.PLAIN, seed);
            final List<String> compiled = events(ProgramKind.COMPILED, seed);
            for (int i = 0; i < plain.size(); i++) {
                assertEquals(plain.get(i), compiled.get(i), "seed=" + seed + " event=" + i);
            }
            assertEquals(plain.size(), compiled.size());
            forwarded += plain.stream().filter(event -> event.startsWith("port")).count();
            dropped += plain.stream().filter(event -> event.startsWith("outcome dropped rule_drop")).count();
        }
        assertTrue(forwarded > SETS * BATCHES && dropped > SETS * BATCHES, "forwarded=" + forwarded + " dropped=" + dropped);
    }

    private static List<String> events(final ProgramKind kind, final long seed) {
        final List<String> events = new ArrayList<>();
        final Random random = new Random(seed);
        try (RouterRig rig = new RouterRig(kind)) {
            for (final IpFamily family : IpFamily.values()) {
                restore(rig, family, rules(family, random));
            }
            for (int i = 0; i < BATCHES; i++) {
                final byte[][] batch = new byte[1 + random.nextInt(Batch.CAPACITY)][];
                for (int j = 0; j < batch.length; j++) {
                    batch[j] = switch (random.nextInt(4)) {
                        case 0 -> ProgramsAgreeTest.packet(random);
                        case 1 -> usual6(random);
                        default -> usual4(random);
                    };
                }
                rig.receive(RouterRig.LAN, batch);
                for (int slot = 0; slot < batch.length; slot++) {
                    events.add("outcome " + rig.outcome(slot) + " mark=" + rig.batch.mark[slot] + " flags=" + rig.batch.flags[slot]);
                }
            }
            for (int port = 0; port < rig.ports.length; port++) {
                final int number = port;
                rig.ports[port].sent.forEach(bytes -> events.add("port " + number + ' ' + HexFormat.of().formatHex(bytes)));
            }
            events.add("drops " + Arrays.toString(rig.counters().dropped));
            for (final IpFamily family : IpFamily.values()) {
                save(rig, family).lines().filter(line -> !line.startsWith("#")).forEach(events::add);
            }
        }
        return events;
    }

    /** Rules that ask headers alone, and others in between in some sets; some packets are traced, marked or translated before they come to them. */
    private static String rules(final IpFamily family, final Random random) {
        final boolean v4 = family == IpFamily.IPV4;
        final StringBuilder text = new StringBuilder();
        // Each of these takes packets away from the long chain, too: whose ports are cut off, or who wait for their other fragments.
        if (random.nextInt(3) == 0) {
            text.append("*raw\n-A PREROUTING -p udp -m udp --dport 1005 -j TRACE\nCOMMIT\n");
        }
        if (random.nextInt(3) == 0) {
            text.append("*mangle\n-A PREROUTING -p tcp -m tcp --dport 1003 -j MARK --set-xmark 0x7/0xffffffff\nCOMMIT\n");
        }
        if (v4 && random.nextInt(3) == 0) {
            text.append("*nat\n-A PREROUTING -p udp -m udp --dport 1002 -j DNAT --to-destination 10.1.0.5:1004\nCOMMIT\n");
        }
        text.append("*filter\n:FORWARD ")
                .append(random.nextBoolean() ? "DROP" : "ACCEPT").append(" [0:0]\n");
        final boolean headersAlone = random.nextInt(4) != 0;
        for (int i = 0; i < RULES; i++) {
            text.append("-A FORWARD");
            if (random.nextInt(3) != 0) {
                text.append(" -s ").append(v4 ? "10.0.0." : "2001:db8::").append(random.nextInt(10)).append('/')
                        .append((v4 ? 32 : 128) - random.nextInt(3));
            }
            if (random.nextInt(3) == 0) {
                text.append(" -d ").append(v4 ? "10.1.0.5" : "2001:db8:1::5");
            }
            if (random.nextInt(12) == 0) {
                text.append(v4 ? " -p icmp" : " -p icmpv6");
            } else if (random.nextInt(8) != 0) {
                final String protocol = random.nextBoolean() ? "udp" : "tcp";
                final int port = FIRST_PORT + random.nextInt(PORTS);
                text.append(" -p ").append(protocol).append(" -m ").append(protocol).append(random.nextBoolean() ? " --dport " : " --sport ")
                        .append(port).append(random.nextInt(3) == 0 ? ":" + (port + random.nextInt(PORTS)) : "");
            }
            if (random.nextInt(headersAlone ? 30 : 3) == 0) {
                text.append(headersAlone || random.nextBoolean() ? " -m length --length 0:80" : " -m mark --mark 0x7");
            }
            text.append(random.nextInt(12) == 0 ? "" : random.nextBoolean() ? " -j DROP" : " -j ACCEPT").append('\n');
        }
        return text.append("COMMIT\n").toString();
    }

    private static byte[] usual4(final Random random) {
        final int source = ProgramsAgreeTest.address4("10.0.0." + (1 + random.nextInt(9)));
        final byte[] options = random.nextInt(6) == 0 ? new byte[] {1, 1, 1, 0} : new byte[0];
        return ProgramsAgreeTest.framed(0x0800, random, RandomPacket4.packet(0, random.nextInt(65_536),
                random.nextInt(4) == 0 ? random.nextInt(4) | 1 << 13 : 1 << 14, 64, random.nextBoolean() ? UDP : TCP, source,
                ProgramsAgreeTest.address4("10.1.0.5"), options, transport(random)));
    }

    private static byte[] usual6(final Random random) {
        return ProgramsAgreeTest.framed(0x86DD, random, RandomPacket6.packet(0, random.nextBoolean() ? UDP : TCP, 64,
                ProgramsAgreeTest.address6("2001:db8::" + (1 + random.nextInt(9))), ProgramsAgreeTest.address6("2001:db8:1::5"),
                transport(random)));
    }

    /** Ports and, for UDP, no checksum; some are cut off. */
    private static byte[] transport(final Random random) {
        final int bytes = random.nextInt(4) == 0 ? random.nextInt(24) : PAYLOAD_BYTES;
        final ByteBuffer all = ByteBuffer.allocate(PAYLOAD_BYTES);
        all.putShort((short) (FIRST_PORT + random.nextInt(PORTS))).putShort((short) (FIRST_PORT + random.nextInt(PORTS))).putShort((short) bytes).putShort((short) 0);
        all.putInt(0).put((byte) 0x50).put((byte) 0x10);
        return Arrays.copyOf(all.array(), bytes);
    }

    private static void restore(final RouterRig rig, final IpFamily family, final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(rig.engine.tables().rules(), RuleExtensions.installed(), new SystemNames(), family)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        assertEquals(0, status, () -> said.toString(StandardCharsets.ISO_8859_1) + text);
    }

    private static String save(final RouterRig rig, final IpFamily family) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        assertEquals(0, new IptablesSaveCommand(rig.engine.tables().rules(), new SystemNames(), family, Clock.systemUTC())
                .run(List.of("-c"), out, out));
        return said.toString(StandardCharsets.ISO_8859_1);
    }
}
