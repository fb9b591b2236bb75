package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.XdpContext;

/**
 * The instructions that every generator's program starts and ends with. Registers: R7 the state; all others may be lost.
 *
 * <p>A frame that is not due is given back ({@code early}), and the kernel offers it again: 0.1 us later.
 */
final class PacingCode {

    private PacingCode() {
    }

    /** Lets through what the run makes, and keeps the context on the stack. */
    static void enter(final BpfAssembler code, final int fromIfindex) {
        code.load(Width.WORD, Reg.R2, Reg.R1, XdpContext.INGRESS_IFINDEX)
                .jump32(Cond.NE, Reg.R2, fromIfindex, "arrived")
                .store(Width.DOUBLE, Reg.R10, GeneratorLayout.STACK_CONTEXT, Reg.R1);
    }

    /** Goes on when the next frame is due; gaps is the table of a pattern that is not constant, or null. */
    static void await(final BpfAssembler code, final BpfMap state, final BpfMap gaps, final int gapCount) {
        code.store(Width.DOUBLE, Reg.R10, GeneratorLayout.STACK_DUE_NS, 0)
                .loadMapValue(Reg.R7, state, 0)
                .load(Width.DOUBLE, Reg.R8, Reg.R7, GeneratorLayout.INTERVAL)
                .jump(Cond.EQ, Reg.R8, 0, "due")
                .load(Width.DOUBLE, Reg.R9, Reg.R7, GeneratorLayout.DUE)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, GeneratorLayout.END)
                .jump(Cond.GE, Reg.R9, Reg.R1, "early")
                .call(Helper.KTIME_GET_NS)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, GeneratorLayout.START_NS)
                .jump(Cond.LT, Reg.R0, Reg.R1, "early")
                .alu(Alu.SUB, Reg.R0, Reg.R1).alu(Alu.LSH, Reg.R0, GeneratorLayout.FRACTION_BITS)
                .jump(Cond.LT, Reg.R0, Reg.R9, "early")
                .store(Width.DOUBLE, Reg.R7, GeneratorLayout.ELAPSED, Reg.R0)
                .mov(Reg.R2, Reg.R9).alu(Alu.RSH, Reg.R2, GeneratorLayout.FRACTION_BITS).alu(Alu.ADD, Reg.R2, Reg.R1)
                .store(Width.DOUBLE, Reg.R10, GeneratorLayout.STACK_DUE_NS, Reg.R2);
        if (gaps != null) {
            next(code, GeneratorLayout.GAP, gapCount);
            code.alu(Alu.LSH, Reg.R1, 3)
                    .loadMapValue(Reg.R2, gaps, 0).alu(Alu.ADD, Reg.R2, Reg.R1)
                    .load(Width.DOUBLE, Reg.R8, Reg.R2, 0);
        }
        code.alu(Alu.ADD, Reg.R9, Reg.R8)
                .store(Width.DOUBLE, Reg.R7, GeneratorLayout.DUE, Reg.R9)
                .label("due");
    }

    /** R1 = an index of the state, which moves on in a circle; R2 is lost. */
    static void next(final BpfAssembler code, final int index, final int count) {
        final String more = code.uniqueLabel("more");
        code.load(Width.DOUBLE, Reg.R1, Reg.R7, index)
                .jump(Cond.GE, Reg.R1, count, "bad") // never: for the verifier
                .mov(Reg.R2, Reg.R1).alu(Alu.ADD, Reg.R2, 1)
                .jump(Cond.LT, Reg.R2, count, more)
                .mov(Reg.R2, 0)
                .label(more)
                .store(Width.DOUBLE, Reg.R7, index, Reg.R2);
    }

    /** R0 = the time of the stamp: when the frame was due or, when it is not paced, now. R1 to R5 are lost. */
    static void time(final BpfAssembler code) {
        code.load(Width.DOUBLE, Reg.R0, Reg.R10, GeneratorLayout.STACK_DUE_NS)
                .jump(Cond.NE, Reg.R0, 0, "timed")
                .call(Helper.KTIME_GET_NS)
                .label("timed");
    }

    /** Sends the frame out of the device, and ends the program. */
    static BpfAssembler leave(final BpfAssembler code, final int ifindex) {
        return code.mov(Reg.R1, ifindex).mov(Reg.R2, 0).call(Helper.REDIRECT).exit()
                .label("early").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("bad").mov(Reg.R0, XdpContext.XDP_ABORTED).exit()
                .label("arrived").mov(Reg.R0, XdpContext.XDP_PASS).exit();
    }
}
