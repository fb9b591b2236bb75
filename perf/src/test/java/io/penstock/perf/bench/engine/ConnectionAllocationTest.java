package io.penstock.perf.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.Allocations;
import io.penstock.perf.connections.ConnectionMix;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Neither tracking nor translation allocates, whether connections stand, begin or end; nor does gathering fragments. */
final class ConnectionAllocationTest {

    private static final int FLOWS = 512;
    /** New connections a batch and millisecond, which live for a second. */
    private static final long BATCH_NS = 1_000_000;

    /** What looks at connections and changes them, at each of their packets. */
    private static final String ABOUT = """
            *mangle
            -A FORWARD -m conntrack --ctstate ESTABLISHED --ctstatus SEEN_REPLY --ctdir REPLY
            -A FORWARD -m conntrack --ctdir ORIGINAL --ctexpire 1:1000000
            -A FORWARD -m state --state ESTABLISHED,RELATED
            -A FORWARD -m connbytes --connbytes 0 --connbytes-dir both --connbytes-mode bytes
            -A FORWARD -m connlabel ! --label 7
            -A FORWARD -m connlabel --label 8 --set
            -A FORWARD -m connlimit --connlimit-upto 100000 --connlimit-mask 0
            -A FORWARD -m cluster --cluster-total-nodes 1 --cluster-local-node 1 --cluster-hash-seed 7
            -A FORWARD -j CONNMARK --set-xmark 0x1/0x3
            -A FORWARD -m connmark --mark 0x1/0x1
            -A FORWARD -j CONNMARK --save-mark --nfmask 0x4 --ctmask 0x4
            -A FORWARD -j CONNMARK --restore-mark
            COMMIT
            """;

    /** Every packet of one of these is the first of a connection. */
    private static final String SNAT = "-A POSTROUTING -o wan -p %s -j SNAT --to-source 192.0.2.2-192.0.2.253:1024-3000";
    private static final String MASQUERADE = "-A POSTROUTING -o wan -j MASQUERADE --random";
    private static final String DNAT = "-A PREROUTING -i lan -j DNAT --to-destination 198.18.0.1-198.18.0.252\n" + MASQUERADE;
    private static final String NETMAP = "-A POSTROUTING -o wan -j NETMAP --to 192.0.2.0/24";

    @TempDir
    private Path folder;

    private static Stream<Arguments> established() {
        return Allocations.some(2, Arguments.of(ConnectionMix.SNAT, "tcp", false), Arguments.of(ConnectionMix.DNAT, "udp", true),
                Arguments.of(ConnectionMix.ESTABLISHED, "udp", false), Arguments.of(ConnectionMix.SNAT, "udp", true),
                Arguments.of(ConnectionMix.DNAT, "tcp", true), Arguments.of(ConnectionMix.DNAT, "udp", false));
    }

    private static Stream<Arguments> beginning() {
        return Allocations.some(2, Arguments.of("MASQUERADE", "udp"), Arguments.of("SNAT", "tcp"), Arguments.of("SNAT", "udp"),
                Arguments.of("DNAT", "udp"), Arguments.of("NETMAP", "tcp"));
    }

    @ParameterizedTest
    @MethodSource("established")
    void shouldAllocateNothingWhenConnectionsAreEstablished(final ConnectionMix mix, final String protocol, final boolean ipv6) {
        try (ConnectionFixture fixture = new ConnectionFixture(mix, mix.saveText(ipv6, 0) + ABOUT, ipv6, number(protocol), FLOWS)) {
            fixture.establish();
            Allocations.assertNone(2 * Batch.CAPACITY, fixture::exchange);
            assertEquals(FLOWS, fixture.connections().limit().count());
            assertEquals(0, fixture.table().counter(0, TableCounter.INVALID));
            assertEquals(fixture.lane().counters.received, fixture.lane().counters.forwarded);
            fixture.assertEveryRuleTakes();
        }
    }

    @ParameterizedTest
    @MethodSource("beginning")
    void shouldAllocateNothingWhenEveryPacketBeginsAConnection(final String how, final String protocol) {
        final String nat = switch (how) {
            case "SNAT" -> SNAT;
            case "MASQUERADE" -> MASQUERADE;
            case "DNAT" -> DNAT;
            default -> NETMAP;
        };
        final String text = "*nat\n" + nat.formatted(protocol) + "\nCOMMIT\n*raw\n-A PREROUTING -j CT --ctevents new,destroy\nCOMMIT\n"
                + "*filter\n-A FORWARD -m connlimit --connlimit-upto 10000000 --connlimit-mask 8 -j ACCEPT\nCOMMIT\n";
        try (ConnectionFixture fixture = new ConnectionFixture(ConnectionMix.NEW, text, false, number(protocol), 1 << 20)) {
            fixture.connections().settings().udpTimeout = 1;
            fixture.connections().settings().tcpTimeoutSynSent = 1;
            Allocations.assertNone(Batch.CAPACITY, () -> fixture.begin(BATCH_NS));
            assertTrue(fixture.connections().limit().count() < 1 << 18, "nothing ends");
            assertEquals(fixture.lane().counters.received, fixture.lane().counters.forwarded, fixture::drops);
            fixture.assertEveryRuleTakes();
        }
    }

    @Test
    void shouldAllocateNothingWhenFragmentsAreGathered() throws IOException {
        final Path file = Files.writeString(folder.resolve("rules"), """
                *nat
                -A POSTROUTING -j SNAT --to-source 192.0.2.2-192.0.2.9
                COMMIT
                *filter
                -A FORWARD -p udp -m conntrack --ctstate NEW -j ACCEPT
                -A FORWARD -j DROP
                COMMIT
                """);
        try (EngineFixture fixture = new EngineFixture(FLOWS, false, file, RuleTier.INDEXED).edit(new Halves())) {
            Allocations.assertNone(Batch.CAPACITY, () -> fixture.round(Batch.CAPACITY));
            assertEquals(0, fixture.lane().counters.unaccounted());
            assertEquals(fixture.lane().counters.received, fixture.lane().counters.gathered * 2);
            assertTrue(fixture.lane().counters.fragmented > 0, "nothing has left as it came");
        }
    }

    private static int number(final String protocol) {
        return protocol.equals("tcp") ? IpProtocol.TCP : IpProtocol.UDP;
    }

    /** Makes each two frames the halves of one packet of the first one's flow. */
    private static final class Halves implements LongConsumer {

        /** Of the first half, a multiple of eight. */
        private static final int FIRST_BYTES = 16;
        private static final int MORE = 0x2000;
        private static final int UNIT_SHIFT = 3;

        private long first;
        private int id;

        @Override
        public void accept(final long frame) {
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            if (first == 0) {
                first = ip;
                id++;
                Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + FIRST_BYTES);
                Ipv4Layout.setFragmentWord(ip, MORE);
                UdpLayout.setLength(ip + Ipv4Layout.HEADER_BYTES, 2 * FIRST_BYTES);
                UdpLayout.setChecksum(ip + Ipv4Layout.HEADER_BYTES, 0);
            } else {
                Memory.copy(first, ip, Ipv4Layout.HEADER_BYTES);
                Ipv4Layout.setFragmentWord(ip, FIRST_BYTES >>> UNIT_SHIFT);
                first = 0;
            }
            Ipv4Layout.setId(ip, id);
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        }
    }
}
