package io.penstock.rules.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.HexFormat;

/** Packets for matches of headers. They end where the memory does, so that checked mode finds what reads too far. */
final class HeaderPackets implements AutoCloseable {

    private static final HexFormat HEX = HexFormat.of();
    private static final int IPV4_BYTES = 20;
    private static final int ETHERNET_BYTES = 14;
    private static final String MAC = "02000000000b" + "02000000000a" + "86dd";
    private static final String ADDRESSES = "20010db8000000000000 00fffe00000a".replace(" ", "") + "20010db8000000000000000000000002";

    private static final int ROUNDS = 1000;
    /** Less than one object a round. */
    private static final int ALLOCATED_BYTES = ROUNDS;

    private final MappedMemory memory = MappedMemory.reserve(1, MappedMemory.Pages.NORMAL);
    private final RulePacket packet = new RulePacket();

    /** What a rule's match says to an IPv4 packet of some protocol: {@code yes}, {@code no} or {@code drop}. */
    String ask4(final String rule, final int protocol, final int fragmentOffset, final String transport) {
        final byte[] bytes = HEX.parseHex(transport.replace(" ", ""));
        put(new byte[IPV4_BYTES], bytes);
        packet.version = 4;
        packet.protocol = protocol;
        packet.fragmentOffset = fragmentOffset;
        packet.fragment = fragmentOffset != 0;
        packet.transport = packet.network + IPV4_BYTES;
        packet.transportLength = bytes.length;
        return ask(4, rule);
    }

    /** The same to an IPv6 packet, from the first next header on. */
    String ask6(final String rule, final int next, final String payload) {
        final byte[] bytes = HEX.parseHex(payload.replace(" ", ""));
        final byte[] fixed = HEX.parseHex(MAC + "60000000" + "0000" + HEX.toHexDigits((byte) next) + "40" + ADDRESSES);
        put(fixed, bytes);
        packet.frame = packet.network;
        packet.network += ETHERNET_BYTES;
        packet.length -= ETHERNET_BYTES;
        Ipv6Layout.setPayloadLength(packet.network, bytes.length);
        packet.version = 6;
        final long walk = Ipv6Extensions.walk(packet.network, packet.network + packet.length);
        packet.protocol = Ipv6Extensions.isError(walk) ? RulePacket.NO_PROTOCOL : Ipv6Extensions.nextHeader(walk);
        final int transport = Ipv6Extensions.isError(walk) ? packet.length : Ipv6Extensions.l4Offset(walk);
        packet.fragmentOffset = Ipv6Extensions.isError(walk) ? 0 : Ipv6Extensions.fragmentOffset(walk) >> 3;
        packet.transport = packet.network + transport;
        packet.transportLength = packet.length - transport;
        return ask(6, rule);
    }

    /** The same to an IPv6 packet whose source is other than the usual one by its last byte. */
    String askFromStranger(final String rule, final boolean hasFrame) {
        ask6("-m eui64", IpProtocol.NO_NEXT_HEADER, "");
        Memory.putByte(packet.network + Ipv6Layout.DESTINATION - 1, (byte) 0xB);
        packet.frame = hasFrame ? packet.frame : 0;
        return ask(6, rule);
    }

    /** Asks a rule's match many times about the last packet, and fails if that allocates. */
    void askAgain(final int version, final String rule) {
        final HotMatch match = ((RunnableMatch) HeaderRules.match(version, rule)).bind(null);
        Allocation.atMost(ALLOCATED_BYTES, () -> {
            for (int i = 0; i < ROUNDS; i++) {
                match.matches(packet);
            }
        });
    }

    private String ask(final int version, final String rule) {
        final HotMatch match = ((RunnableMatch) HeaderRules.match(version, rule)).bind(null);
        packet.hotdrop = false;
        final boolean matches = match.matches(packet);
        return packet.hotdrop ? matches ? "drop and yes" : "drop" : matches ? "yes" : "no";
    }

    private void put(final byte[] before, final byte[] behind) {
        packet.network = memory.address() + memory.bytes() - before.length - behind.length;
        packet.length = before.length + behind.length;
        packet.frame = 0;
        Memory.copyFromArray(before, 0, packet.network, before.length);
        if (behind.length > 0) {
            Memory.copyFromArray(behind, 0, packet.network + before.length, behind.length);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
