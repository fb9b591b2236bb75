package io.penstock.rules.log;

import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.text.AddressText;

/** IPv4's part of a line, with that of the packet in an ICMP error. */
final class Ipv4LogFields {

    /** IPv4's version number. */
    static final int VERSION = 4;

    private static final int TOS_BITS = 0x1E;
    private static final int PRECEDENCE_BITS = 0xE0;
    private static final int SPI_HEADER_BYTES = 8;
    private static final int AH_HEADER_BYTES = 12;
    private static final int AH_SPI = 4;
    /** ICMP's header. */
    private static final int ICMP_BYTES = 8;
    private static final int ICMP_REST = 4;
    private static final int FRAGMENTATION_NEEDED = 4;

    private static final int ECHO_REPLY = 0;
    private static final int UNREACHABLE = 3;
    private static final int SOURCE_QUENCH = 4;
    private static final int REDIRECT = 5;
    private static final int ECHO = 8;
    private static final int TIME_EXCEEDED = 11;
    private static final int PARAMETER_PROBLEM = 12;
    private static final int TIMESTAMP = 13;
    private static final int TIMESTAMP_REPLY = 14;
    private static final int ADDRESS_MASK = 17;
    private static final int ADDRESS_MASK_REPLY = 18;

    private Ipv4LogFields() {
    }

    /** Writes the fields of the packet at an offset: 0, or where one lies in an ICMP error. */
    static void write(final StringBuilder line, final LoggedPacket packet, final int ip) {
        if (!packet.reaches(ip, Ipv4Layout.HEADER_BYTES)) {
            line.append("TRUNCATED");
            return;
        }
        line.append("SRC=").append(AddressText.ipv4(packet.number(ip + Ipv4Layout.SOURCE)));
        line.append(" DST=").append(AddressText.ipv4(packet.number(ip + Ipv4Layout.DESTINATION))).append(' ');
        final int tos = packet.octet(ip + Ipv4Layout.TOS);
        LogFields.decimal(line, "LEN", packet.word(ip + Ipv4Layout.TOTAL_LENGTH));
        line.append(String.format("TOS=0x%02X PREC=0x%02X ", tos & TOS_BITS, tos & PRECEDENCE_BITS));
        LogFields.decimal(line, "TTL", packet.octet(ip + Ipv4Layout.TTL));
        LogFields.decimal(line, "ID", packet.word(ip + Ipv4Layout.ID));
        final int fragment = packet.word(ip + Ipv4Layout.FRAGMENT);
        fragment(line, fragment);
        final int headerBytes = (packet.octet(ip) & 0xF) << 2;
        final int optionBytes = headerBytes - Ipv4Layout.HEADER_BYTES;
        if (packet.has(LoggedPacket.IP_OPTIONS) && optionBytes > 0) {
            if (!packet.reaches(ip + Ipv4Layout.HEADER_BYTES, optionBytes)) {
                line.append("TRUNCATED");
                return;
            }
            LogFields.options(line, packet, ip + Ipv4Layout.HEADER_BYTES, optionBytes);
        }
        final boolean later = (fragment & Ipv4Layout.FRAGMENT_OFFSET_MASK) != 0;
        if (payload(line, packet, ip, ip + headerBytes, later) && ip == 0) {
            LogLine.surroundings(line, packet);
        }
    }

    private static void fragment(final StringBuilder line, final int fragment) {
        line.append((fragment & Ipv4Layout.RESERVED_FLAG) != 0 ? "CE " : "");
        line.append((fragment & Ipv4Layout.DONT_FRAGMENT) != 0 ? "DF " : "");
        line.append((fragment & Ipv4Layout.MORE_FRAGMENTS) != 0 ? "MF " : "");
        final int offset = fragment & Ipv4Layout.FRAGMENT_OFFSET_MASK;
        if (offset != 0) {
            line.append("FRAG:").append(offset).append(' ');
        }
    }

    /** Writes what follows the header; false if the line ends there. */
    private static boolean payload(
            final StringBuilder line, final LoggedPacket packet, final int ip, final int offset, final boolean later) {
        final int protocol = packet.octet(ip + Ipv4Layout.PROTOCOL);
        switch (protocol) {
            case IpProtocol.TCP -> {
                return TransportLogFields.tcp(line, packet, offset, later);
            }
            case IpProtocol.UDP, IpProtocol.UDPLITE -> {
                return TransportLogFields.udp(line, packet, protocol, offset, later);
            }
            case IpProtocol.ICMP -> {
                line.append("PROTO=ICMP ");
                if (!later) {
                    icmp(line, packet, ip, offset);
                }
            }
            case IpProtocol.AH -> {
                // Of a later fragment not even the protocol is told.
                if (!later) {
                    line.append("PROTO=AH ");
                    index(line, packet, offset, AH_HEADER_BYTES, AH_SPI);
                }
            }
            case IpProtocol.ESP -> {
                line.append("PROTO=ESP ");
                if (!later) {
                    index(line, packet, offset, SPI_HEADER_BYTES, 0);
                }
            }
            default -> LogFields.decimal(line, "PROTO", protocol);
        }
        return true;
    }

    private static void index(final StringBuilder line, final LoggedPacket packet, final int offset, final int bytes, final int field) {
        if (packet.reaches(offset, bytes)) {
            LogFields.index(line, packet.number(offset + field));
        } else {
            LogFields.incomplete(line, packet, offset);
        }
    }

    private static void icmp(final StringBuilder line, final LoggedPacket packet, final int ip, final int offset) {
        if (!packet.reaches(offset, ICMP_BYTES)) {
            LogFields.incomplete(line, packet, offset);
            return;
        }
        final int type = packet.octet(offset + IcmpLayout.TYPE);
        final int code = packet.octet(offset + IcmpLayout.CODE);
        LogFields.decimal(line, "TYPE", type);
        LogFields.decimal(line, "CODE", code);
        if (packet.length() - offset < leastBytes(type)) {
            LogFields.incomplete(line, packet, offset);
            return;
        }
        final int rest = offset + ICMP_REST;
        switch (type) {
            case ECHO_REPLY, ECHO -> {
                LogFields.decimal(line, "ID", packet.word(rest));
                LogFields.decimal(line, "SEQ", packet.word(rest + 2));
            }
            case PARAMETER_PROBLEM -> LogFields.decimal(line, "PARAMETER", packet.octet(rest));
            case REDIRECT -> {
                line.append("GATEWAY=").append(AddressText.ipv4(packet.number(rest))).append(' ');
                inner(line, packet, ip, offset);
            }
            case UNREACHABLE, SOURCE_QUENCH, TIME_EXCEEDED -> {
                inner(line, packet, ip, offset);
                if (type == UNREACHABLE && code == FRAGMENTATION_NEEDED) {
                    LogFields.decimal(line, "MTU", packet.word(rest + 2));
                }
            }
            default -> {
                // Nothing more is told of it.
            }
        }
    }

    /** The packet in an error; that of an error in an error is not told. */
    private static void inner(final StringBuilder line, final LoggedPacket packet, final int ip, final int offset) {
        if (ip == 0) {
            write(line.append('['), packet, offset + ICMP_BYTES);
            line.append("] ");
        }
    }

    private static int leastBytes(final int type) {
        return switch (type) {
            case UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM -> ICMP_BYTES + Ipv4Layout.HEADER_BYTES;
            case TIMESTAMP, TIMESTAMP_REPLY -> 20;
            case ADDRESS_MASK, ADDRESS_MASK_REPLY -> 12;
            default -> 0;
        };
    }
}
