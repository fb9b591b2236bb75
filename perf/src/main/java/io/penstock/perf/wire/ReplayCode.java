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
 * The instructions that send the frames of a {@link Replay}, each copied whole, and stamp those that can be. Registers: R6 the
 * frame, R7 the state, R8 the frame's entry, R9 its length, later the stamp's word.
 */
final class ReplayCode {

    private ReplayCode() {
    }

    /** The program; entries and frames are the replay's maps. */
    static BpfAssembler assemble(
            final Replay replay, final int fromIfindex, final int ifindex, final BpfMap state, final BpfMap gaps,
            final int gapCount, final BpfMap entries, final BpfMap frames) {
        final BpfAssembler code = new BpfAssembler();
        PacingCode.enter(code, fromIfindex);
        PacingCode.await(code, state, gaps, gapCount);
        copy(code, replay, entries, frames);
        stamp(code, replay);
        return PacingCode.leave(code, ifindex);
    }

    private static void copy(final BpfAssembler code, final Replay replay, final BpfMap entries, final BpfMap frames) {
        PacingCode.next(code, GeneratorLayout.FRAME, replay.size());
        code.alu(Alu.MUL, Reg.R1, Replay.ENTRY_BYTES)
                .loadMapValue(Reg.R8, entries, 0).alu(Alu.ADD, Reg.R8, Reg.R1)
                .load(Width.WORD, Reg.R9, Reg.R8, Replay.ENTRY_LENGTH)
                .jump(Cond.EQ, Reg.R9, 0, "bad") // never, as the next one: for the verifier
                .jump(Cond.GT, Reg.R9, replay.longest(), "bad")
                .mov(Reg.R2, Reg.R9).alu(Alu.SUB, Reg.R2, replay.longest())
                .jump(Cond.EQ, Reg.R2, 0, "whole")
                .load(Width.DOUBLE, Reg.R1, Reg.R10, GeneratorLayout.STACK_CONTEXT)
                .call(Helper.XDP_ADJUST_TAIL)
                .jump(Cond.NE, Reg.R0, 0, "bad")
                .label("whole")
                .load(Width.WORD, Reg.R3, Reg.R8, Replay.ENTRY_OFFSET)
                .jump(Cond.GT, Reg.R3, replay.bytes(), "bad") // never: for the verifier
                .loadMapValue(Reg.R1, frames, 0).alu(Alu.ADD, Reg.R3, Reg.R1)
                .load(Width.DOUBLE, Reg.R1, Reg.R10, GeneratorLayout.STACK_CONTEXT)
                .mov(Reg.R2, 0).mov(Reg.R4, Reg.R9)
                .call(Helper.XDP_STORE_BYTES)
                .jump(Cond.NE, Reg.R0, 0, "bad");
    }

    private static void stamp(final BpfAssembler code, final Replay replay) {
        code.load(Width.DOUBLE, Reg.R9, Reg.R7, GeneratorLayout.SEQUENCE)
                .mov(Reg.R1, Reg.R9).alu(Alu.ADD, Reg.R1, 1)
                .store(Width.DOUBLE, Reg.R7, GeneratorLayout.SEQUENCE, Reg.R1)
                .load(Width.WORD, Reg.R2, Reg.R8, Replay.ENTRY_FLOW)
                .jump(Cond.EQ, Reg.R2, Replay.NO_FLOW, "send")
                .alu(Alu.LSH, Reg.R9, replay.flowBits()).alu(Alu.OR, Reg.R9, Reg.R2)
                .alu(Alu.LSH, Reg.R9, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R9, Long.SIZE - StampLayout.STREAM_SHIFT)
                .loadImm64(Reg.R1, StampLayout.word(0))
                .alu(Alu.OR, Reg.R9, Reg.R1);
        PacingCode.time(code);
        code.load(Width.DOUBLE, Reg.R2, Reg.R10, GeneratorLayout.STACK_CONTEXT)
                .load(Width.WORD, Reg.R6, Reg.R2, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R2, XdpContext.DATA_END)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, Replay.STAMP_OFFSET + StampLayout.BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "bad")
                .store(Width.DOUBLE, Reg.R6, Replay.STAMP_OFFSET + StampLayout.WORD, Reg.R9)
                .store(Width.DOUBLE, Reg.R6, Replay.STAMP_OFFSET + StampLayout.TIME, Reg.R0)
                .load(Width.WORD, Reg.R1, Reg.R8, Replay.ENTRY_LENGTH)
                .alu(Alu.SUB, Reg.R1, Long.BYTES).alu(Alu.AND, Reg.R1, -Short.BYTES)
                .jump(Cond.LT, Reg.R1, Replay.STAMP_OFFSET + StampLayout.BYTES, "send")
                .jump(Cond.GT, Reg.R1, TrafficProfile.MAX_FRAME_BYTES, "send") // never: for the verifier
                .alu(Alu.ADD, Reg.R6, Reg.R1)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, Long.BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "send");
        GeneratorCode.tailWord(code, Reg.R1, Reg.R2, Reg.R9);
        code.store(Width.DOUBLE, Reg.R6, 0, Reg.R1)
                .label("send");
    }
}
