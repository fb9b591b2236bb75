package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import java.util.Arrays;

/**
 * For the fuzzer: the input is a frame in memory that ends with it, read as a caller may read it who keeps to what each layout asks
 * for. Walks end, stay inside, and go forward; checksums that were completed are right.
 */
public final class HeaderFuzzTarget {

    private static final int MAX_BYTES = 65_535;

    /** Options of a header and chunks of a packet at the most, each having a byte and four bytes at the least. */
    private static final int MAX_OPTIONS = 40;
    private static final int MAX_CHUNKS = MAX_BYTES / SctpLayout.CHUNK_HEADER_BYTES;

    private static final TestFrame FRAME = new TestFrame();

    private HeaderFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length > MAX_BYTES) {
            return;
        }
        ethernet(FRAME.put(input), input.length);
        // Every header by itself as well: a frame that leads there is long in coming.
        ip(FRAME.put(input), input.length);
        for (final int protocol : new int[] {IpProtocol.TCP, IpProtocol.SCTP, IpProtocol.GRE, IpProtocol.ICMP}) {
            transport(FRAME.put(input), input.length, protocol);
        }
        arp(FRAME.put(input), input.length);
        sums(input);
    }

    private static void ethernet(final long eth, final int bytes) {
        if (bytes < EthernetLayout.HEADER_BYTES) {
            return;
        }
        int type = EthernetLayout.etherType(eth);
        int offset = EthernetLayout.HEADER_BYTES;
        while (VlanLayout.isTag(type) && bytes - offset >= VlanLayout.TAG_BYTES) {
            assertTrue(VlanLayout.vid(eth + offset) < 4096);
            type = VlanLayout.etherType(eth + offset);
            offset += VlanLayout.TAG_BYTES;
        }
        if (type == EthernetLayout.TYPE_ARP) {
            arp(eth + offset, bytes - offset);
        } else if (type == EthernetLayout.TYPE_IPV4 || type == EthernetLayout.TYPE_IPV6) {
            ip(eth + offset, bytes - offset);
        }
    }

    private static void arp(final long arp, final int bytes) {
        if (bytes >= ArpLayout.PACKET_BYTES && ArpLayout.isIpv4OverEthernet(arp)) {
            ArpLayout.senderMac(arp);
            ArpLayout.senderIp(arp);
            ArpLayout.targetMac(arp);
            ArpLayout.targetIp(arp);
        }
    }

    private static void ip(final long ip, final int bytes) {
        ipv4(ip, bytes);
        ipv6(ip, bytes);
    }

    private static void ipv4(final long ip, final int bytes) {
        if (bytes < Ipv4Layout.HEADER_BYTES) {
            return;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        if (headerBytes < Ipv4Layout.HEADER_BYTES || headerBytes > bytes) {
            return;
        }
        Checksum.verifyIpv4(ip, headerBytes);
        int steps = 0;
        int end = Ipv4Layout.HEADER_BYTES;
        int option = Ipv4Layout.firstOption(ip, headerBytes);
        while (option > 0) {
            assertEquals(end, option, "options follow each other without a gap");
            end = option + Ipv4Layout.optionBytes(ip, option);
            assertTrue(end <= headerBytes && ++steps <= MAX_OPTIONS);
            TestFrame.get(ip + option, Ipv4Layout.optionBytes(ip, option));
            option = Ipv4Layout.nextOption(ip, option, headerBytes);
        }
        final int total = Math.min(bytes, Ipv4Layout.totalLength(ip));
        if (!Ipv4Layout.isFragment(ip) && total >= headerBytes) {
            final int protocol = Ipv4Layout.protocol(ip);
            transport(ip + headerBytes, total - headerBytes, protocol);
            partial(ip, ip + headerBytes, total - headerBytes, protocol, true);
        }
    }

    private static void ipv6(final long ip, final int bytes) {
        final long walk = Ipv6Extensions.walk(ip, ip + bytes);
        if (Ipv6Extensions.isError(walk)) {
            return;
        }
        final int offset = Ipv6Extensions.l4Offset(walk);
        assertTrue(offset >= Ipv6Layout.HEADER_BYTES && offset <= bytes, "the transport header is outside");
        final int fragment = Ipv6Extensions.fragmentHeaderOffset(walk);
        if (fragment != 0) {
            assertTrue(fragment >= Ipv6Layout.HEADER_BYTES && fragment < offset);
            Ipv6Extensions.fragmentId(ip + fragment);
        }
        if (!Ipv6Extensions.isFragment(walk)) {
            final int protocol = Ipv6Extensions.nextHeader(walk);
            transport(ip + offset, bytes - offset, protocol);
            partial(ip, ip + offset, bytes - offset, protocol, false);
        }
    }

    private static void transport(final long l4, final int bytes, final int protocol) {
        switch (protocol) {
            case IpProtocol.TCP -> tcp(l4, bytes);
            case IpProtocol.SCTP -> sctp(l4, bytes);
            case IpProtocol.GRE -> gre(l4, bytes);
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> icmp(l4, bytes);
            default -> { }
        }
    }

    private static void tcp(final long tcp, final int bytes) {
        if (bytes < TcpLayout.HEADER_BYTES) {
            return;
        }
        final int headerBytes = TcpLayout.headerBytes(tcp);
        if (headerBytes < TcpLayout.HEADER_BYTES || headerBytes > bytes) {
            return;
        }
        int steps = 0;
        int option = TcpLayout.firstOption(tcp, headerBytes);
        while (option > 0) {
            assertTrue(option + TcpLayout.optionBytes(tcp, option) <= headerBytes && ++steps <= MAX_OPTIONS);
            TestFrame.get(tcp + option, TcpLayout.optionBytes(tcp, option));
            option = TcpLayout.nextOption(tcp, option, headerBytes);
        }
        assertTrue(option == TcpLayout.OPTIONS_END || option == TcpLayout.OPTIONS_MALFORMED);
    }

    private static void sctp(final long sctp, final int bytes) {
        if (bytes < SctpLayout.HEADER_BYTES) {
            return;
        }
        int steps = 0;
        int chunk = SctpLayout.firstChunk(sctp, bytes);
        while (chunk > 0) {
            final int length = SctpLayout.chunkLength(sctp, chunk);
            assertTrue(chunk + length <= bytes && ++steps <= MAX_CHUNKS);
            TestFrame.get(sctp + chunk, length);
            chunk = SctpLayout.nextChunk(sctp, chunk, bytes);
        }
        assertTrue(chunk == SctpLayout.CHUNKS_END || chunk == SctpLayout.CHUNKS_MALFORMED);
        SctpLayout.writeChecksum(sctp, bytes);
        assertTrue(SctpLayout.verifyChecksum(sctp, bytes));
    }

    private static void gre(final long gre, final int bytes) {
        if (bytes < GreLayout.FIXED_BYTES) {
            return;
        }
        final int flags = GreLayout.flags(gre);
        final int headerBytes = GreLayout.headerBytes(flags);
        if ((flags & GreLayout.FLAG_ROUTING) != 0 || headerBytes > bytes) {
            return;
        }
        if ((flags & GreLayout.FLAG_KEY) != 0) {
            GreLayout.key(gre, flags);
        }
        if ((flags & GreLayout.FLAG_SEQUENCE) != 0) {
            GreLayout.sequence(gre, flags);
        }
        if ((flags & GreLayout.FLAG_ACKNOWLEDGMENT) != 0 && GreLayout.version(flags) == GreLayout.VERSION_1) {
            GreLayout.acknowledgment(gre, flags);
        }
    }

    /** An error carries the packet that it is about. */
    private static void icmp(final long icmp, final int bytes) {
        if (bytes >= IcmpLayout.HEADER_BYTES && IcmpLayout.isError(IcmpLayout.type(icmp))) {
            final int inner = bytes - IcmpLayout.HEADER_BYTES;
            if (inner >= Ipv4Layout.HEADER_BYTES) {
                Ipv4Layout.destination(icmp + IcmpLayout.HEADER_BYTES);
            }
            Ipv6Extensions.walk(icmp + IcmpLayout.HEADER_BYTES, icmp + bytes);
        }
    }

    /** A checksum that its sender has begun is found, and right once it is completed. */
    private static void partial(final long ip, final long l4, final int bytes, final int protocol, final boolean ipv4) {
        if (bytes < (protocol == IpProtocol.TCP ? TcpLayout.HEADER_BYTES : UdpLayout.HEADER_BYTES)
                || protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            return;
        }
        final int pseudo = Checksum.fold(
                ipv4 ? Checksum.pseudo4(ip, protocol, bytes) : Checksum.pseudo6(ip, protocol, bytes));
        Memory.putShort(
                l4 + (protocol == IpProtocol.TCP ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM), pseudo);
        assertTrue(ipv4
                ? PartialChecksum.isPartial4(ip, l4, bytes, protocol)
                : PartialChecksum.isPartial6(ip, l4, bytes, protocol));
        PartialChecksum.complete(l4, bytes, protocol);
        assertTrue(protocol == IpProtocol.TCP
                ? ipv4 ? Checksum.verifyTcp4(ip, l4, bytes) : Checksum.verifyTcp6(ip, l4, bytes)
                : ipv4 ? Checksum.verifyUdp4(ip, l4, bytes) : Checksum.verifyUdp6(ip, l4, bytes));
    }

    /** The fast sum is the plain one, from any address. */
    private static void sums(final byte[] input) {
        if (input.length == 0) {
            return;
        }
        final int skipped = input[0] & 7;
        final byte[] bytes = Arrays.copyOfRange(input, Math.min(skipped, input.length), input.length);
        final long at = FRAME.put(bytes, skipped);
        assertEquals(Reference.checksum(bytes), Checksum.checksum(Checksum.sum(at, bytes.length)));
    }
}
