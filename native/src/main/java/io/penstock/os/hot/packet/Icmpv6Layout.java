package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The ICMPv6 header, whose second word depends on the type.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------------+
 *  |     type      |     code      |           checksum            |
 *  +---------------+---------------+-------------------------------+
 *  |          identifier           |           sequence            |  echo
 *  +-------------------------------+-------------------------------+
 *  |                              MTU                              |  packet too big
 *  +---------------------------------------------------------------+
 *  |                            pointer                            |  parameter problem
 *  +---------------------------------------------------------------+
 *  |     errors: the packet that caused them, as far as it fits    |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Source: RFC 4443, 2.1; RFC 4861 (neighbour discovery); RFC 2710 and 3810 (listeners); {@code struct icmp6hdr}.
 * Nothing is checked here.
 */
public final class Icmpv6Layout {

    /** Bytes of the header; in an error, the offset of the packet that caused it. */
    public static final int HEADER_BYTES = 8;

    public static final int TYPE = 0;
    public static final int CODE = 1;
    public static final int CHECKSUM = 2;
    public static final int ID = 4;
    public static final int SEQUENCE = 6;
    public static final int MTU = 4;
    public static final int POINTER = 4;

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int LISTENER_QUERY = 130;
    public static final int LISTENER_REPORT = 131;
    public static final int LISTENER_DONE = 132;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    public static final int LISTENER_REPORT_V2 = 143;

    /** Of {@link #DESTINATION_UNREACHABLE}. */
    public static final int CODE_NO_ROUTE = 0;
    public static final int CODE_ADMIN_PROHIBITED = 1;
    public static final int CODE_BEYOND_SCOPE = 2;
    public static final int CODE_ADDRESS_UNREACHABLE = 3;
    public static final int CODE_PORT_UNREACHABLE = 4;
    public static final int CODE_POLICY_FAILED = 5;
    public static final int CODE_REJECT_ROUTE = 6;
    /** Of {@link #TIME_EXCEEDED}. */
    public static final int CODE_HOP_LIMIT_EXCEEDED = 0;
    public static final int CODE_REASSEMBLY_EXCEEDED = 1;
    /** Of {@link #PARAMETER_PROBLEM}. */
    public static final int CODE_ERRONEOUS_HEADER = 0;
    public static final int CODE_UNKNOWN_NEXT_HEADER = 1;
    public static final int CODE_UNKNOWN_OPTION = 2;

    private static final int FIRST_INFORMATIONAL = 128;

    private Icmpv6Layout() {
    }

    public static int type(final long icmp) {
        return Memory.getUnsignedByte(icmp + TYPE);
    }

    public static int code(final long icmp) {
        return Memory.getUnsignedByte(icmp + CODE);
    }

    public static int checksum(final long icmp) {
        return Memory.getUnsignedShortBE(icmp + CHECKSUM);
    }

    public static int id(final long icmp) {
        return Memory.getUnsignedShortBE(icmp + ID);
    }

    public static int sequence(final long icmp) {
        return Memory.getUnsignedShortBE(icmp + SEQUENCE);
    }

    public static int mtu(final long icmp) {
        return Memory.getIntBE(icmp + MTU);
    }

    public static int pointer(final long icmp) {
        return Memory.getIntBE(icmp + POINTER);
    }

    /** True for a type that carries the packet which caused it (RFC 4443, 2.1: the upper bit is 0). */
    public static boolean isError(final int type) {
        return type < FIRST_INFORMATIONAL;
    }

    /** True for the five types of neighbour discovery. */
    public static boolean isNeighbourDiscovery(final int type) {
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
    }

    public static void setType(final long icmp, final int type) {
        Memory.putByte(icmp + TYPE, (byte) type);
    }

    public static void setCode(final long icmp, final int code) {
        Memory.putByte(icmp + CODE, (byte) code);
    }

    public static void setChecksum(final long icmp, final int checksum) {
        Memory.putShortBE(icmp + CHECKSUM, checksum);
    }

    public static void setId(final long icmp, final int id) {
        Memory.putShortBE(icmp + ID, id);
    }

    public static void setSequence(final long icmp, final int sequence) {
        Memory.putShortBE(icmp + SEQUENCE, sequence);
    }

    /** Writes the whole second word: an error's MTU, pointer, or 0. */
    public static void setRest(final long icmp, final int word) {
        Memory.putIntBE(icmp + ID, word);
    }
}
