package io.penstock.dataplane.ipset;

import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/**
 * The packet that {@code sendip} would send: as many of its options as ipset's tests use.
 *
 * @param source      its sender
 * @param destination whom it is for
 * @param bytes       all of it, from the IP header on
 */
record SentPacket(String source, String destination, byte[] bytes) {

    private static final int TCP_BYTES = 20;
    private static final int TCP_OFFSET = 0x50;
    private static final int SYN = 2;
    private static final int WINDOW = 0xFFFF;
    private static final int TCP_CHECKSUM_AT = 16;
    private static final int UDP_BYTES = 8;
    private static final int UDP_CHECKSUM_AT = 6;
    private static final int ICMP_BYTES = 8;
    private static final int ICMP_CHECKSUM_AT = 2;

    /**
     * Reads a command's words.
     *
     * @throws IllegalArgumentException for what is not known here
     */
    static SentPacket of(final List<String> words) {
        final Iterator<String> rest = words.iterator();
        String protocol = "";
        String source = null;
        String destination = null;
        int data = 0;
        int from = 0;
        int to = 0;
        while (rest.hasNext()) {
            final String word = rest.next();
            if (!rest.hasNext()) {
                break;
            }
            final String value = rest.next();
            switch (word) {
                case "-p" -> protocol = value;
                case "-is", "-6s" -> source = value;
                case "-id", "-6d" -> destination = value;
                case "-ts", "-us", "-ct" -> from = Integer.parseInt(value);
                case "-td", "-ud", "-cd" -> to = Integer.parseInt(value);
                // So many random bytes.
                case "-d" -> data = Integer.parseInt(value.substring(1));
                default -> throw new IllegalArgumentException("unknown option: " + word);
            }
        }
        final boolean isIpv4 = IpAddress.parse(destination).family() == IpAddress.V4;
        final int number = switch (protocol) {
            case "tcp" -> IpPackets.TCP;
            case "udp" -> IpPackets.UDP;
            case "icmp" -> isIpv4 ? IpPackets.ICMP : IpPackets.ICMPV6;
            default -> throw new IllegalArgumentException("unknown protocol: " + protocol);
        };
        final byte[] payload = payload(number, from, to, data);
        return new SentPacket(source, destination, IpPackets.of(source, destination, number,
                IpPackets.summed(source, destination, number, payload, checksumAt(number))));
    }

    private static byte[] payload(final int protocol, final int from, final int to, final int data) {
        return switch (protocol) {
            case IpPackets.TCP -> ByteBuffer.allocate(TCP_BYTES + data).putShort((short) from).putShort((short) to).putInt(1).putInt(0)
                    .put((byte) TCP_OFFSET).put((byte) SYN).putShort((short) WINDOW).array();
            case IpPackets.UDP -> ByteBuffer.allocate(UDP_BYTES + data).putShort((short) from).putShort((short) to)
                    .putShort((short) (UDP_BYTES + data)).array();
            default -> ByteBuffer.allocate(ICMP_BYTES + data).put((byte) from).put((byte) to).array();
        };
    }

    private static int checksumAt(final int protocol) {
        return switch (protocol) {
            case IpPackets.TCP -> TCP_CHECKSUM_AT;
            case IpPackets.UDP -> UDP_CHECKSUM_AT;
            default -> ICMP_CHECKSUM_AT;
        };
    }
}
