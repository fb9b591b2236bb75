package io.penstock.rules.log;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;

/** IPv6's part of a line, with that of the packet in an ICMPv6 error. */
final class Ipv6LogFields {

    private static final int GROUPS = 8;
    private static final int EXTENSION_BYTES = 2;
    private static final int FRAGMENT_BYTES = 8;
    private static final int FRAGMENT_OFFSET = 2;
    private static final int FRAGMENT_OFFSET_BITS = 0xFFF8;
    private static final int FRAGMENT_ID = 4;
    private static final int AH_BYTES = 12;
    private static final int AH_SPI = 4;
    private static final int ESP_BYTES = 8;
    private static final int ICMP_BYTES = 8;
    private static final int ICMP_REST = 4;

    private static final int UNREACHABLE = 1;
    private static final int TOO_BIG = 2;
    private static final int TIME_EXCEEDED = 3;
    private static final int PARAMETER_PROBLEM = 4;
    private static final int ECHO_REQUEST = 128;
    private static final int ECHO_REPLY = 129;

    /** The line is as long as it gets. */
    private static final int ENDED = -1;

    private Ipv6LogFields() {
    }

    /** Writes the fields of the packet at an offset: 0, or where one lies in an ICMPv6 error. */
    static void write(final StringBuilder line, final LoggedPacket packet, final int ip) {
        if (!packet.reaches(ip, Ipv6Layout.HEADER_BYTES)) {
            line.append("TRUNCATED");
            return;
        }
        address(line.append("SRC="), packet, ip + Ipv6Layout.SOURCE);
        address(line.append("DST="), packet, ip + Ipv6Layout.DESTINATION);
        final int first = packet.number(ip);
        LogFields.decimal(line, "LEN", packet.word(ip + Ipv6Layout.PAYLOAD_LENGTH) + Ipv6Layout.HEADER_BYTES);
        LogFields.decimal(line, "TC", first >>> 20 & 0xFF);
        LogFields.decimal(line, "HOPLIMIT", packet.octet(ip + Ipv6Layout.HOP_LIMIT));
        LogFields.decimal(line, "FLOWLBL", first & Ipv6Layout.FLOW_LABEL_MASK);
        final Walk walk = new Walk(line, packet, ip);
        if (walk.extensions() && walk.payload() && ip == 0) {
            LogLine.surroundings(line, packet);
        }
    }

    private static void address(final StringBuilder line, final LoggedPacket packet, final int offset) {
        for (int i = 0; i < GROUPS; i++) {
            line.append(String.format("%04x%c", packet.word(offset + 2 * i), i < GROUPS - 1 ? ':' : ' '));
        }
    }

    /** The way from header to header. */
    private static final class Walk {

        private final StringBuilder line;
        private final LoggedPacket packet;
        private final int ip;
        private final boolean verbose;
        private int header;
        private int offset;
        private boolean later;

        Walk(final StringBuilder line, final LoggedPacket packet, final int ip) {
            this.line = line;
            this.packet = packet;
            this.ip = ip;
            this.verbose = packet.has(LoggedPacket.IP_OPTIONS);
            this.header = packet.octet(ip + Ipv6Layout.NEXT_HEADER);
            this.offset = ip + Ipv6Layout.HEADER_BYTES;
        }

        /** Writes the extension headers; false if the line ends there. */
        boolean extensions() {
            while (isExtension(header)) {
                if (!packet.reaches(offset, EXTENSION_BYTES)) {
                    line.append("TRUNCATED");
                    return false;
                }
                line.append(verbose ? "OPT ( " : "");
                final int bytes = switch (header) {
                    case IpProtocol.FRAGMENT -> fragment();
                    case IpProtocol.AH -> authentication();
                    case IpProtocol.ESP -> encryption();
                    default -> options();
                };
                if (bytes == ENDED) {
                    return false;
                }
                line.append(verbose ? ") " : "");
                header = packet.octet(offset);
                offset += bytes;
            }
            return true;
        }

        private static boolean isExtension(final int header) {
            return switch (header) {
                case IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.FRAGMENT, IpProtocol.ESP, IpProtocol.AH,
                        IpProtocol.DESTINATION_OPTIONS -> true;
                default -> false;
            };
        }

        private int fragment() {
            line.append("FRAG:");
            if (!packet.reaches(offset, FRAGMENT_BYTES)) {
                line.append("TRUNCATED ");
                return ENDED;
            }
            final int word = packet.word(offset + FRAGMENT_OFFSET);
            line.append(word & FRAGMENT_OFFSET_BITS).append(' ');
            line.append((word & 1) != 0 ? "INCOMPLETE " : "");
            line.append(String.format("ID:%08x ", packet.number(offset + FRAGMENT_ID)));
            later |= (word & FRAGMENT_OFFSET_BITS) != 0;
            return FRAGMENT_BYTES;
        }

        private int options() {
            if (later) {
                return end();
            }
            return packet.octet(offset + 1) + 1 << 3;
        }

        private int authentication() {
            if (verbose) {
                line.append("AH ");
                if (later) {
                    return end();
                }
                if (!packet.reaches(offset, AH_BYTES)) {
                    LogFields.incomplete(line, packet, offset);
                    return end();
                }
                LogFields.index(line, packet.number(offset + AH_SPI));
            }
            return packet.octet(offset + 1) + 2 << 2;
        }

        private int encryption() {
            if (verbose) {
                line.append("ESP ");
                if (later) {
                    return end();
                }
                if (packet.reaches(offset, ESP_BYTES)) {
                    LogFields.index(line, packet.number(offset));
                } else {
                    LogFields.incomplete(line, packet, offset);
                }
                line.append(')');
            }
            return ENDED;
        }

        private int end() {
            line.append(verbose ? ")" : "");
            return ENDED;
        }

        /** Writes what follows the headers; false if the line ends there. */
        boolean payload() {
            switch (header) {
                case IpProtocol.TCP -> {
                    return TransportLogFields.tcp(line, packet, offset, later);
                }
                case IpProtocol.UDP, IpProtocol.UDPLITE -> {
                    return TransportLogFields.udp(line, packet, header, offset, later);
                }
                case IpProtocol.ICMPV6 -> {
                    line.append("PROTO=ICMPv6 ");
                    return later || icmp();
                }
                default -> LogFields.decimal(line, "PROTO", header);
            }
            return true;
        }

        private boolean icmp() {
            if (!packet.reaches(offset, ICMP_BYTES)) {
                LogFields.incomplete(line, packet, offset);
                return false;
            }
            final int type = packet.octet(offset);
            LogFields.decimal(line, "TYPE", type);
            LogFields.decimal(line, "CODE", packet.octet(offset + 1));
            final int rest = offset + ICMP_REST;
            switch (type) {
                case ECHO_REQUEST, ECHO_REPLY -> {
                    LogFields.decimal(line, "ID", packet.word(rest));
                    LogFields.decimal(line, "SEQ", packet.word(rest + 2));
                }
                case PARAMETER_PROBLEM -> {
                    line.append(String.format("POINTER=%08x ", packet.number(rest)));
                    inner();
                }
                case UNREACHABLE, TOO_BIG, TIME_EXCEEDED -> {
                    inner();
                    if (type == TOO_BIG) {
                        LogFields.decimal(line, "MTU", packet.number(rest));
                    }
                }
                default -> {
                    // Nothing more is told of it.
                }
            }
            return true;
        }

        /** The packet in an error; that of an error in an error is not told. */
        private void inner() {
            if (ip == 0) {
                write(line.append('['), packet, offset + ICMP_BYTES);
                line.append("] ");
            }
        }
    }
}
