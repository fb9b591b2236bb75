package io.penstock.perf.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServiceFramesTest {

    private static final int CLIENT_OF_7 = FlowNetwork.client(7);
    private static final int CLIENT_PORT_OF_7 = FlowNetwork.clientPort(FlowNetwork.bits(7));

    private final MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL);
    private final long frame = memory.address();
    private final long ip = frame + EthernetLayout.HEADER_BYTES;
    private final long l4 = ip + Ipv4Layout.HEADER_BYTES;

    @Test
    void shouldAnswerFromTheServerThatARequestWentTo() {
        try (ServiceFlows flows = flows(ServiceMix.NAT, IpProtocol.UDP)) {
            flows.requests().write(7, frame);
            assertTrue(isRight(IpProtocol.UDP));
            assertFalse(flows.requests().departed(7, frame), "it has no server yet");
            Ipv4Layout.setDestination(ip, ServiceNetwork.SERVERS + 2);
            UdpLayout.setDestinationPort(l4, ServiceNetwork.SERVER_PORT);
            assertTrue(flows.requests().departed(7, frame));
            assertFalse(flows.requests().departed(8, frame));
            flows.requests().departed(7, frame);
            flows.replies().write(7, frame);
            assertEnds(ServiceNetwork.SERVERS + 2, ServiceNetwork.SERVER_PORT, CLIENT_OF_7, CLIENT_PORT_OF_7);
            assertTrue(isRight(IpProtocol.UDP));
        }
    }

    @Test
    void shouldAnswerToTheSourceThatARequestWasGiven() {
        try (ServiceFlows flows = flows(ServiceMix.FULLNAT, IpProtocol.TCP)) {
            flows.requests().write(7, frame);
            Ipv4Layout.setSource(ip, ServiceNetwork.SOURCES + 1);
            UdpLayout.setSourcePort(l4, 5000);
            Ipv4Layout.setDestination(ip, ServiceNetwork.SERVERS + 9);
            UdpLayout.setDestinationPort(l4, ServiceNetwork.SERVER_PORT);
            assertTrue(flows.requests().departed(7, frame));
            flows.replies().write(7, frame);
            assertEnds(ServiceNetwork.SERVERS + 9, ServiceNetwork.SERVER_PORT, ServiceNetwork.SOURCES + 1, 5000);
            assertTrue(isRight(IpProtocol.TCP));
            flows.requests().write(7, frame);
            Ipv4Layout.setDestination(ip, ServiceNetwork.SERVERS + 10);
            assertFalse(flows.requests().departed(7, frame), "there are ten servers");
        }
    }

    @Test
    void shouldLeaveWhatIsNotTranslatedAsItCame() {
        for (final ServiceMix mix : List.of(ServiceMix.DIRECT, ServiceMix.TUNNEL)) {
            try (ServiceFlows flows = flows(mix, IpProtocol.UDP)) {
                assertNull(flows.replies());
                flows.requests().write(7, frame + ServiceFlows.overheadBytes(mix, false));
                assertTrue(flows.requests().departed(7, frame));
                assertFalse(flows.requests().departed(8, frame));
            }
        }
    }

    @Test
    void shouldShakeHandsAsFarAsPacketsPassHere() {
        assertEquals(List.of(TcpLayout.SYN, TcpLayout.SYN | TcpLayout.ACK, TcpLayout.ACK, TcpLayout.ACK, TcpLayout.ACK), tcpFlags(ServiceMix.NAT));
        assertEquals(List.of(TcpLayout.SYN, TcpLayout.ACK, TcpLayout.ACK), tcpFlags(ServiceMix.DIRECT));
        assertEquals(List.of(TcpLayout.SYN), tcpFlags(ServiceMix.NEW));
    }

    @Test
    void shouldGreetEachServer() {
        try (ServiceFlows flows = flows(ServiceMix.NAT, IpProtocol.UDP)) {
            flows.greetings().write(3, frame);
            assertEquals(ServiceNetwork.SERVERS + 3, Ipv4Layout.destination(ip));
            assertTrue(isRight(IpProtocol.UDP));
            assertTrue(flows.greetings().departed(3, frame));
            assertFalse(flows.greetings().departed(4, frame));
        }
    }

    private List<Integer> tcpFlags(final ServiceMix mix) {
        try (ServiceFlows flows = flows(mix, IpProtocol.TCP)) {
            return flows.establishing().stream().map(packets -> {
                packets.write(7, frame);
                assertTrue(isRight(IpProtocol.TCP));
                return TcpLayout.flags(l4);
            }).toList();
        }
    }

    private static ServiceFlows flows(final ServiceMix mix, final int protocol) {
        return new ServiceFlows(mix, false, protocol, 60, 16, 10);
    }

    private boolean isRight(final int protocol) {
        final int bytes = Ipv4Layout.totalLength(ip) - Ipv4Layout.HEADER_BYTES;
        return Checksum.verifyIpv4(ip) && (protocol == IpProtocol.UDP ? Checksum.verifyUdp4(ip, l4, bytes) : Checksum.verifyTcp4(ip, l4, bytes));
    }

    private void assertEnds(final int source, final int sourcePort, final int destination, final int destinationPort) {
        assertEquals(source, Ipv4Layout.source(ip));
        assertEquals(sourcePort, UdpLayout.sourcePort(l4));
        assertEquals(destination, Ipv4Layout.destination(ip));
        assertEquals(destinationPort, UdpLayout.destinationPort(l4));
    }
}
