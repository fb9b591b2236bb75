package io.penstock.dataplane.judge;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;

/**
 * What rules with target NFLOG report, packet by packet, in the namespace of the thread that opened it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A packet is there to be read as soon as the rule has seen it: the kernel holds none back (queue threshold 1).</li>
 *   <li>A packet is whole, but for what lies beyond {@link #MAX_BYTES}.</li>
 * </ol>
 *
 * <p>Source: linux/netfilter/nfnetlink_log.h, netlink(7). Threads: one.
 */
final class HostLog implements AutoCloseable {

    /** The group that rules name. */
    static final int GROUP = 1;

    /** What the kernel copies of a packet at the most: what one netlink attribute holds. */
    static final int MAX_BYTES = 0xFFFF - 4;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0x800 | 0x80000;
    private static final int NETLINK_NETFILTER = 12;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;

    /** Room for what one packet can cause. Unit: bytes. Lower: a long packet might be lost; higher: nothing. */
    private static final int SOCKET_BYTES = 4 << 20;

    private static final int NLM_F_REQUEST_ACK = 1 | 4;
    private static final int NLMSG_ERROR = 2;
    private static final int HEADER_BYTES = 16;
    private static final int GENERIC_BYTES = 4;
    private static final int ATTRIBUTE_BYTES = 4;
    private static final int ATTRIBUTE_TYPE_MASK = 0x3FFF;
    private static final int ULOG_PACKET = 4 << 8;
    private static final int ULOG_CONFIG = 4 << 8 | 1;
    private static final int CONFIG_COMMAND = 1;
    private static final int CONFIG_MODE = 2;
    private static final int CONFIG_THRESHOLD = 5;
    private static final int BIND = 1;
    private static final int COPY_PACKET = 2;
    private static final int PAYLOAD = 9;
    private static final int ROOM = 1 << 17;
    private static final int SOCKADDR_BYTES = 12;

    private final int fd;
    private final MappedMemory memory;

    private HostLog(final int fd, final MappedMemory memory) {
        this.fd = fd;
        this.memory = memory;
    }

    /** Listens to the group from now on. */
    static HostLog open() {
        final int fd = Linux.socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, NETLINK_NETFILTER);
        Linux.check(fd, "socket(AF_NETLINK, NETLINK_NETFILTER)");
        final HostLog log = new HostLog(fd, MappedMemory.reserve(ROOM, MappedMemory.Pages.NORMAL));
        try {
            Linux.check(Linux.setsockoptInt(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BYTES),
                    "setsockopt(SO_RCVBUFFORCE=" + SOCKET_BYTES + ')');
            Memory.fill(log.memory.address(), SOCKADDR_BYTES, (byte) 0);
            Memory.putShort(log.memory.address(), AF_NETLINK);
            Linux.check(Linux.bind(fd, log.memory.address(), SOCKADDR_BYTES), "bind(AF_NETLINK)");
            log.configure(CONFIG_COMMAND, new byte[] {BIND});
            log.configure(CONFIG_MODE, new byte[] {0, 0, (byte) 0xFF, (byte) 0xFF, COPY_PACKET, 0});
            log.configure(CONFIG_THRESHOLD, new byte[] {0, 0, 0, 1});
            return log;
        } catch (final RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** The next packet, from its IP header on, or null when there is none. */
    byte[] next() {
        final long at = memory.address();
        while (true) {
            final long length = Linux.read(fd, at, ROOM);
            if (length == -Errno.EAGAIN) {
                return null;
            }
            Linux.check(length, "read(NETLINK_NETFILTER)");
            if (length >= HEADER_BYTES && Memory.getUnsignedShort(at + 4) == ULOG_PACKET) {
                final byte[] packet = payload(at, (int) Math.min(length, Memory.getInt(at)));
                if (packet != null) {
                    return packet;
                }
            }
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
    }

    private static byte[] payload(final long message, final int length) {
        int at = HEADER_BYTES + GENERIC_BYTES;
        while (at + ATTRIBUTE_BYTES <= length) {
            final int bytes = Memory.getUnsignedShort(message + at);
            if (bytes < ATTRIBUTE_BYTES || at + bytes > length) {
                return null;
            }
            if ((Memory.getUnsignedShort(message + at + 2) & ATTRIBUTE_TYPE_MASK) == PAYLOAD) {
                final byte[] packet = new byte[bytes - ATTRIBUTE_BYTES];
                Memory.copyToArray(message + at + ATTRIBUTE_BYTES, packet, 0, packet.length);
                return packet;
            }
            at += aligned(bytes);
        }
        return null;
    }

    private void configure(final int attribute, final byte... value) {
        final long at = memory.address();
        final int bytes = HEADER_BYTES + GENERIC_BYTES + aligned(ATTRIBUTE_BYTES + value.length);
        Memory.fill(at, bytes, (byte) 0);
        Memory.putInt(at, bytes);
        Memory.putShort(at + 4, ULOG_CONFIG);
        Memory.putShort(at + 6, NLM_F_REQUEST_ACK);
        Memory.putShortBE(at + HEADER_BYTES + 2, GROUP);
        Memory.putShort(at + HEADER_BYTES + GENERIC_BYTES, ATTRIBUTE_BYTES + value.length);
        Memory.putShort(at + HEADER_BYTES + GENERIC_BYTES + 2, attribute);
        Memory.copyFromArray(value, 0, at + HEADER_BYTES + GENERIC_BYTES + ATTRIBUTE_BYTES, value.length);
        final String what = "nfnetlink_log(group=" + GROUP + ", attribute=" + attribute + ')';
        Linux.check(Linux.write(fd, at, bytes), what);
        // The kernel answers inside the call.
        final long length = Linux.check(Linux.read(fd, at, ROOM), what);
        final int error = length < HEADER_BYTES + 4 || Memory.getUnsignedShort(at + 4) != NLMSG_ERROR
                ? -Errno.EINVAL : Memory.getInt(at + HEADER_BYTES);
        if (error < 0) {
            throw new SysException(what, -error, "the kernel needs CONFIG_NETFILTER_NETLINK_LOG");
        }
    }

    private static int aligned(final int bytes) {
        return bytes + 3 & -4;
    }
}
