package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A program that the kernel has verified and holds. It lives until this object is closed and nothing it is attached to
 * refers to it.
 *
 * <p>Source: bpf(2). Threads: any; closing must not race with use.
 */
public final class BpfProgram implements AutoCloseable {

    /**
     * Bytes for the verifier's log when a load has failed. A program of some hundred instructions logs well below that;
     * when it is too small the kernel keeps the end, which has the reason.
     */
    private static final int LOG_BYTES = 1 << 20;
    /** Characters of the log that go into an error: the reason and the path that led there, still readable. */
    private static final int LOG_SHOWN_CHARS = 6000;

    private final String name;
    private final int fd;
    private boolean open = true;

    private BpfProgram(final String name, final int fd) {
        this.name = name;
        this.fd = fd;
    }

    /**
     * Loads a program.
     *
     * @param license what the program is licensed under; some helpers need one that is compatible with the GPL
     * @throws SysException with the verifier's log when it refused the program
     */
    public static BpfProgram load(
            final BpfProgramType type, final String name, final BpfAssembler assembler, final String license) {
        final long[] code = assembler.toLongs();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.PROG_TYPE, type.number);
            BpfCall.putInt(attr, BpfAttrLayout.PROG_INSN_COUNT, code.length);
            BpfCall.putAddress(attr, BpfAttrLayout.PROG_INSNS, arena.allocateFrom(ValueLayout.JAVA_LONG, code));
            BpfCall.putAddress(attr, BpfAttrLayout.PROG_LICENSE, arena.allocateFrom(license));
            BpfCall.putName(attr, BpfAttrLayout.PROG_NAME, name);
            final int fd = BpfCall.call(BpfCall.PROG_LOAD, attr);
            if (fd >= 0) {
                return new BpfProgram(name, fd);
            }
            throw refused(attr, arena, -fd,
                    "bpf(PROG_LOAD, name=" + name + ", type=" + type + ", instructions=" + code.length + ')');
        }
    }

    // The log is asked for only now: with it the verifier takes several times as long.
    private static SysException refused(final MemorySegment attr, final Arena arena, final int errno, final String what) {
        final MemorySegment log = arena.allocate(LOG_BYTES);
        BpfCall.putInt(attr, BpfAttrLayout.PROG_LOG_LEVEL, 1);
        BpfCall.putInt(attr, BpfAttrLayout.PROG_LOG_BYTES, LOG_BYTES);
        BpfCall.putAddress(attr, BpfAttrLayout.PROG_LOG, log);
        final int again = BpfCall.call(BpfCall.PROG_LOAD, attr);
        if (again >= 0) {
            Linux.close(again);
        }
        final String text = log.getString(0, StandardCharsets.UTF_8).trim();
        if (text.isEmpty()) {
            return new SysException(what, errno, errno == Errno.E2BIG
                    ? "the program is too long, or the kernel too old for it" : BpfCall.remedy(errno));
        }
        return new SysException(what, errno, "the verifier says:\n"
                + (text.length() > LOG_SHOWN_CHARS ? "..." + text.substring(text.length() - LOG_SHOWN_CHARS) : text));
    }

    /** Its descriptor. */
    public int fd() {
        return fd;
    }

    /** Its name in {@code bpftool prog}. */
    public String name() {
        return name;
    }

    /** Its number in {@code bpftool prog} and {@code ip link}. */
    public int id() {
        return BpfObjects.programByFd(fd).id();
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }
}
