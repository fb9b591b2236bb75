package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The programs and links that the kernel holds, whoever made them.
 *
 * <p>Needs CAP_SYS_ADMIN. Source: bpf(2), BPF_*_GET_NEXT_ID, BPF_OBJ_GET_INFO_BY_FD. Threads: any.
 */
public final class BpfObjects {

    private BpfObjects() {
    }

    /** A loaded program; {@code type} as in linux/bpf.h, the name may be empty. */
    public record Program(int id, int type, String name) {
    }

    /**
     * An attachment; {@code type} as in linux/bpf.h (6: XDP, 11: TCX).
     *
     * @param ifindex the device, in whatever namespace it is; 0 when it is gone or the type has none
     */
    public record Link(int id, int type, int programId, int ifindex) {

        private static final int XDP = 6;
        private static final int TCX = 11;
    }

    /** All programs. */
    public static List<Program> programs() {
        return list(BpfCall.PROG_GET_NEXT_ID, BpfCall.PROG_GET_FD_BY_ID, BpfObjects::programByFd);
    }

    /** The program with this id, or null. */
    public static Program program(final int id) {
        return byId(BpfCall.PROG_GET_FD_BY_ID, id, BpfObjects::programByFd);
    }

    /** All links. */
    public static List<Link> links() {
        return list(BpfCall.LINK_GET_NEXT_ID, BpfCall.LINK_GET_FD_BY_ID, BpfObjects::linkByFd);
    }

    static Program programByFd(final int fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = info(arena, fd, BpfAttrLayout.ProgInfo.BYTES);
            return new Program(BpfCall.getInt(info, BpfAttrLayout.ProgInfo.ID), BpfCall.getInt(info, BpfAttrLayout.ProgInfo.TYPE),
                    BpfCall.getName(info, BpfAttrLayout.ProgInfo.NAME));
        }
    }

    static Link linkByFd(final int fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = info(arena, fd, BpfAttrLayout.LinkInfo.BYTES);
            final int type = BpfCall.getInt(info, BpfAttrLayout.LinkInfo.TYPE);
            return new Link(BpfCall.getInt(info, BpfAttrLayout.LinkInfo.ID), type,
                    BpfCall.getInt(info, BpfAttrLayout.LinkInfo.PROG_ID),
                    type == Link.XDP || type == Link.TCX ? BpfCall.getInt(info, BpfAttrLayout.LinkInfo.IFINDEX) : 0);
        }
    }

    private static MemorySegment info(final Arena arena, final int fd, final int bytes) {
        final MemorySegment info = arena.allocate(bytes, 8);
        final MemorySegment attr = BpfCall.attr(arena);
        BpfCall.putInt(attr, BpfAttrLayout.INFO_FD, fd);
        BpfCall.putInt(attr, BpfAttrLayout.INFO_BYTES, bytes);
        BpfCall.putAddress(attr, BpfAttrLayout.INFO, info);
        BpfCall.check(BpfCall.OBJ_GET_INFO_BY_FD, attr, "bpf(OBJ_GET_INFO_BY_FD, fd=" + fd + ')');
        return info;
    }

    private static <T> List<T> list(final int nextCommand, final int openCommand, final IntFunction<T> reader) {
        final List<T> result = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            int status = BpfCall.call(nextCommand, attr);
            while (status >= 0) {
                final int id = BpfCall.getInt(attr, BpfAttrLayout.NEXT_ID);
                final T one = byId(openCommand, id, reader);
                if (one != null) {
                    result.add(one);
                }
                BpfCall.putInt(attr, BpfAttrLayout.ID, id);
                BpfCall.putInt(attr, BpfAttrLayout.NEXT_ID, 0);
                status = BpfCall.call(nextCommand, attr);
            }
            if (status != -Errno.ENOENT) {
                throw BpfCall.failure("bpf(GET_NEXT_ID)", -status);
            }
        }
        return result;
    }

    private static <T> T byId(final int openCommand, final int id, final IntFunction<T> reader) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.ID, id);
            final int fd = BpfCall.call(openCommand, attr);
            if (fd == -Errno.ENOENT) {
                return null; // gone since it was listed
            }
            if (fd < 0) {
                throw BpfCall.failure("bpf(GET_FD_BY_ID, id=" + id + ')', -fd);
            }
            try {
                return reader.apply(fd);
            } finally {
                Linux.close(fd);
            }
        }
    }
}
