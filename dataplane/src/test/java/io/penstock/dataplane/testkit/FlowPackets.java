package io.penstock.dataplane.testkit;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.hot.packet.Ipv4Layout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Packets of a flow between two ports, in Ethernet frames, with right checksums. */
public final class FlowPackets {

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    private static final int WINDOW = 0x4000;

    private FlowPackets() {
    }

    /** A TCP segment without data. */
    public static byte[] tcp(
            final String source, final int from, final String destination, final int to, final int flags, final int sequence, final int acknowledged) {
        final byte[] segment = ByteBuffer.allocate(20).putShort((short) from).putShort((short) to).putInt(sequence).putInt(acknowledged)
                .put((byte) 0x50).put((byte) flags).putShort((short) WINDOW).putInt(0).array();
        return frame(IpPackets.of(source, destination, IpPackets.TCP,
                IpPackets.summed(source, destination, IpPackets.TCP, segment, TCP_CHECKSUM)));
    }

    /** A UDP datagram with so many bytes of data. */
    public static byte[] udp(final String source, final int from, final String destination, final int to, final int bytes) {
        final byte[] datagram = ByteBuffer.allocate(8 + bytes).putShort((short) from).putShort((short) to).putShort((short) (8 + bytes))
                .array();
        return frame(IpPackets.of(source, destination, IpPackets.UDP,
                IpPackets.summed(source, destination, IpPackets.UDP, datagram, UDP_CHECKSUM)));
    }

    /** Behind an Ethernet header. */
    public static byte[] frame(final byte[] packet) {
        final byte[] frame = Packets.ethernet(packet[0] >>> 4 == 4 ? 0x0800 : 0x86DD, packet.length);
        System.arraycopy(packet, 0, frame, Packets.IP, packet.length);
        return frame;
    }

    /** An IPv4 frame without options in fragments with so many bytes of payload each, and one with the rest. */
    public static byte[][] fragments(final byte[] frame, final int... sizes) {
        final int from = Packets.IP + 20;
        final byte[][] fragments = new byte[sizes.length + 1][];
        int offset = 0;
        for (int i = 0; i <= sizes.length; i++) {
            final boolean isLast = i == sizes.length;
            final int size = isLast ? frame.length - from - offset : sizes[i];
            final byte[] fragment = Arrays.copyOf(frame, from + size);
            System.arraycopy(frame, from + offset, fragment, from, size);
            final int word = offset >>> 3 | (isLast ? 0 : 0x2000);
            fragments[i] = Packets.editIpv4(fragment, ip -> {
                Ipv4Layout.setTotalLength(ip, 20 + size);
                Ipv4Layout.setFragmentWord(ip, word);
            });
            offset += size;
        }
        return fragments;
    }

    /** The addresses and ports of a frame: {@code source:port > destination:port}. */
    public static String ends(final byte[] frame) {
        final boolean isIpv4 = (frame[Packets.IP] & 0xF0) == 0x40;
        final int bytes = isIpv4 ? 4 : 16;
        final int at = Packets.IP + (isIpv4 ? 12 : 8);
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        final int l4 = at + 2 * bytes;
        return address(buffer, at, isIpv4) + ':' + (buffer.getShort(l4) & 0xFFFF) + " > " + address(buffer, at + bytes, isIpv4) + ':'
                + (buffer.getShort(l4 + 2) & 0xFFFF);
    }

    private static String address(final ByteBuffer buffer, final int at, final boolean isIpv4) {
        return isIpv4 ? IpAddress.v4(buffer.getInt(at)).toString()
                : IpAddress.v6(buffer.getLong(at), buffer.getLong(at + 8)).toString();
    }
}
