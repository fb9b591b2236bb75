package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever comes in: nothing throws, in checked mode no byte outside of the frame is touched, and every packet is accounted for.
 */
class ParseStepPropertyTest {

    private static final TestEngine ENGINE = new TestEngine();

    static {
        for (final HookList list : HookList.values()) {
            Places.register(ENGINE, list, 0, (packet, state) -> {
                // What a careful function may read.
                long sum = 0;
                for (int i = 0; i < packet.length(); i++) {
                    sum += Memory.getByte(packet.frame() + i);
                }
                for (int i = 0; i < packet.transportLength(); i++) {
                    sum += Memory.getByte(packet.transport() + i);
                }
                return packet.networkLength() < 0 || packet.transportLength() < 0 || sum == Long.MIN_VALUE
                        ? 99 : Verdict.ACCEPT;
            });
        }
    }

    @AfterContainer
    static void close() {
        ENGINE.close();
    }

    /** Bytes that are mostly a packet: a good one, cut or lengthened, with some bytes changed, the checksum often corrected. */
    @Provide
    Arbitrary<byte[]> packets() {
        final Arbitrary<byte[]> good = Arbitraries.of(
                Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.0.0.254"), Packets.arp(),
                Packets.udp6("::1"), new byte[0], new byte[60],
                extensions(0), extensions(43), extensions(44), extensions(51), extensions(60));
        final Arbitrary<List<int[]>> changes = Combinators.combine(
                Arbitraries.oneOf(Arbitraries.integers().between(0, 120), Arbitraries.integers().between(12, 30)),
                Arbitraries.integers().between(0, 255)).as((at, value) -> new int[] {at, value}).list().ofMaxSize(6);
        return Combinators.combine(good, changes, Arbitraries.integers().between(-60, 40), Arbitraries.of(true, true, false))
                .as(ParseStepPropertyTest::spoil);
    }

    @Property(tries = 4000)
    void shouldAccountForWhateverComesIn(@ForAll("packets") final byte[] packet) {
        ENGINE.receive(TestEngine.LAN, packet.clone());
        assertNotEquals("none", ENGINE.outcome(0));
        ENGINE.receive(TestEngine.DMZ, packet.clone());
        ENGINE.originate(packet.clone());
        assertEquals(0, ENGINE.counters().hookExceptions, () -> String.valueOf(ENGINE.lane.lastException()));
        assertEquals(0, ENGINE.dropped(DropReason.HOOK_VERDICT));
        ENGINE.assertBooks();
    }

    @Property(tries = 500)
    void shouldAccountForABatchOfWhateverComesIn(@ForAll("batches") final List<byte[]> packets) {
        ENGINE.receive(TestEngine.LAN, packets.stream().map(byte[]::clone).toArray(byte[][]::new));
        for (int i = 0; i < packets.size(); i++) {
            assertNotEquals("none", ENGINE.outcome(i));
        }
        assertTrue(ENGINE.batch.count <= Batch.CAPACITY);
        ENGINE.assertBooks();
    }

    @Provide
    Arbitrary<List<byte[]>> batches() {
        return packets().list().ofMaxSize(20);
    }

    private static byte[] spoil(
            final byte[] good, final List<int[]> changes, final int longer, final boolean correct) {
        final byte[] packet = Arrays.copyOf(good, Math.max(0, good.length + longer));
        changes.stream().filter(change -> change[0] < packet.length).forEach(change -> packet[change[0]] = (byte) change[1]);
        if (correct && packet.length >= 14 + Ipv4Layout.HEADER_BYTES && packet[12] == 8) {
            Packets.edit(packet, eth -> {
                final int bytes = Ipv4Layout.headerBytes(eth + 14);
                if (bytes >= Ipv4Layout.HEADER_BYTES && 14 + bytes <= packet.length) {
                    Checksum.writeIpv4(eth + 14, bytes);
                }
            });
        }
        return packet;
    }

    private static byte[] extensions(final int header) {
        final byte[] packet = Packets.insert(Packets.udp6("2001:db8:1::5"), 54,
                header, 0, 0, 0, 0, 0, 0, 0, 17, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        packet[14 + 6] = (byte) header;
        packet[14 + 5] += 24;
        return packet;
    }
}
