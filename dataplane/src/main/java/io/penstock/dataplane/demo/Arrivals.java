package io.penstock.dataplane.demo;

import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.netlink.IpAddress;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What left the router, looked at as the hosts would: every header checked, every stream put together again.
 *
 * <p>A packet is right when it has the Ethernet addresses of the last hop, a TTL one less than it was sent with, right lengths
 * and checksums, and, for TCP, the sequence number that comes next.
 *
 * <p>Threads: one. Source: RFC 1812, 5.2 and 5.3 (what forwarding changes).
 */
final class Arrivals {

    private static final int TTL = FrameWriter.TTL - 1;

    /** One direction of a connection, as it came out. */
    private static final class Stream {
        private final CRC32C sum = new CRC32C();
        private long packets;
        private long bytes;
        private int next;

        Stream(final int firstSequence) {
            next = firstSequence;
        }
    }

    private final byte[] data = new byte[PcapReader.MAX_PACKET_BYTES];
    private final Map<Side, Map<Integer, Stream>> streams = new HashMap<>();
    private final Map<Boolean, BitSet> requests = Map.of(false, new BitSet(), true, new BitSet());
    private final Map<Boolean, BitSet> replies = Map.of(false, new BitSet(), true, new BitSet());
    private final Map<String, Long> wrong = new TreeMap<>();
    private long packets;
    private long errors;

    private Arrivals(final Conversation conversation) {
        for (final Side at : Side.values()) {
            final Map<Integer, Stream> arriving = new HashMap<>();
            for (final Connection connection : conversation.connections()) {
                arriving.put(connection.clientPort(), new Stream(connection.firstSequence(at.other())));
            }
            streams.put(at, arriving);
        }
    }

    /** Reads what left by both ports, in a folder of a replay's results. */
    static Arrivals read(final Conversation conversation, final Path folder) {
        final Arrivals arrivals = new Arrivals(conversation);
        for (final Side at : Side.values()) {
            try (PcapReader packet = PcapReader.open(folder.resolve(at.port() + ".pcap"))) {
                while (packet.next()) {
                    arrivals.packets++;
                    arrivals.check(at, packet.address(), packet.capturedBytes());
                }
            }
        }
        return arrivals;
    }

    /** Packets that left, right or wrong. */
    long packets() {
        return packets;
    }

    /** ICMP errors among them, which the router itself sent to the client. */
    long errors() {
        return errors;
    }

    /** What is wrong with packets that left, and with how many. */
    Map<String, Long> wrong() {
        return wrong;
    }

    /** Bytes of a connection's data that arrived in order. */
    long bytes(final Connection connection) {
        return receiving(connection).bytes;
    }

    /** CRC-32C of the data that arrived. */
    long sum(final Connection connection) {
        return receiving(connection).sum.getValue();
    }

    /** True when all packets of a connection arrived, with all that was in them. */
    boolean isIntact(final Connection connection) {
        for (final Side at : Side.values()) {
            if (streams.get(at).get(connection.clientPort()).packets != connection.packets(at.other())) {
                return false;
            }
        }
        return bytes(connection) == connection.bytes() && sum(connection) == connection.sum();
    }

    /** Pings of a family whose request and reply both arrived. */
    long answered(final boolean isIpv6) {
        final BitSet both = (BitSet) requests.get(isIpv6).clone();
        both.and(replies.get(isIpv6));
        return both.cardinality();
    }

    private Stream receiving(final Connection connection) {
        return streams.get(connection.direction().sender().other()).get(connection.clientPort());
    }

    private void check(final Side at, final long eth, final int bytes) {
        if (bytes < EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES) {
            wrong("length");
            return;
        }
        if (!EthernetLayout.isDestination(eth, at.mac()) || !EthernetLayout.isSource(eth, at.routerMac())) {
            wrong("MAC addresses");
        }
        final long ip = eth + EthernetLayout.HEADER_BYTES;
        final int ipBytes = bytes - EthernetLayout.HEADER_BYTES;
        switch (EthernetLayout.etherType(eth)) {
            case EthernetLayout.TYPE_IPV4 -> ipv4(at, ip, ipBytes);
            case EthernetLayout.TYPE_IPV6 -> ipv6(at, ip, ipBytes);
            default -> wrong("protocol");
        }
    }

    private void ipv4(final Side at, final long ip, final int ipBytes) {
        if (Ipv4Layout.headerBytes(ip) != Ipv4Layout.HEADER_BYTES || Ipv4Layout.totalLength(ip) != ipBytes) {
            wrong("length");
            return;
        }
        if (!Checksum.verifyIpv4(ip)) {
            wrong("IPv4 checksum");
        }
        final int protocol = Ipv4Layout.protocol(ip);
        final int l4Bytes = ipBytes - Ipv4Layout.HEADER_BYTES;
        final long l4 = ip + Ipv4Layout.HEADER_BYTES;
        if (protocol == IpProtocol.ICMP && l4Bytes >= IcmpLayout.HEADER_BYTES && IcmpLayout.isError(IcmpLayout.type(l4))) {
            errors++;
        } else if (isAddressed(at, IpAddress.v4(Ipv4Layout.source(ip)), IpAddress.v4(Ipv4Layout.destination(ip)),
                Ipv4Layout.ttl(ip))) {
            if (protocol == IpProtocol.TCP && l4Bytes >= TcpLayout.HEADER_BYTES) {
                tcp(at, l4, l4Bytes, Checksum.verifyTcp4(ip, l4, l4Bytes));
            } else if (protocol == IpProtocol.ICMP && l4Bytes >= IcmpLayout.HEADER_BYTES) {
                echo(at, false, IcmpLayout.type(l4) == (at == Side.SERVER ? IcmpLayout.ECHO_REQUEST : IcmpLayout.ECHO_REPLY),
                        IcmpLayout.sequence(l4), Checksum.verifyIcmp(l4, l4Bytes));
            } else {
                wrong("protocol");
            }
        }
    }

    private void ipv6(final Side at, final long ip, final int ipBytes) {
        if (ipBytes < Ipv6Layout.HEADER_BYTES || Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip) != ipBytes) {
            wrong("length");
            return;
        }
        final int protocol = Ipv6Layout.nextHeader(ip);
        final int l4Bytes = ipBytes - Ipv6Layout.HEADER_BYTES;
        final long l4 = ip + Ipv6Layout.HEADER_BYTES;
        if (protocol == IpProtocol.ICMPV6 && l4Bytes >= Icmpv6Layout.HEADER_BYTES
                && Icmpv6Layout.isError(Icmpv6Layout.type(l4))) {
            errors++;
        } else if (isAddressed(at, IpAddress.v6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip)),
                IpAddress.v6(Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip)), Ipv6Layout.hopLimit(ip))) {
            if (protocol == IpProtocol.TCP && l4Bytes >= TcpLayout.HEADER_BYTES) {
                tcp(at, l4, l4Bytes, Checksum.verifyTcp6(ip, l4, l4Bytes));
            } else if (protocol == IpProtocol.ICMPV6 && l4Bytes >= Icmpv6Layout.HEADER_BYTES) {
                echo(at, true,
                        Icmpv6Layout.type(l4) == (at == Side.SERVER ? Icmpv6Layout.ECHO_REQUEST : Icmpv6Layout.ECHO_REPLY),
                        Icmpv6Layout.sequence(l4), Checksum.verifyIcmpv6(ip, l4, l4Bytes));
            } else {
                wrong("protocol");
            }
        }
    }

    /** Counts a wrong TTL; false when the packet is none of the other host's to this one. */
    private boolean isAddressed(final Side at, final IpAddress source, final IpAddress destination, final int ttl) {
        final boolean isIpv6 = source.family() == IpAddress.V6;
        if (!source.equals(at.other().address(isIpv6)) || !destination.equals(at.address(isIpv6))) {
            wrong("IP addresses");
            return false;
        }
        if (ttl != TTL) {
            wrong("TTL");
        }
        return true;
    }

    private void tcp(final Side at, final long tcp, final int tcpBytes, final boolean isSumRight) {
        final int payloadBytes = tcpBytes - TcpLayout.headerBytes(tcp);
        if (!isSumRight || payloadBytes < 0) {
            wrong("TCP checksum");
            return;
        }
        final Stream stream = streams.get(at)
                .get(at == Side.CLIENT ? TcpLayout.destinationPort(tcp) : TcpLayout.sourcePort(tcp));
        if (stream == null) {
            wrong("TCP ports");
            return;
        }
        stream.packets++;
        if (TcpLayout.sequence(tcp) != stream.next) {
            wrong("TCP sequence");
        }
        stream.next = TcpLayout.sequence(tcp) + Connection.sequenceLength(TcpLayout.flags(tcp), payloadBytes);
        Memory.copyToArray(tcp + tcpBytes - payloadBytes, data, 0, payloadBytes);
        stream.sum.update(data, 0, payloadBytes);
        stream.bytes += payloadBytes;
    }

    private void echo(
            final Side at, final boolean isIpv6, final boolean isTypeRight, final int sequence, final boolean isSumRight) {
        if (!isSumRight || !isTypeRight) {
            wrong(isSumRight ? "ICMP type" : "ICMP checksum");
            return;
        }
        (at == Side.SERVER ? requests : replies).get(isIpv6).set(sequence);
    }

    private void wrong(final String what) {
        wrong.merge(what, 1L, Long::sum);
    }
}
