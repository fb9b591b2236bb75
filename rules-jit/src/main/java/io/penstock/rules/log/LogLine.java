package io.penstock.rules.log;

import io.penstock.os.hot.packet.EthernetLayout;
import java.util.HexFormat;

/**
 * The line that the kernel writes about a packet (net/netfilter/nf_log_syslog.c), byte for byte, without the line end: fields in the
 * order of the headers, each with a blank behind it.
 */
public final class LogLine {

    private static final HexFormat MAC = HexFormat.ofDelimiter(":");
    private static final int MAC_BYTES = 6;

    private LogLine() {
    }

    /** The line. */
    public static String of(final LoggedPacket packet) {
        final StringBuilder line = new StringBuilder(packet.prefix());
        line.append("IN=").append(packet.in()).append(" OUT=").append(packet.out()).append(' ');
        if (!packet.in().isEmpty()) {
            link(line, packet);
        }
        if (packet.version() == Ipv4LogFields.VERSION) {
            Ipv4LogFields.write(line, packet, 0);
        } else {
            Ipv6LogFields.write(line, packet, 0);
        }
        return line.toString();
    }

    private static void link(final StringBuilder line, final LoggedPacket packet) {
        final byte[] bytes = packet.bytes();
        if (packet.has(LoggedPacket.MAC_DECODE) && packet.linkBytes() >= EthernetLayout.HEADER_BYTES) {
            line.append("MACSRC=").append(mac(bytes, EthernetLayout.SOURCE));
            line.append(" MACDST=").append(mac(bytes, EthernetLayout.DESTINATION));
            line.append(String.format(" MACPROTO=%02x%02x ", bytes[EthernetLayout.ETHER_TYPE], bytes[EthernetLayout.ETHER_TYPE + 1]));
        } else {
            line.append("MAC=").append(MAC.formatHex(bytes, 0, packet.linkBytes())).append(' ');
        }
    }

    private static String mac(final byte[] bytes, final int offset) {
        return MAC.formatHex(bytes, offset, offset + MAC_BYTES);
    }

    /** What is known of the packet beside its headers. */
    static void surroundings(final StringBuilder line, final LoggedPacket packet) {
        if (packet.has(LoggedPacket.UID) && packet.uid() != LoggedPacket.NO_SOCKET) {
            line.append("UID=").append(Integer.toUnsignedString(packet.uid()));
            line.append(" GID=").append(Integer.toUnsignedString(packet.gid())).append(' ');
        }
        if (packet.mark() != 0) {
            line.append("MARK=0x").append(Integer.toHexString(packet.mark())).append(' ');
        }
    }
}
