package io.penstock.rules.log;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;

/** TCP's and UDP's part of a line, the same over IPv4 and IPv6. */
final class TransportLogFields {

    /** In the order in which they are told, which is that of their bits down from {@link #ACCURATE_ECN}. */
    private static final String[] FLAGS = {"AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};
    /** The flag of accurate ECN: the last bit of the byte before the flags. */
    private static final int ACCURATE_ECN = 0x100;
    /** The other bits between data offset and flags. */
    private static final int RESERVED = 0x0E;
    /** Where the kernel shows them. */
    private static final int RESERVED_SHIFT = 2;

    private TransportLogFields() {
    }

    /** Writes TCP's fields; false if the line ends there, as the header is cut off. */
    static boolean tcp(final StringBuilder line, final LoggedPacket packet, final int offset, final boolean laterFragment) {
        line.append("PROTO=TCP ");
        if (laterFragment) {
            return true;
        }
        if (!packet.reaches(offset, TcpLayout.HEADER_BYTES)) {
            LogFields.incomplete(line, packet, offset);
            return false;
        }
        ports(line, packet, offset);
        if (packet.has(LoggedPacket.TCP_SEQUENCE)) {
            LogFields.decimal(line, "SEQ", packet.number(offset + TcpLayout.SEQUENCE));
            LogFields.decimal(line, "ACK", packet.number(offset + TcpLayout.ACKNOWLEDGMENT));
        }
        LogFields.decimal(line, "WINDOW", packet.word(offset + TcpLayout.WINDOW));
        final int reserved = packet.octet(offset + TcpLayout.DATA_OFFSET) & RESERVED;
        line.append(String.format("RES=0x%02x ", reserved << RESERVED_SHIFT));
        final int flags = packet.word(offset + TcpLayout.DATA_OFFSET);
        for (int i = 0; i < FLAGS.length; i++) {
            if ((flags & ACCURATE_ECN >>> i) != 0) {
                line.append(FLAGS[i]).append(' ');
            }
        }
        LogFields.decimal(line, "URGP", packet.word(offset + TcpLayout.URGENT));
        return !packet.has(LoggedPacket.TCP_OPTIONS) || options(line, packet, offset);
    }

    private static boolean options(final StringBuilder line, final LoggedPacket packet, final int offset) {
        final int headerBytes = packet.octet(offset + TcpLayout.DATA_OFFSET) >>> 4 << 2;
        final int count = headerBytes - TcpLayout.HEADER_BYTES;
        if (count > 0) {
            if (!packet.reaches(offset + TcpLayout.HEADER_BYTES, count)) {
                line.append("OPT (TRUNCATED)");
                return false;
            }
            LogFields.options(line, packet, offset + TcpLayout.HEADER_BYTES, count);
        }
        return true;
    }

    /** Writes UDP's fields; false if the line ends there, as the header is cut off. */
    static boolean udp(
            final StringBuilder line, final LoggedPacket packet, final int protocol, final int offset, final boolean laterFragment) {
        line.append(protocol == IpProtocol.UDP ? "PROTO=UDP " : "PROTO=UDPLITE ");
        if (laterFragment) {
            return true;
        }
        if (!packet.reaches(offset, UdpLayout.HEADER_BYTES)) {
            LogFields.incomplete(line, packet, offset);
            return false;
        }
        ports(line, packet, offset);
        LogFields.decimal(line, "LEN", packet.word(offset + UdpLayout.LENGTH));
        return true;
    }

    private static void ports(final StringBuilder line, final LoggedPacket packet, final int offset) {
        LogFields.decimal(line, "SPT", packet.word(offset + TcpLayout.SOURCE_PORT));
        LogFields.decimal(line, "DPT", packet.word(offset + TcpLayout.DESTINATION_PORT));
    }
}
