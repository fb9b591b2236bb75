package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.RouterRig;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The way of a packet allocates nothing, whatever its hook functions say. */
class EngineAllocationTest {

    private static final int WARM_UP_ROUNDS = 2_000;
    private static final int ROUNDS = 2_000;
    private static final int SLOT_BYTES = 128;
    private static final int LONG_SLOT_BYTES = 2048;

    private final long[] held = new long[Batch.CAPACITY];
    private int heldCount;

    @Test
    void shouldAllocateNothingForWhateverBecomesOfAPacket() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final List<byte[]> packets = List.of(Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.8.8.8"),
                Packets.udp4("10.1.0.6"), Packets.udp6("::1"), Packets.arp(), Packets.udp4("10.1.0.7"), Packets.udp4("10.1.0.8"));
        final int[] lengths = packets.stream().mapToInt(packet -> packet.length).toArray();
        try (TestEngine engine = new TestEngine();
                MappedMemory capture =
                        MappedMemory.reserve((long) packets.size() * SLOT_BYTES, MappedMemory.Pages.NORMAL)) {
            for (int i = 0; i < lengths.length; i++) {
                Memory.copyFromArray(packets.get(i), 0, capture.address() + (long) i * SLOT_BYTES, lengths[i]);
            }
            final MemoryPortIo in =
                    new MemoryPortIo(engine.frames, capture.address(), SLOT_BYTES, lengths, Batch.CAPACITY);
            for (final Device device : engine.devices) {
                engine.lane.port(device, in);
            }
            engine.lane.local(in);
            hook(engine);
            final Batch b = new Batch();
            Arrays.fill(b.inPort, TestEngine.LAN);
            long before = 0;
            for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                if (round == WARM_UP_ROUNDS) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                b.count = in.receive(b, Batch.CAPACITY);
                engine.lane.process(b);
                while (heldCount > 0) {
                    engine.lane.resume(held[--heldCount], Verdict.ACCEPT, round);
                }
            }
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes < ROUNDS, "less than a byte a round: bytes=" + bytes);
            assertEquals(0, engine.counters().hookExceptions);
            assertTrue(engine.counters().stolen > ROUNDS && engine.counters().queued > ROUNDS
                    && engine.dropped(DropReason.HOOK_REPEAT) > ROUNDS, "every way was taken");
            engine.assertBooks();
        }
    }

    @Test
    void shouldAllocateNothingForErrorsRedirectsAndFragments() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final String from = "10.0.0.7";
        final String from6 = "2001:db8::7";
        final List<byte[]> packets = List.of(
                Packets.editIpv4(Packets.udp4(from, "10.1.0.5", 8), ip -> Ipv4Layout.setTtl(ip, 1)),
                Packets.udp4(from, "10.77.0.1", 8), Packets.udp4(from, "10.67.0.1", 8), Packets.udp4(from, "10.2.0.5", 8),
                Packets.udp4(from, "10.1.0.5", 1400), recorded(from),
                Packets.udp6(from6, "2001:db8:77::1", 8), Packets.udp6(from6, "2001:db8:1::5", 1400),
                Packets.udp6("fe80::7", "2001:db8:1::5", 8), Packets.udp6(from6, "2001:db8:2::5", 8));
        final int[] lengths = packets.stream().mapToInt(packet -> packet.length).toArray();
        try (RouterRig rig = new RouterRig();
                MappedMemory capture =
                        MappedMemory.reserve((long) packets.size() * LONG_SLOT_BYTES, MappedMemory.Pages.NORMAL)) {
            for (int i = 0; i < lengths.length; i++) {
                rig.receive(RouterRig.LAN, packets.get(i));
                Memory.copyFromArray(packets.get(i), 0, capture.address() + (long) i * LONG_SLOT_BYTES, lengths[i]);
            }
            final MemoryPortIo in = new MemoryPortIo(
                    rig.engine.frames(), capture.address(), LONG_SLOT_BYTES, lengths, Batch.CAPACITY);
            for (int port = 0; port < 3; port++) {
                rig.engine.port(port, in);
            }
            final Batch b = new Batch();
            Arrays.fill(b.inPort, RouterRig.LAN);
            long before = 0;
            for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                if (round == WARM_UP_ROUNDS) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                b.nowNs = rig.nowNs + round * 1_000_000_000L;
                b.count = in.receive(b, Batch.CAPACITY);
                rig.lane.process(b);
            }
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes < ROUNDS, "less than a byte a round: bytes=" + bytes);
            assertTrue(rig.counters().originated > ROUNDS * 6L && rig.counters().fragmented > ROUNDS, "every way was taken");
            rig.assertBooks();
        }
    }

    /** A packet that asks each router for its address, and has a time to live of 1. */
    private static byte[] recorded(final String from) {
        final byte[] packet = Packets.insert(Packets.udp4(from, "10.1.0.5", 8), Packets.IP + Ipv4Layout.HEADER_BYTES,
                Ipv4Layout.OPTION_RECORD_ROUTE, 7, 4, 0, 0, 0, 0, 0);
        return Packets.editIpv4(packet, ip -> {
            Ipv4Layout.setHeaderBytes(ip, 28);
            Ipv4Layout.setTotalLength(ip, packet.length - Packets.IP);
            Ipv4Layout.setTtl(ip, 1);
        });
    }

    /** Functions at every list; at FORWARD the last byte of the destination decides. */
    private void hook(final TestEngine engine) {
        for (final HookList list : HookList.values()) {
            Places.register(engine, list, 0, (packet, state) -> {
                packet.mark(packet.mark() + state.point().ordinal());
                return state.in() == null || packet.length() < 0 ? Verdict.DROP : Verdict.ACCEPT;
            });
        }
        Places.register(engine, HookList.IPV4_FORWARD, 1, (packet, state) -> {
            switch (Memory.getByte(packet.network() + 19)) {
                case 6 -> {
                    held[heldCount++] = packet.steal();
                    return Verdict.STOLEN;
                }
                case 7 -> {
                    return Verdict.REPEAT;
                }
                case 8 -> {
                    return Verdict.queue(5);
                }
                default -> {
                    return Verdict.ACCEPT;
                }
            }
        });
        engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> {
            held[heldCount++] = token;
            return QueueHandler.QUEUED;
        });
    }
}
