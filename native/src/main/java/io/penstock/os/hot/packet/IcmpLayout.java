package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The ICMP header, whose second word depends on the type.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------------+
 *  |     type      |     code      |           checksum            |
 *  +---------------+---------------+-------------------------------+
 *  |          identifier           |           sequence            |  echo, timestamp, info, mask
 *  +-------------------------------+-------------------------------+
 *  |            unused             |              MTU              |  fragmentation needed (3/4)
 *  +-------------------------------+-------------------------------+
 *  |                            gateway                            |  redirect
 *  +---------------+-----------------------------------------------+
 *  |    pointer    |                    unused                     |  parameter problem
 *  +---------------+-----------------------------------------------+
 *  |     errors: the packet that caused them, as far as it fits    |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Source: RFC 792; RFC 1191, 4 (MTU); RFC 950 (mask); {@code struct icmphdr}. Nothing is checked here.
 */
public final class IcmpLayout {

    /** Bytes of the header; in an error, the offset of the packet that caused it. */
    public static final int HEADER_BYTES = 8;

    public static final int TYPE = 0;
    public static final int CODE = 1;
    public static final int CHECKSUM = 2;
    public static final int ID = 4;
    public static final int SEQUENCE = 6;
    public static final int GATEWAY = 4;
    public static final int POINTER = 4;
    public static final int MTU = 6;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int ROUTER_ADVERTISEMENT = 9;
    public static final int ROUTER_SOLICITATION = 10;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP_REQUEST = 13;
    public static final int TIMESTAMP_REPLY = 14;
    public static final int INFO_REQUEST = 15;
    public static final int INFO_REPLY = 16;
    public static final int MASK_REQUEST = 17;
    public static final int MASK_REPLY = 18;

    /** Of {@link #DESTINATION_UNREACHABLE}. */
    public static final int CODE_NET_UNREACHABLE = 0;
    public static final int CODE_HOST_UNREACHABLE = 1;
    public static final int CODE_PROTOCOL_UNREACHABLE = 2;
    public static final int CODE_PORT_UNREACHABLE = 3;
    public static final int CODE_FRAGMENTATION_NEEDED = 4;
    public static final int CODE_SOURCE_ROUTE_FAILED = 5;
    public static final int CODE_NET_PROHIBITED = 9;
    public static final int CODE_HOST_PROHIBITED = 10;
    public static final int CODE_ADMIN_PROHIBITED = 13;
    /** Of {@link #REDIRECT}. */
    public static final int CODE_REDIRECT_HOST = 1;
    /** Of {@link #TIME_EXCEEDED}. */
    public static final int CODE_TTL_EXCEEDED = 0;
    public static final int CODE_REASSEMBLY_EXCEEDED = 1;

    private static final int ERRORS = 1 << DESTINATION_UNREACHABLE | 1 << SOURCE_QUENCH | 1 << REDIRECT
            | 1 << TIME_EXCEEDED | 1 << PARAMETER_PROBLEM;

    private IcmpLayout() {
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

    /** The next hop's MTU in fragmentation needed; 0 from routers older than RFC 1191. */
    public static int mtu(final long icmp) {
        return Memory.getUnsignedShortBE(icmp + MTU);
    }

    public static int gateway(final long icmp) {
        return Memory.getIntBE(icmp + GATEWAY);
    }

    public static int pointer(final long icmp) {
        return Memory.getUnsignedByte(icmp + POINTER);
    }

    /** True for a type that carries the packet which caused it. */
    public static boolean isError(final int type) {
        return type < 32 && (ERRORS >>> type & 1) != 0;
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

    /** Writes the whole second word: an error's MTU, gateway, pointer, or 0. */
    public static void setRest(final long icmp, final int word) {
        Memory.putIntBE(icmp + ID, word);
    }
}
