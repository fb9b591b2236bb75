package io.penstock.os.xdp;

import io.penstock.os.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The smallest XDP program that redirects every packet to the socket of its queue, and passes it where there is none. */
final class TestRedirect implements AutoCloseable {

    static final int GENERIC = 2;
    static final int NATIVE = 4;

    private static final long BPF = "aarch64".equals(System.getProperty("os.arch")) ? 280 : 321;
    private static final int MAP_CREATE = 0;
    private static final int MAP_UPDATE = 2;
    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int XSKMAP = 17;
    private static final int XDP = 6;
    private static final int ATTACH_XDP = 37;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    private final int map;
    private final int program;
    private final int link;

    /** Attaches to a device of the calling thread's namespace. */
    TestRedirect(final int ifindex, final int mode) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment create = arena.allocate(128, 8);
            create.set(I, 0, XSKMAP);
            create.set(I, 4, 4);
            create.set(I, 8, 4);
            create.set(I, 12, 64);
            map = bpf("BPF_MAP_CREATE", MAP_CREATE, create);
            final MemorySegment code = arena.allocateFrom(L,
                    0x61 | 2L << 8 | 1L << 12 | 16L << 16, // r2 = *(u32 *) (r1 + 16): the queue
                    0x18 | 1L << 8 | 1L << 12 | (long) map << 32, // r1 = map
                    0,
                    0xB7 | 3L << 8 | 2L << 32, // r3 = XDP_PASS
                    0x85 | 51L << 32, // call bpf_redirect_map
                    0x95); // exit
            final MemorySegment load = arena.allocate(128, 8);
            load.set(I, 0, XDP);
            load.set(I, 4, 6);
            load.set(L, 8, code.address());
            load.set(L, 16, arena.allocateFrom("Apache-2.0").address());
            program = bpf("BPF_PROG_LOAD", PROG_LOAD, load);
            final MemorySegment attach = arena.allocate(128, 8);
            attach.set(I, 0, program);
            attach.set(I, 4, ifindex);
            attach.set(I, 8, ATTACH_XDP);
            attach.set(I, 12, mode);
            link = bpf("BPF_LINK_CREATE", LINK_CREATE, attach);
        }
    }

    void serve(final XskSocket socket) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment update = arena.allocate(128, 8);
            update.set(I, 0, map);
            update.set(L, 8, arena.allocateFrom(I, socket.queue()).address());
            update.set(L, 16, arena.allocateFrom(I, socket.fd()).address());
            bpf("BPF_MAP_UPDATE_ELEM", MAP_UPDATE, update);
        }
    }

    @Override
    public void close() {
        Linux.close(link);
        Linux.close(program);
        Linux.close(map);
    }

    private static int bpf(final String name, final int command, final MemorySegment attributes) {
        return (int) Linux.check(
                Linux.syscall(BPF, command, attributes.address(), attributes.byteSize(), 0, 0, 0), name);
    }
}
