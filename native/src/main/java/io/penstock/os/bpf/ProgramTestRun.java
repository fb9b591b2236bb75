package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Runs an XDP or traffic-control program in the kernel on a frame that the caller made: its verdict, what it made of the
 * frame, and how long it took. Redirects are decided but not carried out.
 *
 * <p>Source: linux Documentation/bpf/bpf_prog_run.rst. Threads: any.
 */
public final class ProgramTestRun {

    /** Bytes that a program may add to a frame, from the headroom of 256. */
    private static final int GROWTH_BYTES = 256;
    private static final byte[] NO_CONTEXT = {};

    private ProgramTestRun() {
    }

    /**
     * What a run said.
     *
     * @param verdict what the program returned: one of {@link XdpContext}'s or {@link SkbContext}'s verdicts
     * @param frame   the frame afterwards
     * @param context the context afterwards, where one was given; else empty
     * @param nanos   the mean duration of one run
     */
    public record Result(int verdict, byte[] frame, byte[] context, int nanos) {
    }

    /** Runs the program once; the frame seems to have arrived on queue 0 of {@code lo}. */
    public static Result run(final BpfProgram program, final byte[] frame) {
        return run(program, frame, 1);
    }

    /** Runs the program some times on the same frame. */
    public static Result run(final BpfProgram program, final byte[] frame, final int repeat) {
        return run(program, frame, NO_CONTEXT, repeat);
    }

    /** Runs a traffic-control program once, with what {@link SkbContext} says of the packet. */
    public static Result run(final BpfProgram program, final byte[] frame, final byte[] context) {
        return run(program, frame, context, 1);
    }

    private static Result run(final BpfProgram program, final byte[] frame, final byte[] context, final int repeat) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out = arena.allocate(frame.length + GROWTH_BYTES);
            final MemorySegment attr = BpfCall.attr(arena);
            BpfCall.putInt(attr, BpfAttrLayout.TEST_PROG_FD, program.fd());
            BpfCall.putInt(attr, BpfAttrLayout.TEST_DATA_BYTES_IN, frame.length);
            BpfCall.putInt(attr, BpfAttrLayout.TEST_DATA_BYTES_OUT, (int) out.byteSize());
            BpfCall.putAddress(attr, BpfAttrLayout.TEST_DATA_IN, arena.allocateFrom(ValueLayout.JAVA_BYTE, frame));
            BpfCall.putAddress(attr, BpfAttrLayout.TEST_DATA_OUT, out);
            BpfCall.putInt(attr, BpfAttrLayout.TEST_REPEAT, repeat);
            final MemorySegment contextOut = arena.allocate(SkbContext.BYTES, 8);
            if (context.length != 0) {
                BpfCall.putInt(attr, BpfAttrLayout.TEST_CTX_BYTES_IN, context.length);
                BpfCall.putInt(attr, BpfAttrLayout.TEST_CTX_BYTES_OUT, context.length);
                BpfCall.putAddress(attr, BpfAttrLayout.TEST_CTX_IN, arena.allocateFrom(ValueLayout.JAVA_BYTE, context));
                BpfCall.putAddress(attr, BpfAttrLayout.TEST_CTX_OUT, contextOut);
            }
            int result = BpfCall.call(BpfCall.PROG_TEST_RUN, attr);
            while (result == -Errno.EINTR) {
                result = BpfCall.call(BpfCall.PROG_TEST_RUN, attr);
            }
            if (result < 0) {
                throw failure(program, frame.length, -result);
            }
            final byte[] after = Arrays.copyOf(
                    out.toArray(ValueLayout.JAVA_BYTE), BpfCall.getInt(attr, BpfAttrLayout.TEST_DATA_BYTES_OUT));
            return new Result(BpfCall.getInt(attr, BpfAttrLayout.TEST_RETVAL), after,
                    Arrays.copyOf(contextOut.toArray(ValueLayout.JAVA_BYTE), context.length),
                    BpfCall.getInt(attr, BpfAttrLayout.TEST_DURATION_NS));
        }
    }

    static SysException failure(final BpfProgram program, final int frameBytes, final int errno) {
        return new SysException("bpf(PROG_TEST_RUN, program=" + program.name() + ", frame bytes=" + frameBytes + ')', errno,
                errno == Errno.EINVAL ? "frames have 14 to about 3500 bytes; live frames need kernel 5.18 or"
                        + " later, and a device that exists and, with some drivers, has an XDP program: kernel="
                        + System.getProperty("os.version")
                        : BpfCall.remedy(errno));
    }
}
