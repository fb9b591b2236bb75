package io.penstock.perf.bench.engine;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.HashSet;
import java.util.Set;

/**
 * How many flows captures hold: distinct 5-tuples, each direction for itself. What has no ports counts by its addresses and
 * protocol; what is no IP packet, or ends before its addresses do, counts nothing.
 */
final class FlowCount {

    private final Set<Tuple> tuples = new HashSet<>();

    /** Counts a capture's packets in. */
    void add(final CaptureMemory capture) {
        for (int i = 0; i < capture.lengths().length; i++) {
            final Tuple tuple = tuple(capture.address(i), capture.lengths()[i]);
            if (tuple != null) {
                tuples.add(tuple);
            }
        }
    }

    int count() {
        return tuples.size();
    }

    private static Tuple tuple(final long frame, final int bytes) {
        if (bytes < EthernetLayout.HEADER_BYTES) {
            return null;
        }
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        final long end = frame + bytes;
        return switch (EthernetLayout.etherType(frame)) {
            case EthernetLayout.TYPE_IPV4 -> end - ip < Ipv4Layout.HEADER_BYTES ? null : tuple4(ip, end);
            case EthernetLayout.TYPE_IPV6 -> end - ip < Ipv6Layout.HEADER_BYTES ? null : tuple6(ip, end);
            default -> null;
        };
    }

    private static Tuple tuple4(final long ip, final long end) {
        final boolean later = Ipv4Layout.fragmentOffset(ip) != 0;
        final int protocol = Ipv4Layout.protocol(ip);
        return new Tuple(0, Ipv4Layout.source(ip), 0, Ipv4Layout.destination(ip), protocol,
                later ? 0 : ports(ip + Ipv4Layout.headerBytes(ip), end, protocol));
    }

    private static Tuple tuple6(final long ip, final long end) {
        final long walked = Ipv6Extensions.walk(ip, end);
        final boolean plain = !Ipv6Extensions.isError(walked);
        final int protocol = plain ? Ipv6Extensions.nextHeader(walked) : Ipv6Layout.nextHeader(ip);
        final boolean first = plain && (!Ipv6Extensions.isFragment(walked) || Ipv6Extensions.fragmentOffset(walked) == 0);
        return new Tuple(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                Ipv6Layout.destinationLow(ip), protocol,
                first ? ports(ip + Ipv6Extensions.l4Offset(walked), end, protocol) : 0);
    }

    /** Both ports; TCP, UDP and SCTP begin with them. */
    private static int ports(final long l4, final long end, final int protocol) {
        final boolean has = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
        return has && end - l4 >= UdpLayout.LENGTH ? UdpLayout.sourcePort(l4) << 16 | UdpLayout.destinationPort(l4) : 0;
    }

    private record Tuple(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int ports) {
    }
}
