package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.replay.ReplayFixture.Timed;
import io.penstock.os.hot.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Whatever the packets and whatever hooks say: nothing is thrown, every packet has a verdict and a counter, every frame comes
 * back, and the same again is the same. Over-reading is caught by checked memory.
 */
class ReplayFuzzTest {

    private static final int PACKETS = 300;
    private static final int FRAMES = 1152;
    private static final long MIXED_FROM_NS = 1000;

    private static final String[] ADDRESSES4 = {"10.0.0.7", "10.0.0.254", "8.8.8.8", "198.18.0.1", "224.0.0.1",
        "255.255.255.255", "127.0.0.1", "0.0.0.0", "192.0.2.255", "192.0.2.9"};
    private static final String[] ADDRESSES6 = {"2001:db8::7", "2001:db8::fe", "2001:db8::", "2001:db8:1::5", "2001:db8:2::5",
        "ff02::1", "::1", "::", "fe80::1"};
    /** What says what follows: header lengths, protocols, extension headers. */
    private static final int[] BYTES = {0, 1, 4, 6, 17, 0x2C, 0x2B, 0x3C, 0x33, 0x32, 59, 0x45, 0x46, 0x4F, 0x60, 0xFF};

    private Path folder;
    private ReplayFixture net;

    @BeforeProperty
    void create() throws IOException {
        folder = Files.createTempDirectory("penstock");
        net = new ReplayFixture(folder);
    }

    @AfterProperty
    void delete() throws IOException {
        try (var paths = Files.walk(folder)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void shouldAccountForEveryPacketWhateverItIs(@ForAll final long seed) throws IOException {
        final Random random = new Random(seed);
        final ReplayInput[] inputs = {
            net.input("lan", LinkType.ETHERNET, packets(random, true)),
            net.input("wan", LinkType.RAW, packets(random, false)),
            net.input("local", LinkType.ETHERNET, packets(random, true)),
        };
        final boolean hooked = random.nextBoolean();
        final ReplaySummary summary = net.replay("out", hooks(hooked, seed), 1, inputs);
        assertEquals(0, summary.counters().unaccounted());
        assertEquals(3 * PACKETS, summary.packets());
        assertEquals(3 * PACKETS, net.verdicts().lines().count());
        assertEquals(3 * PACKETS, summary.verdicts().values().stream().mapToLong(Long::longValue).sum());
        final var worker = summary.counters().workers().getFirst();
        final long held = worker.get(WorkerCounter.STOLEN) + worker.get(WorkerCounter.QUEUED)
                - worker.get(WorkerCounter.RETURNED);
        assertEquals(FRAMES - held, worker.get(WorkerCounter.FRAMES_FREE));
        assertEquals(worker.get(WorkerCounter.FORWARDED),
                net.packets("lan.pcap").size() + net.packets("wan.pcap").size());
        assertEquals(worker.get(WorkerCounter.DELIVERED), net.packets("local.pcap").size());
        assertTrue(summary.notes().isEmpty(), () -> summary.notes().toString());
        net.replay("again", hooks(hooked, seed), 1, inputs);
        assertEquals(net.verdicts(), net.read("again/verdicts.jsonl"));
        assertEquals(net.files("out"), net.files("again"));
    }

    /** Neighbours are asked for between batches: at first packets make all of them known, one at a time in both runs. */
    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void shouldJudgeTheSameWhateverTheBatches(@ForAll final long seed) throws IOException {
        final Random random = new Random(seed);
        final List<Timed> lan = new ArrayList<>();
        final List<Timed> wan = new ArrayList<>();
        for (final String address : ADDRESSES4) {
            lan.add(new Timed(lan.size(), Packets.udp("10.0.0.7", address, 64)));
            wan.add(new Timed(wan.size(), Packets.udp("8.8.8.8", address, 64)));
        }
        for (final String address : ADDRESSES6) {
            lan.add(new Timed(lan.size(), Packets.udp("2001:db8::7", address, 64)));
            wan.add(new Timed(wan.size(), Packets.udp("2001:db8:1::5", address, 64)));
        }
        for (int i = 0; i < PACKETS; i++) {
            lan.add(new Timed(MIXED_FROM_NS + i / 100, packet(random, false)));
            wan.add(new Timed(MIXED_FROM_NS + i / 100, packet(random, false)));
        }
        final ReplayInput[] inputs = {
            net.input("lan", LinkType.ETHERNET, lan), net.input("wan", LinkType.ETHERNET, wan)};
        final int drops = random.nextInt(4);
        net.replay("out", counting(drops), 1, inputs);
        net.replay("batches", counting(drops), 1 + random.nextInt(64), inputs);
        assertEquals(net.verdicts(), net.read("batches/verdicts.jsonl"));
        final TreeMap<String, String> one = net.files("out");
        final TreeMap<String, String> more = net.files("batches");
        one.remove("counters.json");
        more.remove("counters.json");
        assertEquals(one, more);
        final String average = "\"batch_average\":[0-9.]+";
        assertEquals(net.read("out/counters.json").replaceFirst(average, ""),
                net.read("batches/counters.json").replaceFirst(average, ""));
    }

    /** Drops by what it saw before: a packet sees what the one before it left. */
    private static HookModule counting(final int every) {
        return hooks -> {
            if (every > 0) {
                final long[] bytes = new long[1];
                hooks.register(HookOps.of("counting", Family.INET, HookPoint.FORWARD, 0, (packet, state) -> {
                    bytes[0] += packet.length();
                    return bytes[0] % (every + 1) == 0 && state.nowNs() >= MIXED_FROM_NS ? Verdict.DROP : Verdict.ACCEPT;
                }));
            }
        };
    }

    private static HookModule hooks(final boolean hooked, final long seed) {
        return hooks -> {
            final Random random = new Random(seed);
            final Deque<Long> stolen = new ArrayDeque<>();
            for (final HookPoint point : HookPoint.values()) {
                if (hooked && point.belongsTo(Family.INET) && !point.needsDevice()) {
                    hooks.register(HookOps.of("fuzz", Family.INET, point, 0, (packet, state) ->
                            verdict(random, stolen, hooks.stolenPackets(), packet)));
                }
            }
        };
    }

    private static int verdict(
            final Random random, final Deque<Long> stolen, final StolenPackets back, final Packet packet) {
        if (packet.transportLength() > 0) {
            Memory.putByte(packet.transport(), Memory.getByte(packet.transport()));
        }
        if (!stolen.isEmpty() && random.nextInt(3) == 0) {
            back.resume(stolen.remove(), random.nextInt(8));
        }
        final int choice = random.nextInt(20);
        if (choice == 6) {
            final long token = packet.steal();
            if (token >= 0) {
                stolen.add(token);
            }
            return Verdict.STOLEN;
        }
        return switch (choice) {
            case 0 -> Verdict.DROP;
            case 1 -> Verdict.STOLEN;
            case 2 -> Verdict.queue(random.nextInt(9));
            case 3 -> Verdict.queueOrBypass(random.nextInt(9));
            case 4 -> Verdict.REPEAT;
            case 5 -> Verdict.STOP;
            case 7 -> random.nextInt();
            default -> Verdict.ACCEPT;
        };
    }

    private static List<Timed> packets(final Random random, final boolean framed) {
        final List<Timed> packets = new ArrayList<>();
        long timeNs = 1;
        for (int i = 0; i < PACKETS; i++) {
            timeNs += random.nextInt(3) == 0 ? random.nextLong(2 * ReplayFixture.SECOND_NS) : 0;
            final byte[] packet = packet(random, true);
            packets.add(new Timed(timeNs,
                    framed || packet.length < 14 ? packet : Arrays.copyOfRange(packet, 14, packet.length)));
        }
        return packets;
    }

    /** A packet, often a strange one, from and to the known addresses unless others will do. */
    private static byte[] packet(final Random random, final boolean anyAddress) {
        if (random.nextInt(10) == 0) {
            final byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        final String[] addresses = random.nextBoolean() ? ADDRESSES4 : ADDRESSES6;
        byte[] packet = Packets.frame(random.nextInt(20) == 0 ? Packets.BROADCAST_MAC : Packets.SOME_MAC, Packets.OTHER_MAC,
                random.nextInt(20) == 0 ? Packets.ARP : addresses == ADDRESSES4 ? Packets.IPV4 : Packets.IPV6,
                Packets.ip(addresses[random.nextInt(3)], addresses[random.nextInt(addresses.length)],
                        random.nextInt(8), random.nextInt(random.nextInt(20) == 0 ? 3000 : 100)));
        if (random.nextInt(3) == 0) {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                final int at = random.nextInt(Math.min(60, packet.length - 14));
                final boolean address = addresses == ADDRESSES4 ? at >= 12 && at < 20 : at >= 8 && at < 40;
                if (anyAddress || !address) {
                    packet[14 + at] = (byte) BYTES[random.nextInt(BYTES.length)];
                }
            }
            if (addresses == ADDRESSES4) {
                Packets.repairIpv4(packet);
            }
        }
        if (random.nextInt(6) == 0) {
            packet = Arrays.copyOf(packet, random.nextInt(packet.length + 30));
        }
        return packet;
    }
}
