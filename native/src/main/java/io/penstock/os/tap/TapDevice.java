package io.penstock.os.tap;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/**
 * One queue of a TAP (Ethernet frames) or TUN (IP packets) device of the opening thread's namespace.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Reads and writes never wait: {@code -EAGAIN} when there is nothing to read, or no room.</li>
 *   <li>A read or write is one whole frame, without packet information; with {@link Option#VNET_HEADER} preceded by the
 *       10 bytes of struct virtio_net_hdr.</li>
 *   <li>The device vanishes with its last queue, unless {@code ip tuntap} made it persistent.</li>
 * </ol>
 *
 * <p>The device is down until {@code ip link set NAME up}; until then reads find nothing and writes fail with EIO.
 *
 * <p>Source: linux/if_tun.h, Documentation/networking/tuntap. Threads: one at a time for each queue.
 */
public final class TapDevice implements AutoCloseable {

    /** What goes through it. */
    public enum Kind {
        /** IP packets. */
        TUN(0x0001),
        /** Ethernet frames. */
        TAP(0x0002);

        private final int flag;

        Kind(final int flag) {
            this.flag = flag;
        }
    }

    /** What can be asked for. */
    public enum Option {
        /** Several queues: each {@link #open} of the same name adds one, and all must ask for it. */
        MULTI_QUEUE(0x0100),
        /** Frames are preceded by struct virtio_net_hdr, which tells of partial checksums and segments. */
        VNET_HEADER(0x4000),
        /** The device must be new: one of that name that exists already is an error. */
        EXCLUSIVE(0x8000);

        private final int flag;

        Option(final int flag) {
            this.flag = flag;
        }
    }

    private static final String PATH = "/dev/net/tun";
    private static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final long TUNSETIFF = 0x400454CAL;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int IFF_NO_PI = 0x1000;
    private static final int NAME_BYTES = 16;
    private static final int IFREQ_BYTES = 40;

    private final int fd;
    private final String name;
    private final int ifindex;
    private boolean open = true;

    private TapDevice(final int fd, final String name, final int ifindex) {
        this.fd = fd;
        this.name = name;
        this.ifindex = ifindex;
    }

    /**
     * Opens a queue of the device, which is made if it does not exist.
     *
     * @param name its name, at most 15 bytes; the kernel fills in a number for {@code %d}, as in {@code tap%d}
     */
    public static TapDevice open(final String name, final Kind kind, final Option... options) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("device name '" + name + "' has bytes=" + bytes.length
                    + "; give it 1 to " + (NAME_BYTES - 1));
        }
        final int fd = Linux.open(PATH, O_RDWR_NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new SysException("open(" + PATH + ')', -fd, remedyForOpen(-fd));
        }
        try (MappedMemory request = MappedMemory.reserve(IFREQ_BYTES, MappedMemory.Pages.NORMAL)) {
            final Set<Option> set = EnumSet.noneOf(Option.class);
            int flags = kind.flag | IFF_NO_PI;
            for (final Option option : options) {
                set.add(option);
                flags |= option.flag;
            }
            Memory.copyFromArray(bytes, 0, request.address(), bytes.length);
            Memory.putShort(request.address() + NAME_BYTES, flags);
            final int result = Linux.ioctl(fd, TUNSETIFF, request.address());
            if (result < 0) {
                throw new SysException("TUNSETIFF(name=" + name + ", kind=" + kind + ", options=" + set + ')', -result,
                        remedy(-result));
            }
            return new TapDevice(fd, nameOf(request), ifindexOf(request));
        } catch (final RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
    }

    /** The descriptor, for poll(2). */
    public int fd() {
        return fd;
    }

    /** The device's name. */
    public String name() {
        return name;
    }

    /** The device's number. */
    public int ifindex() {
        return ifindex;
    }

    /**
     * Reads one frame that the kernel sends through the device; one longer than the room is cut off.
     *
     * @return its length in bytes, {@code -EAGAIN} if there is none, or another {@code -errno}
     */
    public int read(final long address, final int bytes) {
        return (int) Linux.read(fd, address, bytes);
    }

    /**
     * Writes one frame, which the kernel receives from the device.
     *
     * @return its length in bytes, {@code -EAGAIN} if there is no room, or another {@code -errno}
     */
    public int write(final long address, final int bytes) {
        return (int) Linux.write(fd, address, bytes);
    }

    /**
     * Writes one frame whose pieces lie apart.
     *
     * @param vectors where so many structs iovec lie
     * @return as {@link #write}
     */
    public int writePieces(final long vectors, final int count) {
        return (int) Linux.writev(fd, vectors, count);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }

    private static String nameOf(final MappedMemory request) {
        final byte[] bytes = new byte[NAME_BYTES];
        Memory.copyToArray(request.address(), bytes, 0, NAME_BYTES);
        int length = 0;
        while (length < NAME_BYTES && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static int ifindexOf(final MappedMemory request) {
        final int socket = Linux.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        Linux.check(socket, "socket(AF_INET, SOCK_DGRAM)");
        try {
            Linux.check(Linux.ioctl(socket, SIOCGIFINDEX, request.address()), "SIOCGIFINDEX(" + nameOf(request) + ')');
            return Memory.getInt(request.address() + NAME_BYTES);
        } finally {
            Linux.close(socket);
        }
    }

    private static String remedyForOpen(final int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENODEV
                ? "load it with 'modprobe tun'; a container needs '--device " + PATH + '\''
                : null;
    }

    private static String remedy(final int errno) {
        return switch (errno) {
            case Errno.EBUSY -> "another process has it open, or it exists and was to be new; 'ip tuntap' lists them, "
                    + "several queues need the option MULTI_QUEUE";
            case Errno.EINVAL -> "a device of that name exists with another kind or other options; 'ip -d link' shows them";
            case Errno.EPERM -> "run as root or with CAP_NET_ADMIN";
            default -> null;
        };
    }
}
