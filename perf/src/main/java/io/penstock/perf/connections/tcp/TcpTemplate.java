package io.penstock.perf.connections.tcp;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;

/**
 * A TCP segment over IPv4 from which those of connections are made, and against which they are checked: they differ in their ends, their numbers, and
 * in a word of the data that names the connection.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What {@link #write} makes has right checksums, reckoned from the difference (RFC 1624).</li>
 *   <li>{@link #matches} is true only for a segment of these flags and this data, with the word, and both checksums right.</li>
 * </ol>
 *
 * <p>Threads: any, once made.
 */
final class TcpTemplate implements AutoCloseable {

    /** Where a segment's data begins. */
    static final int DATA = EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES + TcpLayout.HEADER_BYTES;
    /** The word that names the connection, in data that has it. */
    static final int NO_WORD = -1;

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int TCP = IP + Ipv4Layout.HEADER_BYTES;
    private static final int LEAST_FRAME_BYTES = 60;
    private static final int LINE_BYTES = 64;
    private static final int TTL = 64;
    private static final int WINDOW = 65_535;
    private static final int HALF = 16;
    private static final int LOW = 0xFFFF;

    private final MappedMemory memory;
    private final int frameBytes;
    private final int dataBytes;
    private final int wordAt;
    private final int ipSum;
    private final int tcpSum;

    /**
     * A segment.
     *
     * @param mac       whom it is for
     * @param senderMac who sends it
     * @param wordAt    where in the data eight bytes name the connection, a multiple of eight; or {@link #NO_WORD}
     */
    TcpTemplate(final long mac, final long senderMac, final int flags, final byte[] data, final int wordAt) {
        this.wordAt = wordAt == NO_WORD ? NO_WORD : DATA + wordAt;
        dataBytes = data.length;
        frameBytes = Math.max(LEAST_FRAME_BYTES, DATA + data.length);
        memory = MappedMemory.reserve(frameBytes + LINE_BYTES & -LINE_BYTES, MappedMemory.Pages.NORMAL);
        final long frame = memory.address();
        EthernetLayout.setAddresses(frame, mac, senderMac);
        EthernetLayout.setEtherType(frame, EthernetLayout.TYPE_IPV4);
        final long ip = frame + IP;
        Ipv4Layout.setHeaderBytes(ip, Ipv4Layout.HEADER_BYTES);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + TcpLayout.HEADER_BYTES + data.length);
        Ipv4Layout.setFragmentWord(ip, Ipv4Layout.DONT_FRAGMENT);
        Ipv4Layout.setTtl(ip, TTL);
        Ipv4Layout.setProtocol(ip, IpProtocol.TCP);
        Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
        final long tcp = frame + TCP;
        TcpLayout.setHeaderBytes(tcp, TcpLayout.HEADER_BYTES);
        TcpLayout.setFlags(tcp, flags);
        TcpLayout.setWindow(tcp, WINDOW);
        Memory.copyFromArray(data, 0, frame + DATA, data.length);
        if (wordAt != NO_WORD) {
            Memory.putLong(frame + DATA + wordAt, 0);
        }
        Checksum.writeTcp4(ip, tcp, TcpLayout.HEADER_BYTES + data.length);
        ipSum = ~Ipv4Layout.checksum(ip) & LOW;
        tcpSum = ~TcpLayout.checksum(tcp) & LOW;
    }

    /** The bytes of a frame. */
    int frameBytes() {
        return frameBytes;
    }

    /** The bytes of its data. */
    int dataBytes() {
        return dataBytes;
    }

    /** Writes a frame. */
    void write(
            final long to, final int source, final int destination, final int sourcePort, final int destinationPort, final int sequence,
            final int acknowledgment, final int word) {
        Memory.copy(memory.address(), to, frameBytes);
        Memory.putIntBE(to + IP + Ipv4Layout.SOURCE, source);
        Memory.putIntBE(to + IP + Ipv4Layout.DESTINATION, destination);
        final int addresses = halves(source) + halves(destination);
        Ipv4Layout.setChecksum(to + IP, checksum(ipSum + addresses));
        final long tcp = to + TCP;
        TcpLayout.setSourcePort(tcp, sourcePort);
        TcpLayout.setDestinationPort(tcp, destinationPort);
        TcpLayout.setSequence(tcp, sequence);
        TcpLayout.setAcknowledgment(tcp, acknowledgment);
        int sum = tcpSum + addresses + sourcePort + destinationPort + halves(sequence) + halves(acknowledgment);
        if (wordAt != NO_WORD) {
            Memory.putIntBE(to + wordAt, word);
            Memory.putIntBE(to + wordAt + Integer.BYTES, ~word);
            sum += halves(word) + halves(~word);
        }
        TcpLayout.setChecksum(tcp, checksum(sum));
    }

    /** Whether a frame, which has a whole TCP header, is such a segment of a connection, as it was written but for its ends and numbers. */
    boolean matches(final long frame, final int length, final int word) {
        final long ip = frame + IP;
        final long tcp = frame + TCP;
        // Padding may have been left away.
        if (length < DATA + dataBytes || Ipv4Layout.totalLength(ip) != Ipv4Layout.HEADER_BYTES + TcpLayout.HEADER_BYTES + dataBytes
                || Memory.getInt(tcp + TcpLayout.DATA_OFFSET) != Memory.getInt(memory.address() + TCP + TcpLayout.DATA_OFFSET)
                || TcpLayout.urgent(tcp) != 0 || !Checksum.verifyIpv4(ip)) {
            return false;
        }
        int sum = tcpSum + halves(Memory.getIntBE(ip + Ipv4Layout.SOURCE)) + halves(Memory.getIntBE(ip + Ipv4Layout.DESTINATION))
                + TcpLayout.sourcePort(tcp) + TcpLayout.destinationPort(tcp) + halves(TcpLayout.sequence(tcp))
                + halves(TcpLayout.acknowledgment(tcp));
        if (wordAt != NO_WORD) {
            if (Memory.getIntBE(frame + wordAt) != word || Memory.getIntBE(frame + wordAt + Integer.BYTES) != ~word) {
                return false;
            }
            sum += halves(word) + halves(~word);
        }
        return TcpLayout.checksum(tcp) == checksum(sum) && hasData(frame);
    }

    @Override
    public void close() {
        memory.close();
    }

    private boolean hasData(final long frame) {
        final long own = memory.address();
        final int end = DATA + dataBytes;
        int at = DATA;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            if (Memory.getLong(frame + at) != Memory.getLong(own + at) && at != wordAt) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (Memory.getByte(frame + at) != Memory.getByte(own + at)) {
                return false;
            }
        }
        return true;
    }

    private static int halves(final int value) {
        return (value >>> HALF) + (value & LOW);
    }

    private static int checksum(final int sum) {
        final int once = (sum & LOW) + (sum >>> HALF);
        return ~((once & LOW) + (once >>> HALF)) & LOW;
    }
}
