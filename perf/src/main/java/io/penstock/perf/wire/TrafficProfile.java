package io.penstock.perf.wire;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a generator sends: UDP frames of one size, or of several, from a number of flows that take turns.
 *
 * <p>The payload starts with a stamp and, where there is room, ends with a word that belongs to it; between them are zeros.
 *
 * <p>Flow {@code f} comes from address {@code source + f / 1024} and port {@code FIRST_SOURCE_PORT + f % 1024}; everything
 * else is the same in all frames. Make one with {@link #of} and refine it with the {@code with} methods.
 *
 * @param stream          0 to 255: tells generators apart at one sink
 * @param sizes           of frames, without the frame check sequence
 * @param flows           1 to 16,777,216
 * @param sourceMac       first byte highest in the low 48 bits
 * @param destinationMac  the next hop's
 * @param source          4 or 16 bytes, the first flow's
 * @param destination     of the same family
 * @param destinationPort of all flows
 * @param udpChecksum     whether the UDP checksum is computed; without it, it is 0 (IPv4 only)
 * @param timestamp       whether frames carry the time, for latencies: costs about 20 ns a frame
 */
public record TrafficProfile(
        int stream, SizeMix sizes, int flows, long sourceMac, long destinationMac, byte[] source, byte[] destination,
        int destinationPort, boolean udpChecksum, boolean timestamp) {

    /** Flows per source address: a power of two, so that the program needs no division. */
    public static final int PORTS_PER_ADDRESS = 1024;
    /** Above the well-known ports, below the range that hosts choose from. */
    public static final int FIRST_SOURCE_PORT = 10000;
    /** Ethernet's largest frame with an MTU of 1500. */
    public static final int MAX_FRAME_BYTES = 1514;

    private static final int MAX_FLOWS = 1 << 24;
    private static final int DEFAULT_PORT = 9000;
    static final int TTL = 64;
    private static final int V4_BYTES = 4;

    /** Checks the fields and copies the addresses. */
    public TrafficProfile {
        source = source.clone();
        destination = destination.clone();
        final boolean v4 = source.length == V4_BYTES;
        final int least = minFrameBytes(v4);
        if (source.length != destination.length || !v4 && source.length != 16) {
            throw new IllegalArgumentException("addresses must be of one family: source bytes=" + source.length
                    + " destination bytes=" + destination.length);
        }
        for (final int bytes : sizes.bytes()) {
            if (bytes < least || bytes > MAX_FRAME_BYTES) {
                throw new IllegalArgumentException("frame size out of range: frameBytes=" + bytes + " least=" + least
                        + " most=" + MAX_FRAME_BYTES);
            }
        }
        if (flows < 1 || flows > MAX_FLOWS || stream < 0 || stream > StampLayout.STREAM_MASK) {
            throw new IllegalArgumentException("out of range: flows=" + flows + " (1 to " + MAX_FLOWS + ") stream=" + stream
                    + " (0 to " + StampLayout.STREAM_MASK + ')');
        }
        if (!v4 && !udpChecksum) {
            throw new IllegalArgumentException("UDP over IPv6 needs a checksum (RFC 8200, section 8.1): set udpChecksum");
        }
    }

    /** One flow of the smallest frames with timestamps, to port 9000. */
    public static TrafficProfile of(
            final long sourceMac, final long destinationMac, final byte[] source, final byte[] destination) {
        final boolean v4 = source.length == V4_BYTES;
        return new TrafficProfile(
                0, SizeMix.of(minFrameBytes(v4)), 1, sourceMac, destinationMac, source, destination, DEFAULT_PORT, !v4, true);
    }

    /** The same with another frame size. */
    public TrafficProfile withFrameBytes(final int value) {
        return withSizes(SizeMix.of(value));
    }

    /** The same with another mix of frame sizes. */
    public TrafficProfile withSizes(final SizeMix value) {
        return new TrafficProfile(
                stream, value, flows, sourceMac, destinationMac, source, destination,
                destinationPort, udpChecksum, timestamp);
    }

    /** The same with another number of flows. */
    public TrafficProfile withFlows(final int value) {
        return new TrafficProfile(
                stream, sizes, value, sourceMac, destinationMac, source, destination,
                destinationPort, udpChecksum, timestamp);
    }

    /** The same as another stream. */
    public TrafficProfile withStream(final int value) {
        return new TrafficProfile(
                value, sizes, flows, sourceMac, destinationMac, source, destination,
                destinationPort, udpChecksum, timestamp);
    }

    /** The same to another port. */
    public TrafficProfile withDestinationPort(final int value) {
        return new TrafficProfile(
                stream, sizes, flows, sourceMac, destinationMac, source, destination,
                value, udpChecksum, timestamp);
    }

    /** The same with or without UDP checksums. */
    public TrafficProfile withUdpChecksum(final boolean value) {
        return new TrafficProfile(
                stream, sizes, flows, sourceMac, destinationMac, source, destination,
                destinationPort, value, timestamp);
    }

    /** The same with or without timestamps. */
    public TrafficProfile withTimestamp(final boolean value) {
        return new TrafficProfile(
                stream, sizes, flows, sourceMac, destinationMac, source, destination,
                destinationPort, udpChecksum, value);
    }

    @Override
    public byte[] source() {
        return source.clone();
    }

    @Override
    public byte[] destination() {
        return destination.clone();
    }

    /** Of the longest frame. */
    public int frameBytes() {
        return sizes.longest();
    }

    boolean v4() {
        return source.length == V4_BYTES;
    }

    /** Where the UDP header starts. */
    int udpOffset() {
        return udpOffset(v4());
    }

    /** Where the stamp starts. */
    int stampOffset() {
        return udpOffset() + UdpLayout.HEADER_BYTES;
    }

    /** Where the word at the end of a frame starts, or 0 when the frame is too short for one. At an even offset, for checksums. */
    int tailOffset(final int bytes) {
        final int at = bytes - Long.BYTES & -Short.BYTES;
        return at >= stampOffset() + StampLayout.BYTES ? at : 0;
    }

    /** The first flow's longest frame with an empty stamp and all checksums 0. */
    byte[] template() {
        final int frameBytes = frameBytes();
        final ByteBuffer frame = ByteBuffer.allocate(frameBytes);
        frame.putLong(EthernetLayout.DESTINATION, destinationMac << 16);
        frame.putShort(EthernetLayout.SOURCE, (short) (sourceMac >>> 32)).putInt(EthernetLayout.SOURCE + 2, (int) sourceMac);
        frame.putShort(EthernetLayout.ETHER_TYPE, (short) (v4() ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6));
        final int ip = EthernetLayout.HEADER_BYTES;
        final int udpBytes = frameBytes - udpOffset();
        if (v4()) {
            frame.put(ip + Ipv4Layout.VERSION_IHL, (byte) Ipv4Layout.VERSION_4_IHL_5);
            frame.putShort(ip + Ipv4Layout.TOTAL_LENGTH, (short) (frameBytes - ip));
            frame.putShort(ip + Ipv4Layout.FRAGMENT, (short) Ipv4Layout.DONT_FRAGMENT);
            frame.put(ip + Ipv4Layout.TTL, (byte) TTL).put(ip + Ipv4Layout.PROTOCOL, (byte) IpProtocol.UDP);
            frame.put(ip + Ipv4Layout.SOURCE, source).put(ip + Ipv4Layout.DESTINATION, destination);
        } else {
            frame.put(ip, (byte) 0x60).putShort(ip + Ipv6Layout.PAYLOAD_LENGTH, (short) udpBytes);
            frame.put(ip + Ipv6Layout.NEXT_HEADER, (byte) IpProtocol.UDP).put(ip + Ipv6Layout.HOP_LIMIT, (byte) TTL);
            frame.put(ip + Ipv6Layout.SOURCE, source).put(ip + Ipv6Layout.DESTINATION, destination);
        }
        frame.putShort(udpOffset() + UdpLayout.SOURCE_PORT, (short) FIRST_SOURCE_PORT);
        frame.putShort(udpOffset() + UdpLayout.DESTINATION_PORT, (short) destinationPort);
        frame.putShort(udpOffset() + UdpLayout.LENGTH, (short) udpBytes);
        return frame.array();
    }

    /** Offset in the frame of the four bytes of the source address that vary with the flow. */
    int varyingAddressOffset() {
        return EthernetLayout.HEADER_BYTES
                + (v4() ? Ipv4Layout.SOURCE : Ipv6Layout.SOURCE + source.length - Integer.BYTES);
    }

    /** The first flow's value of these four bytes. */
    int varyingAddressBase() {
        return ByteBuffer.wrap(Arrays.copyOfRange(source, source.length - Integer.BYTES, source.length)).getInt();
    }

    private static int udpOffset(final boolean v4) {
        return EthernetLayout.HEADER_BYTES + (v4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES);
    }

    private static int minFrameBytes(final boolean v4) {
        return Math.max(60, udpOffset(v4) + UdpLayout.HEADER_BYTES + StampLayout.BYTES);
    }
}
