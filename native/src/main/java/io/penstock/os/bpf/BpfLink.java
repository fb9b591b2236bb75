package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program's attachment to a device.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The attachment ends when the last reference goes: this object is closed, or the process dies in whatever way.
 *       Nothing is left on the device.</li>
 *   <li>Unless it was {@linkplain #pin pinned}: then it stays until the pin is removed as well.</li>
 *   <li>Nobody can replace the program behind a link by {@code ip link}; only the link's holder can.</li>
 * </ol>
 *
 * <p>The device is looked up in the calling thread's network namespace. Source: bpf(2), BPF_LINK_CREATE. Threads: any.
 */
public final class BpfLink implements AutoCloseable {

    private static final int ATTACH_XDP = 37;

    private final int fd;
    private boolean open = true;

    private BpfLink(final int fd) {
        this.fd = fd;
    }

    /**
     * Attaches an XDP program.
     *
     * @throws SysException EBUSY or EEXIST naming the program that is there already; EOPNOTSUPP, ERANGE, ENOSPC, EINVAL when the
     *     driver cannot run it in this mode
     */
    public static BpfLink attachXdp(final BpfProgram program, final int ifindex, final XdpMode mode) {
        final int fd = create(program, ifindex, ATTACH_XDP, mode.flag);
        if (fd >= 0) {
            return new BpfLink(fd);
        }
        throw new SysException("bpf(LINK_CREATE, program=" + program.name() + ", ifindex=" + ifindex + ", XDP, mode="
                + mode + ')', -fd, xdpRemedy(-fd, ifindex, mode));
    }

    /** Attaches a traffic-control program (TCX), after those that are there. */
    public static BpfLink attachTcx(final BpfProgram program, final int ifindex, final TcxDirection direction) {
        final int fd = create(program, ifindex, direction.attachType, 0);
        if (fd >= 0) {
            return new BpfLink(fd);
        }
        throw new SysException("bpf(LINK_CREATE, program=" + program.name() + ", ifindex=" + ifindex + ", TCX, direction="
                + direction + ')', -fd, -fd == Errno.EINVAL ? "TCX needs kernel 6.6 or later: kernel="
                + System.getProperty("os.version") : BpfCall.remedy(-fd));
    }

    /** Opens a link that was pinned, perhaps by a process that is gone. */
    public static BpfLink openPinned(final Path path) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putAddress(attr, BpfAttrLayout.OBJ_PATH, arena.allocateFrom(path.toString()));
            return new BpfLink(BpfCall.check(BpfCall.OBJ_GET, attr, "bpf(OBJ_GET, path=" + path + ')'));
        }
    }

    /**
     * Opens an XDP attachment that was pinned by a process which is gone.
     *
     * @param ifindex the device in the calling thread's network namespace
     * @return null when none is pinned there for this device, or when a process that lives has it; a pin whose device is gone is
     *     removed
     */
    public static BpfLink openAbandoned(final Path path, final int ifindex) {
        if (!Files.exists(path)) {
            return null;
        }
        final boolean held = XdpHolder.of(ifindex).isHeld();
        final BpfLink link = openPinned(path, ifindex);
        if (held && link != null) {
            link.close();
            return null;
        }
        return link;
    }

    /**
     * Opens an attachment that was pinned for a device of the calling thread's network namespace.
     *
     * @return null when there is none; a pin whose device is gone is removed
     */
    public static BpfLink openPinned(final Path path, final int ifindex) {
        if (!Files.exists(path)) {
            return null;
        }
        final BpfLink link = openPinned(path);
        final int device = link.info().ifindex();
        if (device == 0) {
            unpin(path);
        }
        if (device != ifindex) {
            link.close();
            return null;
        }
        return link;
    }

    /** Removes a pin; nothing happens when there is none. */
    public static void unpin(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new UncheckedIOException("a pinned attachment cannot be removed: " + path + ": " + e.getMessage()
                    + "; run 'rm " + path + '\'', e);
        }
    }

    /** How the XDP program of a device of the calling thread's network namespace is attached; null when there is none. */
    public static XdpMode xdpMode(final int ifindex) {
        return XdpHolder.of(ifindex).mode();
    }

    /** Keeps the attachment after this process, under a path on a mounted bpffs that does not exist yet. */
    public void pin(final Path path) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putAddress(attr, BpfAttrLayout.OBJ_PATH, arena.allocateFrom(path.toString()));
            BpfCall.putInt(attr, BpfAttrLayout.OBJ_FD, fd);
            final int result = BpfCall.call(BpfCall.OBJ_PIN, attr);
            if (result < 0) {
                throw new SysException("bpf(OBJ_PIN, path=" + path + ')', -result, pinRemedy(-result, path));
            }
        }
    }

    /** Replaces the program behind the attachment; no frame sees neither. */
    public void update(final BpfProgram program) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.UPDATE_LINK_FD, fd);
            BpfCall.putInt(attr, BpfAttrLayout.UPDATE_PROG_FD, program.fd());
            BpfCall.check(BpfCall.LINK_UPDATE, attr, "bpf(LINK_UPDATE, program=" + program.name() + ')');
        }
    }

    /** What the kernel says about it; the device is gone when the ifindex is 0. */
    public BpfObjects.Link info() {
        return BpfObjects.linkByFd(fd);
    }

    /** Ends the attachment, unless it is pinned. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }

    private static int create(final BpfProgram program, final int ifindex, final int attachType, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.LINK_PROG_FD, program.fd());
            BpfCall.putInt(attr, BpfAttrLayout.LINK_IFINDEX, ifindex);
            BpfCall.putInt(attr, BpfAttrLayout.LINK_ATTACH_TYPE, attachType);
            BpfCall.putInt(attr, BpfAttrLayout.LINK_FLAGS, flags);
            return BpfCall.call(BpfCall.LINK_CREATE, attr);
        }
    }

    private static String xdpRemedy(final int errno, final int ifindex, final XdpMode mode) {
        return switch (errno) {
            case Errno.EBUSY, Errno.EEXIST -> XdpHolder.of(ifindex).remedy();
            case Errno.EOPNOTSUPP -> "the driver has no " + mode + " XDP; use generic mode";
            case Errno.ERANGE -> "the MTU is too large for native XDP; lower the device's MTU (on veth the peer's, to 3506 with 4 KiB"
                    + " pages), or use generic mode";
            case Errno.ENOSPC -> "the device has fewer receive queues than its veth peer has transmit queues; create both ends"
                    + " with as many ('numrxqueues N numtxqueues N')";
            // The kernel answers EINVAL for a device that does not exist, too.
            case Errno.EINVAL -> XdpHolder.of(ifindex).exists()
                    ? "the driver refuses XDP as the device is set up ('dmesg' may say why: MTU, LRO, queues), or the kernel is"
                            + " older than 5.9: kernel=" + System.getProperty("os.version")
                    : BpfCall.NO_DEVICE;
            default -> BpfCall.remedy(errno);
        };
    }

    private static String pinRemedy(final int errno, final Path path) {
        return switch (errno) {
            case Errno.EEXIST -> "something is pinned there; remove it with 'rm " + path + '\'';
            case Errno.EPERM, Errno.EINVAL -> "the directory must be on a bpffs; mount one with 'mount -t bpf bpf /sys/fs/bpf'";
            case Errno.ENOENT -> "make the directory, on a bpffs ('mount -t bpf bpf /sys/fs/bpf')";
            default -> BpfCall.remedy(errno);
        };
    }
}
