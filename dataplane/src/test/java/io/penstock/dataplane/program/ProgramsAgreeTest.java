package io.penstock.dataplane.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.dataplane.testkit.RouterRig;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The generated program and the plain one, with the same random functions and packets: the same calls in the same order with
 * the same packets, the same outcomes, the same bytes at every port.
 */
class ProgramsAgreeTest {

    private static final int SETS = 40;
    private static final int BATCHES = 12;
    private static final String[] ADDRESSES4 = {"10.1.0.5", "10.1.0.6", "10.2.0.5", "10.0.0.254", "10.0.0.9", "10.66.0.1",
        "10.67.0.1", "10.68.0.1", "10.77.0.1", "224.0.0.1", "224.0.0.9", "255.255.255.255", "10.9.0.255", "10.9.0.1"};
    private static final String[] ADDRESSES6 = {"2001:db8:1::5", "2001:db8:2::5", "2001:db8::fe", "2001:db8::9",
        "2001:db8:66::1", "2001:db8:67::1", "2001:db8:68::1", "2001:db8:77::1", "ff02::1", "ff05::9", "fe80::fe"};

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 2_000, 3_000})
    void shouldDoTheSameAsThePlainProgram(final long firstSeed) {
        int calls = 0;
        int replies = 0;
        for (long seed = firstSeed; seed < firstSeed + SETS; seed++) {
            final List<String> plain = events(ProgramKind.PLAIN, seed);
            final List<String> compiled = events(ProgramKind.COMPILED, seed);
            for (int i = 0; i < Math.min(plain.size(), compiled.size()); i++) {
                assertEquals(plain.get(i), compiled.get(i), "seed " + seed + " event " + i);
            }
            assertEquals(plain.size(), compiled.size(), "seed " + seed);
            calls += (int) plain.stream().filter(event -> event.startsWith("call")).count();
            replies += (int) plain.stream().filter(event -> event.startsWith("originated")).count();
        }
        assertTrue(calls > SETS * BATCHES && replies > SETS, () -> "the functions and the errors took part");
    }

    private static List<String> events(final ProgramKind kind, final long seed) {
        final List<String> events = new ArrayList<>();
        final Random random = new Random(seed);
        try (RouterRig rig = new RouterRig(kind)) {
            rig.lane.observeOriginated((b, slot) -> events.add("originated " + b.outcome[slot]));
            register(rig, new Random(random.nextLong()), events);
            final Random packets = new Random(random.nextLong());
            for (int i = 0; i < BATCHES; i++) {
                final byte[][] batch = new byte[1 + packets.nextInt(12)][];
                for (int j = 0; j < batch.length; j++) {
                    batch[j] = packet(packets);
                }
                if (packets.nextInt(5) == 0) {
                    rig.originate(batch);
                } else {
                    rig.receive(packets.nextInt(3), batch);
                }
                for (int slot = 0; slot < batch.length; slot++) {
                    events.add("outcome " + rig.outcome(slot) + " mark=" + rig.batch.mark[slot]);
                }
                rig.nowNs += packets.nextInt(3) * 1_000_000_000L;
            }
            for (int port = 0; port < 3; port++) {
                final int number = port;
                rig.ports[port].sent.forEach(bytes -> events.add("port " + number + ' ' + HexFormat.of().formatHex(bytes)));
            }
            rig.host.sent.forEach(bytes -> events.add("host " + HexFormat.of().formatHex(bytes)));
            events.add("exceptions " + rig.counters().hookExceptions + " drops " + Arrays.toString(rig.counters().dropped));
        }
        return events;
    }

    /** Up to ten functions anywhere, of which each judges by what it sees and by a number of its own. */
    private static void register(final RouterRig rig, final Random random, final List<String> events) {
        final int functions = random.nextInt(11);
        for (int i = 0; i < functions; i++) {
            final HookList list = HookList.of(random.nextInt(HookList.count()));
            final String name = "f" + i;
            final HookFunction function = function(rig, name, random.nextLong(), events);
            rig.engine.hooks().register(Places.ops(list, name, random.nextInt(4), function));
        }
        if (random.nextBoolean()) {
            rig.engine.hooks().registerQueueHandler("", (packet, state, queue, token) -> {
                events.add("queue " + queue + ' ' + seen(packet, state));
                if (queue == 1) {
                    return QueueHandler.NOBODY;
                }
                rig.engine.hooks().stolenPackets().resume(token, queue % 2 == 0 ? Verdict.ACCEPT : Verdict.STOP);
                return QueueHandler.QUEUED;
            });
        }
    }

    private static HookFunction function(
            final RouterRig rig, final String name, final long seed, final List<String> events) {
        final Random random = new Random(seed);
        return (packet, state) -> {
            events.add("call " + name + ' ' + seen(packet, state));
            packet.mark(packet.mark() * 31 + name.hashCode());
            switch (random.nextInt(24)) {
                case 0:
                    return Verdict.DROP;
                case 1:
                    return Verdict.STOP;
                case 2, 3:
                    return Verdict.REPEAT;
                case 4:
                    return Verdict.queue(random.nextInt(4));
                case 5:
                    return Verdict.queueOrBypass(random.nextInt(4));
                case 6:
                    throw new IllegalStateException("on purpose");
                case 7:
                    return 77;
                case 8:
                    packet.steal();
                    return Verdict.ACCEPT;
                case 9, 10:
                    final long token = packet.steal();
                    rig.engine.hooks().stolenPackets().resume(token, random.nextBoolean() ? Verdict.ACCEPT : Verdict.REPEAT);
                    return Verdict.STOLEN;
                default:
                    return Verdict.ACCEPT;
            }
        };
    }

    private static String seen(final Packet packet, final HookState state) {
        final byte[] bytes = new byte[packet.length()];
        Memory.copyToArray(packet.frame(), bytes, 0, bytes.length);
        return state.family() + " " + state.point() + " in=" + state.in() + " out=" + state.out() + ' ' + state.continuation()
                + " mark=" + packet.mark() + " protocol=" + packet.protocol() + " transport=" + packet.transportLength()
                + " network=" + packet.networkLength() + " bytes=" + Arrays.hashCode(bytes);
    }

    static byte[] packet(final Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> Packets.arp();
            case 1, 2, 3, 4 -> random6(random);
            default -> random4(random);
        };
    }

    private static byte[] random4(final Random random) {
        final int source = address4(random.nextInt(6) == 0 ? any(random, ADDRESSES4) : "10.0.0." + (1 + random.nextInt(9)));
        final int destination = address4(random.nextInt(3) == 0 ? any(random, ADDRESSES4) : "10.1.0.5");
        final byte[] options = random.nextInt(4) == 0
                ? RandomPacket4.options(random, source, destination, address4("10.0.0.254")) : new byte[0];
        final byte[] payload = RandomPacket4.bytes(random, random.nextInt(6) == 0 ? 1400 + random.nextInt(80) : 8);
        return framed(0x0800, random, RandomPacket4.packet(random.nextInt(256), random.nextInt(65_536),
                random.nextInt(4) == 0 ? random.nextInt(65_536) : random.nextInt(2) << 14,
                random.nextInt(5) == 0 ? random.nextInt(2) : 64, random.nextBoolean() ? 17 : 1, source, destination, options,
                payload));
    }

    private static byte[] random6(final Random random) {
        final byte[] source = address6(random.nextInt(6) == 0 ? any(random, ADDRESSES6) : "2001:db8::" + (1 + random.nextInt(9)));
        final byte[] destination = address6(random.nextInt(3) == 0 ? any(random, ADDRESSES6) : "2001:db8:1::5");
        final int bytes = random.nextInt(6) == 0 ? 1350 + random.nextInt(80) : 8;
        if (random.nextInt(3) == 0) {
            // Hop-by-hop options of any kind, eight bytes of them.
            final byte[] payload = RandomPacket4.bytes(random, bytes + 8);
            payload[0] = 17;
            payload[1] = 0;
            payload[2] = (byte) random.nextInt(256);
            payload[3] = 4;
            return framed(0x86DD, random, RandomPacket6.packet(0, 0, 64, source, destination, payload));
        }
        final byte[] chain = RandomPacket6.chain(random, bytes);
        return framed(0x86DD, random, RandomPacket6.packet(random.nextInt(), chain[0] & 0xFF,
                random.nextInt(5) == 0 ? random.nextInt(2) : 64, source, destination,
                Arrays.copyOfRange(chain, 1, chain.length)));
    }

    static byte[] framed(final int type, final Random random, final byte[] ip) {
        final ByteBuffer b = ByteBuffer.allocate(Packets.IP + ip.length);
        b.putShort((short) (random.nextInt(20) == 0 ? 0x0100 : 0x0200)).putInt(1);
        b.putShort((short) 0x0200).putInt(2).putShort((short) type).put(ip);
        return b.array();
    }

    private static String any(final Random random, final String... from) {
        return from[random.nextInt(from.length)];
    }

    static int address4(final String address) {
        return (int) IpAddress.parse(address).low();
    }

    static byte[] address6(final String address) {
        final IpAddress parsed = IpAddress.parse(address);
        return ByteBuffer.allocate(16).putLong(parsed.high()).putLong(parsed.low()).array();
    }
}
