package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.Outcome;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.FuzzFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * For the fuzzer: the input is a port's switches and frames for a router of two ports and its host. Nothing is thrown, no byte
 * outside of a frame is read, every packet is accounted for, every frame comes back, and what leaves is a packet.
 *
 * <pre>
 *   | switches | where | length (2) | frame ... | where | length (2) | frame ... |
 *
 *   switches: bit 0 hook functions that read everything, bits 1 to 7 as in SWITCHES
 *   where:    bits 0 and 1 the port or the host, bit 2 in one batch with the next frame, bit 3 the IPv4 header's checksum
 *             is left as it is, bit 4 a second later, bit 5 the packet's length is put right, bit 6 neighbours fail
 * </pre>
 */
public final class EngineFuzzTarget {

    private static final String CONFIGURATION = """
            ports: { lan: { device: lan }, wan: { device: wan } }
            network:
              addresses:
                lan: [10.0.0.254/24, "2001:db8::fe/64", "fe80::fe/64"]
                wan: [192.0.2.1/24, "2001:db8:9::1/64", "fe80::1/64"]
              routes:
                - { to: 198.51.100.0/24, via: 192.0.2.254, port: wan }
                - { to: 203.0.113.0/24, via: 192.0.2.254, port: wan, mtu: 100 }
                - { to: 10.7.0.0/16, via: [ { via: 192.0.2.254, port: wan, weight: 2 }, { via: 10.0.0.1, port: lan } ] }
                - { to: 10.8.0.0/16, via: 10.0.0.1, port: lan }
                - { to: 100.64.0.0/16, type: unreachable }
                - { to: 100.65.0.0/16, type: prohibit }
                - { to: 100.66.0.0/16, type: blackhole }
                - { to: 100.67.0.0/16, type: throw }
                - { to: "2001:db8:1::/48", via: "2001:db8:9::fe", port: wan }
                - { to: "2001:db8:3::/48", via: "2001:db8:9::fe", port: wan, mtu: 1280 }
                - { to: "2001:db8:a::/48", type: unreachable }
                - { to: "2001:db8:b::/48", type: prohibit }
            """;

    private static final int[] SWITCHES = {
        PortTable.RP_FILTER_STRICT, PortTable.RP_FILTER_LOOSE, PortTable.ACCEPT_LOCAL, PortTable.ROUTE_LOCALNET,
        PortTable.ACCEPT_SOURCE_ROUTE, PortTable.BC_FORWARDING, PortTable.SHARED_MEDIA
    };

    private static final int HOOKED = 1;

    private static final int PORTS = 2;
    private static final int PLACE_MASK = 3;
    private static final int WITH_NEXT = 4;
    private static final int AS_IT_IS = 8;
    private static final int LATER = 16;
    private static final int SIZED = 32;
    private static final int NO_NEIGHBOUR = 64;
    private static final int RECORD_BYTES = 3;

    private static final int FRAME_BYTES = 4096;
    /** Longer than what Ethernet carries, with room for whatever is put in front. */
    private static final int MAX_PACKET_BYTES = 2048;
    private static final int FRAMES = Lane.PARKING_PLACES + 4 * Batch.CAPACITY;

    private static final long SECOND_NS = 1_000_000_000L;

    private static final EngineFuzzTarget PLAIN = new EngineFuzzTarget(false);
    private static final EngineFuzzTarget READING = new EngineFuzzTarget(true);

    private final OfflineEngine engine;
    private final Lane lane;
    private final FuzzPort[] ends = new FuzzPort[PORTS + 1];
    private final int[] usual = new int[PORTS];
    private final Batch batch = new Batch();
    private long nowNs = 1_700_000_000L * SECOND_NS;
    private long read;

    private EngineFuzzTarget(final boolean hooked) {
        engine = new OfflineEngine(configuration(), FRAME_BYTES, FRAMES, MappedMemory.Pages.NORMAL);
        lane = engine.lane();
        for (int i = 0; i < PORTS; i++) {
            ends[i] = new FuzzPort(engine.frames(), false);
            engine.port(i, ends[i]);
            usual[i] = lane.ports.flags(i);
        }
        ends[PORTS] = new FuzzPort(engine.frames(), true);
        lane.local(ends[PORTS]);
        if (hooked) {
            for (final HookList list : HookList.values()) {
                final HookOps ops = HookOps.of(list.name(), list.family(), list.point(), 0, this::readAll);
                engine.hooks().register(list.point().needsDevice() ? ops.on("wan") : ops);
            }
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length > 0) {
            ((input[0] & HOOKED) == 0 ? PLAIN : READING).run(input);
        }
    }

    private static Configuration configuration() {
        final FuzzFile file = new FuzzFile(".yaml");
        return new ConfigurationBuilder().file(file.write(CONFIGURATION.getBytes(StandardCharsets.UTF_8))).build();
    }

    private void run(final byte[] input) {
        for (int i = 0; i < PORTS; i++) {
            int flags = usual[i];
            for (int bit = 0; bit < SWITCHES.length; bit++) {
                flags ^= (input[0] >>> bit + 1 & 1) * SWITCHES[bit];
            }
            lane.ports.flags(i, flags);
        }
        int place = 0;
        int waiting = 0;
        for (int at = 1; at + RECORD_BYTES <= input.length;) {
            final int where = input[at];
            final int length = Math.min((input[at + 1] & 0xFF) << 8 | input[at + 2] & 0xFF, input.length - at - RECORD_BYTES);
            final int next = Math.min(where & PLACE_MASK, PORTS);
            if (waiting > 0 && (next != place || waiting == Batch.CAPACITY)) {
                batch(place, false);
                waiting = 0;
            }
            place = next;
            nowNs += (where & LATER) == 0 ? 0 : SECOND_NS;
            if (length <= MAX_PACKET_BYTES) {
                final byte[] frame = Arrays.copyOfRange(input, at + RECORD_BYTES, at + RECORD_BYTES + length);
                if ((where & SIZED) != 0) {
                    setLength(frame);
                }
                ends[place].offer((where & AS_IT_IS) == 0 ? corrected(frame) : frame);
                waiting++;
            }
            if ((where & WITH_NEXT) == 0 && waiting > 0) {
                batch(place, (where & NO_NEIGHBOUR) != 0);
                waiting = 0;
            }
            at += RECORD_BYTES + length;
        }
        if (waiting > 0) {
            batch(place, false);
        }
        finish();
    }

    private void batch(final int place, final boolean failing) {
        batch.nowNs = nowNs;
        batch.count = ends[place].receive(batch, Batch.CAPACITY);
        Arrays.fill(batch.outcome, 0, batch.count, Outcome.NONE);
        if (place == PORTS) {
            Arrays.fill(batch.inPort, 0, batch.count, Batch.FROM_HOST);
            Arrays.fill(batch.outPort, 0, batch.count, Batch.NO_PORT);
            Arrays.fill(batch.mark, 0, batch.count, 0);
            Arrays.fill(batch.uid, 0, batch.count, -1);
            lane.processOutput(batch);
        } else {
            Arrays.fill(batch.inPort, 0, batch.count, place);
            lane.process(batch);
        }
        for (int slot = 0; slot < batch.count; slot++) {
            assertNotEquals(Outcome.NONE, batch.outcome[slot], "a packet has no outcome");
        }
        for (int slot = 0; failing && slot < batch.count; slot++) {
            if (Outcome.kind(batch.outcome[slot]) == Outcome.PARKED) {
                fail(slot);
            }
        }
        engine.settle(nowNs);
        check();
    }

    /** The neighbour that a packet waits for does not answer: it is the packet's destination, or a gateway. */
    private void fail(final int slot) {
        final long ip = batch.frame[slot] + EthernetLayout.HEADER_BYTES;
        final boolean ipv4 = batch.family[slot] == Family.IPV4.number();
        for (int port = 0; port < PORTS; port++) {
            lane.failNeighbour(port, ipv4 ? 0 : Ipv6Layout.destinationHigh(ip),
                    ipv4 ? Ipv4Layout.destination(ip) & 0xFFFF_FFFFL : Ipv6Layout.destinationLow(ip), nowNs);
        }
    }

    /** Whatever waits for a neighbour, or for its turn to be told of an error, waits to the end. */
    private void finish() {
        for (int second = 0; second < 5; second++) {
            nowNs += SECOND_NS;
            engine.settle(nowNs);
        }
        check();
        assertEquals(0, lane.parkedCount(), "parked");
    }

    private void check() {
        assertEquals(0, lane.counters.unaccounted(), "unaccounted");
        assertEquals(FRAMES, engine.frames().count() + lane.parkedCount(), "frames");
        assertEquals(0, lane.counters.hookExceptions, () -> String.valueOf(lane.lastException()));
    }

    /** What a careful function may read. */
    private int readAll(final Packet packet, final HookState state) {
        assertTrue(packet.length() >= 0 && packet.networkLength() >= 0 && packet.transportLength() >= 0);
        sum(packet.frame(), packet.length());
        sum(packet.network(), packet.networkLength());
        sum(packet.transport(), packet.transportLength());
        return Verdict.ACCEPT;
    }

    private void sum(final long address, final int bytes) {
        for (int i = 0; i < bytes; i++) {
            read += Memory.getByte(address + i);
        }
    }

    /** The packet in a frame is as long as the frame allows. */
    private static void setLength(final byte... frame) {
        final int ip = EthernetLayout.HEADER_BYTES;
        final boolean ipv6 = frame.length >= ip && frame[ip - 2] == (byte) 0x86 && frame[ip - 1] == (byte) 0xDD;
        final int field = ip + (ipv6 ? Ipv6Layout.PAYLOAD_LENGTH : Ipv4Layout.TOTAL_LENGTH);
        final int length = frame.length - ip - (ipv6 ? Ipv6Layout.HEADER_BYTES : 0);
        if (length >= 0 && field + 2 <= frame.length) {
            frame[field] = (byte) (length >>> 8);
            frame[field + 1] = (byte) length;
        }
    }

    /** An IPv4 header's checksum is not for the fuzzer to find. */
    private static byte[] corrected(final byte... frame) {
        final int ip = EthernetLayout.HEADER_BYTES;
        if (frame.length < ip + Ipv4Layout.HEADER_BYTES || frame[ip - 2] != 8 || frame[ip - 1] != 0) {
            return frame;
        }
        final int bytes = (frame[ip] & 0xF) << 2;
        if (bytes >= Ipv4Layout.HEADER_BYTES && ip + bytes <= frame.length) {
            frame[ip + Ipv4Layout.CHECKSUM] = 0;
            frame[ip + Ipv4Layout.CHECKSUM + 1] = 0;
            long sum = 0;
            for (int i = 0; i < bytes; i += 2) {
                sum += (frame[ip + i] & 0xFF) << 8 | frame[ip + i + 1] & 0xFF;
            }
            while (sum >>> 16 != 0) {
                sum = (sum & 0xFFFF) + (sum >>> 16);
            }
            frame[ip + Ipv4Layout.CHECKSUM] = (byte) (~sum >>> 8);
            frame[ip + Ipv4Layout.CHECKSUM + 1] = (byte) ~sum;
        }
        return frame;
    }
}
