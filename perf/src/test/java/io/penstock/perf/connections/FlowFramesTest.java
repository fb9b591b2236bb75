package io.penstock.perf.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FlowFramesTest {

    private static final int FLOWS = 20_000;

    @Test
    void shouldHaveRightChecksumsWhateverTheFlow() {
        for (final boolean ipv6 : new boolean[] {false, true}) {
            for (final int protocol : new int[] {IpProtocol.UDP, IpProtocol.TCP}) {
                for (final int more : new int[] {0, 41}) {
                    final int bytes = ConnectionFlows.minFrameBytes(ipv6, protocol) + more;
                    try (ConnectionFlows flows = new ConnectionFlows(ConnectionMix.ESTABLISHED, ipv6, protocol, bytes, FLOWS);
                            MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL)) {
                        for (int flow = 0; flow < FLOWS; flow++) {
                            for (final FlowFrames frames : flows.establishing()) {
                                frames.write(flow, memory.address());
                                assertRight(memory.address(), ipv6, protocol, "ipv6=" + ipv6 + " protocol=" + protocol + " flow=" + flow);
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void shouldAnswerToWhatARequestWasTranslatedTo() {
        try (ConnectionFlows flows = new ConnectionFlows(ConnectionMix.SNAT, false, IpProtocol.UDP, 60, FLOWS);
                MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL)) {
            final long frame = memory.address();
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            flows.requests().write(7, frame);
            final int server = Ipv4Layout.destination(ip);
            Ipv4Layout.setSource(ip, 0xC000_0263);
            UdpLayout.setSourcePort(ip + Ipv4Layout.HEADER_BYTES, 60_000);
            assertTrue(flows.requests().departed(7, frame));
            assertFalse(flows.requests().departed(8, frame));
            flows.requests().write(7, frame);
            Ipv4Layout.setSource(ip, 0xC000_0263);
            UdpLayout.setSourcePort(ip + Ipv4Layout.HEADER_BYTES, 60_000);
            assertTrue(flows.requests().departed(7, frame));
            flows.replies().write(7, frame);
            assertEquals(server, Ipv4Layout.source(ip));
            assertEquals(0xC000_0263, Ipv4Layout.destination(ip));
            assertEquals(60_000, UdpLayout.destinationPort(ip + Ipv4Layout.HEADER_BYTES));
            assertRight(frame, false, IpProtocol.UDP, "reply");
        }
    }

    @Test
    void shouldTakeEachFlowOnceInWhateverOrder() {
        for (final int count : new int[] {1, 2, 3, 64, 1000, 16_384, 99_991}) {
            final FlowOrder order = FlowOrder.scattered(count);
            final Set<Long> seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                seen.add(order.next());
            }
            assertEquals(count, seen.size());
            assertEquals(0, order.next());
        }
        final FlowOrder straight = FlowOrder.straight(2, 3);
        assertEquals(2, straight.next());
        assertEquals(0, straight.next());
    }

    private static void assertRight(final long frame, final boolean ipv6, final int protocol, final String what) {
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        if (ipv6) {
            final long l4 = ip + Ipv6Layout.HEADER_BYTES;
            final int bytes = Ipv6Layout.payloadLength(ip);
            assertTrue(protocol == IpProtocol.UDP ? Checksum.verifyUdp6(ip, l4, bytes) : Checksum.verifyTcp6(ip, l4, bytes), what);
        } else {
            final long l4 = ip + Ipv4Layout.HEADER_BYTES;
            final int bytes = Ipv4Layout.totalLength(ip) - Ipv4Layout.HEADER_BYTES;
            assertTrue(Checksum.verifyIpv4(ip), what);
            assertTrue(protocol == IpProtocol.UDP ? Checksum.verifyUdp4(ip, l4, bytes) : Checksum.verifyTcp4(ip, l4, bytes), what);
        }
    }
}
