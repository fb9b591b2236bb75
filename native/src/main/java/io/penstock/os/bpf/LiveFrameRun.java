package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs an XDP program on frames that the kernel makes from a template and then really transmits, redirects or receives,
 * as the program says. The fastest way to send from a Linux machine without a driver of one's own.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The kernel recycles the frames: a program sees the template once per page, later what the last receiver left. It
 *       must write every byte that a receiver may have changed.</li>
 *   <li>{@link #run} allocates nothing in this process; the kernel sets up a page pool, about 15 us.</li>
 *   <li>The calling thread's network namespace is the one whose devices the program may redirect to.</li>
 * </ol>
 *
 * <p>A program that is attached nowhere is added to the kernel's XDP dispatcher at the start of each run of more than one
 * frame and removed at its end, which waits for RCU: 24 ms on Linux 6.18. Attach it to some device, in any mode, to avoid that.
 *
 * <p>Source: linux Documentation/bpf/bpf_prog_run.rst, BPF_F_TEST_XDP_LIVE_FRAMES. Threads: one at a time.
 */
public final class LiveFrameRun implements AutoCloseable {

    private static final int F_TEST_XDP_LIVE_FRAMES = 1 << 1;

    private final BpfProgram program;
    private final int frameBytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment attr;

    /**
     * Prepares runs.
     *
     * @param ifindex   the device on which the frames seem to have arrived, or 0 for {@code lo}; some drivers must have an XDP
     *                  program for this
     * @param batch     frames made and run at once, 1 to 256: with more than 64, less overhead but bursts that overflow short
     *                  rings (a veth has 256 slots)
     */
    public LiveFrameRun(final BpfProgram program, final byte[] template, final int ifindex, final int batch) {
        this.program = program;
        this.frameBytes = template.length;
        this.attr = BpfCall.attr(arena);
        BpfCall.putInt(attr, BpfAttrLayout.TEST_PROG_FD, program.fd());
        BpfCall.putInt(attr, BpfAttrLayout.TEST_DATA_BYTES_IN, template.length);
        BpfCall.putAddress(attr, BpfAttrLayout.TEST_DATA_IN, arena.allocateFrom(ValueLayout.JAVA_BYTE, template));
        BpfCall.putInt(attr, BpfAttrLayout.TEST_FLAGS, F_TEST_XDP_LIVE_FRAMES);
        BpfCall.putInt(attr, BpfAttrLayout.TEST_BATCH, batch);
        if (ifindex != 0) {
            final MemorySegment context = arena.allocate(XdpContext.BYTES, 8);
            BpfCall.putInt(context, XdpContext.DATA_END, template.length);
            BpfCall.putInt(context, XdpContext.INGRESS_IFINDEX, ifindex);
            BpfCall.putInt(attr, BpfAttrLayout.TEST_CTX_BYTES_IN, XdpContext.BYTES);
            BpfCall.putAddress(attr, BpfAttrLayout.TEST_CTX_IN, context);
        }
    }

    /**
     * Runs the program on this many frames.
     *
     * @return false when a signal ended the run early; how many frames were made, only the program knows
     */
    public boolean run(final int frames) {
        BpfCall.putInt(attr, BpfAttrLayout.TEST_REPEAT, frames);
        final int result = BpfCall.call(BpfCall.PROG_TEST_RUN, attr);
        if (result < 0 && result != -Errno.EINTR) {
            throw ProgramTestRun.failure(program, frameBytes, -result);
        }
        return result >= 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
