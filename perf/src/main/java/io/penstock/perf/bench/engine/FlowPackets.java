package io.penstock.perf.bench.engine;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.rules.Flow;
import java.util.List;

/** Packets of flows, one of each: TCP's are acknowledgements, ICMP's echo requests. Threads: any. */
public final class FlowPackets {

    private static final int TTL = 64;
    private static final long SENDER_MAC = 0x0200_0000_0002L;

    private FlowPackets() {
    }

    /** Makes them, in the flows' order. */
    public static CaptureMemory of(final List<Flow> flows, final int frameBytes) {
        final CaptureMemory capture = new CaptureMemory(flows.size(), frameBytes);
        final int l4Bytes = frameBytes - EthernetLayout.HEADER_BYTES - Ipv4Layout.HEADER_BYTES;
        for (int i = 0; i < flows.size(); i++) {
            final Flow flow = flows.get(i);
            final long frame = capture.slot(i, frameBytes);
            EthernetLayout.setAddresses(frame, capture.mac(), SENDER_MAC);
            EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV4);
            final long ip = frame + EthernetLayout.HEADER_BYTES;
            Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + l4Bytes);
            Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
            Ipv4Layout.setTtl(ip, TTL);
            Ipv4Layout.setProtocol(ip, flow.protocol());
            Ipv4Layout.setSource(ip, flow.source());
            Ipv4Layout.setDestination(ip, flow.destination());
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            l4(flow, ip, ip + Ipv4Layout.HEADER_BYTES, l4Bytes);
        }
        return capture;
    }

    private static void l4(final Flow flow, final long ip, final long l4, final int bytes) {
        switch (flow.protocol()) {
            case IpProtocol.TCP -> {
                TcpLayout.setSourcePort(l4, flow.sourcePort());
                TcpLayout.setDestinationPort(l4, flow.destinationPort());
                TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES);
                TcpLayout.setFlags(l4, TcpLayout.ACK);
                Checksum.writeTcp4(ip, l4, bytes);
            }
            case IpProtocol.UDP -> {
                UdpLayout.setSourcePort(l4, flow.sourcePort());
                UdpLayout.setDestinationPort(l4, flow.destinationPort());
                UdpLayout.setLength(l4, bytes);
                Checksum.writeUdp4(ip, l4, bytes);
            }
            case IpProtocol.ICMP -> {
                Memory.putByte(l4 + IcmpLayout.TYPE, (byte) IcmpLayout.ECHO_REQUEST);
                Checksum.writeIcmp(l4, bytes);
            }
            default -> throw new IllegalArgumentException("protocol=" + flow.protocol());
        }
    }
}
