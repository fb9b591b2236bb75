package io.penstock.rules.set;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.hot.RulePacket;
import java.util.Map;

/** A packet as sets look at it, with 32 bytes behind the IP header, which came in by tp0. */
final class SetPacket implements AutoCloseable {

    static final long DESTINATION = 0x0200_0000_0001L;
    static final long SOURCE = 0x0200_0000_0002L;
    private static final int PAYLOAD_BYTES = 32;
    private static final int FRAME_BYTES = 4096;
    private static final Map<String, Integer> PROTOCOLS =
            Map.of("tcp", 6, "udp", 17, "icmp", 1, "icmpv6", 58, "sctp", 132, "udplite", 136, "gre", 47);

    final RulePacket packet = new RulePacket();
    private final MappedMemory memory = MappedMemory.reserve(FRAME_BYTES, MappedMemory.Pages.NORMAL);

    /** Addresses, protocol, two numbers, and {@code first} or {@code later} for a fragment, or {@code mark} with a mark. */
    RulePacket of(final String text, final long nowNs) {
        final String[] words = text.split(" ");
        final long[] source = SetLines.address(words[0]);
        final long[] destination = SetLines.address(words[1]);
        final int protocol = PROTOCOLS.containsKey(words[2]) ? PROTOCOLS.get(words[2]) : Integer.parseInt(words[2]);
        packet.mark = words.length > 6 ? Long.decode(words[6]).intValue() : 0;
        final String fragment = words.length == 6 ? words[5] : "";
        final boolean six = source[0] == 6;
        final int header = six ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.HEADER_BYTES;
        final long frame = memory.address();
        final long ip = frame + EthernetLayout.HEADER_BYTES;
        EthernetLayout.setSource(frame, SOURCE);
        EthernetLayout.setDestination(frame, DESTINATION);
        packet.frame = frame;
        packet.network = ip;
        packet.version = six ? 6 : 4;
        packet.length = header + PAYLOAD_BYTES;
        packet.transport = ip + header;
        packet.transportLength = PAYLOAD_BYTES;
        packet.protocol = protocol;
        packet.fragment = !fragment.isEmpty();
        packet.fragmentOffset = fragment.equals("later") ? 3 : 0;
        packet.nowNs = nowNs;
        packet.inName = HashElements.word("tp0", 0);
        packet.inNameRest = 0;
        if (six) {
            Ipv6Layout.setSource(ip, source[1], source[2]);
            Ipv6Layout.setDestination(ip, destination[1], destination[2]);
        } else {
            Ipv4Layout.setSource(ip, (int) source[2]);
            Ipv4Layout.setDestination(ip, (int) destination[2]);
        }
        final int first = Integer.parseInt(words[3]);
        final int second = Integer.parseInt(words[4]);
        if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            Memory.putByte(packet.transport, (byte) first);
            Memory.putByte(packet.transport + 1, (byte) second);
        } else {
            Memory.putShortBE(packet.transport, first);
            Memory.putShortBE(packet.transport + 2, second);
        }
        return packet;
    }

    @Override
    public void close() {
        memory.close();
    }
}
