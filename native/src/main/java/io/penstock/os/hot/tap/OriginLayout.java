package io.penstock.os.hot.tap;

import io.penstock.os.hot.memory.Memory;

/**
 * What precedes the Ethernet header of a frame that this host sends, written by the program on the port: what only the
 * kernel knows. In the machine's order.
 *
 * <pre>
 *  0        2         3      4             8            12        16         20         24              32
 * +--------+---------+------+-------------+------------+---------+----------+----------+---------------+----------
 * | magic  | version | port | out ifindex | in ifindex | uid     | mark     | priority | cookie        | Ethernet
 * +--------+---------+------+-------------+------------+---------+----------+----------+---------------+----------
 * </pre>
 *
 * <ul>
 *   <li>port: the index of the port that the kernel's routing decision chose; out ifindex: its device</li>
 *   <li>in ifindex: 0, as only what the host itself sends is handed over</li>
 *   <li>uid: the user that owns the socket; -1 where there is none, as for an echo reply</li>
 *   <li>mark, priority: SO_MARK and SO_PRIORITY, or what the kernel made of them</li>
 *   <li>cookie: a random number of the device's, which only its programs and its reader know: who merely sends through the
 *       device by its name cannot make up owners and marks</li>
 * </ul>
 */
public final class OriginLayout {

    public static final int BYTES = 32;

    public static final int MAGIC = 0;
    public static final int OUT_IFINDEX = 4;
    public static final int IN_IFINDEX = 8;
    public static final int UID = 12;
    public static final int MARK = 16;
    public static final int PRIORITY = 20;
    public static final int COOKIE = 24;

    /** The user where no socket sent the packet. */
    public static final int NO_UID = -1;

    /** "PE" and the version, as the low three bytes of a word whose highest is the port. */
    private static final int MAGIC_AND_VERSION = 'P' | 'E' << 8 | 1 << 16;
    private static final int PORT_SHIFT = 24;

    private OriginLayout() {
    }

    /** The first four bytes for a port. */
    public static int magic(final int port) {
        return MAGIC_AND_VERSION | port << PORT_SHIFT;
    }

    /** Whether a header of this version and device is there, and not a frame that somebody sent through the TAP device by name. */
    public static boolean isValid(final long header, final long cookie) {
        return (Memory.getInt(header + MAGIC) & (1 << PORT_SHIFT) - 1) == MAGIC_AND_VERSION
                && Memory.getLong(header + COOKIE) == cookie;
    }

    /** The port's index, 0 to 255. */
    public static int port(final long header) {
        return Memory.getInt(header + MAGIC) >>> PORT_SHIFT;
    }

    /** The owner of the socket, or {@link #NO_UID}. */
    public static int uid(final long header) {
        return Memory.getInt(header + UID);
    }

    /** The packet's mark. */
    public static int mark(final long header) {
        return Memory.getInt(header + MARK);
    }
}
