package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * bpf(2) and what its failures mean.
 *
 * <p>Source: bpf(2), linux/bpf.h. Threads: any.
 */
final class BpfCall {

    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP_ELEM = 1;
    static final int MAP_UPDATE_ELEM = 2;
    static final int MAP_DELETE_ELEM = 3;
    static final int MAP_GET_NEXT_KEY = 4;
    static final int PROG_LOAD = 5;
    static final int OBJ_PIN = 6;
    static final int OBJ_GET = 7;
    static final int PROG_TEST_RUN = 10;
    static final int PROG_GET_NEXT_ID = 11;
    static final int PROG_GET_FD_BY_ID = 13;
    static final int OBJ_GET_INFO_BY_FD = 15;
    static final int LINK_CREATE = 28;
    static final int LINK_UPDATE = 29;
    static final int LINK_GET_FD_BY_ID = 30;
    static final int LINK_GET_NEXT_ID = 31;

    static final String NO_DEVICE = "no such device in this network namespace; list them with 'ip link'";

    private static final long NUMBER = number(System.getProperty("os.arch"));

    private BpfCall() {
    }

    /** The number of bpf(2) on a processor as Java names it. */
    static long number(final String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> 321;
            case "aarch64" -> 280;
            default -> throw new UnsupportedOperationException(
                    "the number of bpf(2) is not known here: os.arch=" + arch + "; use amd64 or aarch64");
        };
    }

    /** A zeroed argument. */
    static MemorySegment attr(final Arena arena) {
        return arena.allocate(BpfAttrLayout.BYTES, 8);
    }

    static void putInt(final MemorySegment attr, final int offset, final int value) {
        attr.set(ValueLayout.JAVA_INT, offset, value);
    }

    static int getInt(final MemorySegment attr, final int offset) {
        return attr.get(ValueLayout.JAVA_INT, offset);
    }

    static void putAddress(final MemorySegment attr, final int offset, final MemorySegment value) {
        attr.set(ValueLayout.JAVA_LONG, offset, value.address());
    }

    /** Writes an object's name, which the kernel limits to 15 letters, digits, underscores and dots. */
    static void putName(final MemorySegment attr, final int offset, final String name) {
        if (!name.matches("[A-Za-z0-9_.]{1,15}")) {
            throw new IllegalArgumentException(
                    "not a name of a BPF object: name=" + name + "; use 1 to 15 letters, digits, '_' or '.'");
        }
        MemorySegment.copy(name.getBytes(StandardCharsets.US_ASCII), 0, attr, ValueLayout.JAVA_BYTE, offset, name.length());
    }

    static String getName(final MemorySegment info, final int offset) {
        return info.asSlice(offset, BpfAttrLayout.NAME_BYTES).getString(0, StandardCharsets.US_ASCII);
    }

    /** Makes the call; the result, or {@code -errno}. */
    static int call(final int command, final MemorySegment attr) {
        return (int) Linux.syscall(NUMBER, command, attr.address(), attr.byteSize(), 0, 0, 0);
    }

    /** Makes the call, or throws what it means. */
    static int check(final int command, final MemorySegment attr, final String what) {
        final int result = call(command, attr);
        if (result < 0) {
            throw failure(what, -result);
        }
        return result;
    }

    static SysException failure(final String what, final int errno) {
        return new SysException(what, errno, remedy(errno));
    }

    /** What mends a failure whatever the command was, or null. */
    static String remedy(final int errno) {
        return switch (errno) {
            case Errno.EPERM -> "run as root, or with the capabilities CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (CAP_SYS_ADMIN "
                    + "for listing objects)" + memlock();
            case Errno.ENOMEM -> "free memory or lower the number of entries" + memlock();
            case Errno.ENODEV -> NO_DEVICE;
            case Errno.ENOSYS -> "this kernel was built without CONFIG_BPF_SYSCALL";
            case Errno.E2BIG -> "the map is full, or the kernel is too old for a field of the request: kernel="
                    + System.getProperty("os.version");
            case Errno.EINVAL -> "the kernel is too old for this request, or was built without the feature: kernel="
                    + System.getProperty("os.version");
            default -> null;
        };
    }

    // Kernels before 5.11 charge BPF memory to RLIMIT_MEMLOCK and answer EPERM when it is used up; later ones charge the cgroup.
    private static String memlock() {
        final String[] version = System.getProperty("os.version").split("[.-]");
        final int major = Integer.parseInt(version[0]);
        final int minor = Integer.parseInt(version[1]);
        return major < 5 || major == 5 && minor < 11
                ? "; this kernel also needs 'ulimit -l unlimited' (systemd: LimitMEMLOCK=infinity)"
                : "";
    }
}
