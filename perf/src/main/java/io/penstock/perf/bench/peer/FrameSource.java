package io.penstock.perf.bench.peer;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.LiveFrameRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.perf.connections.FlowOrder;

/**
 * Frames from memory that the kernel receives from a device, over and over: an XDP program writes the next one's headers into each frame of a live-frame
 * run, and what it passes the kernel handles as what a driver has brought, 64 at a time.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The headers are written whole each time, since what became of the frame before may have changed them; behind them all frames are the same.</li>
 *   <li>The program is attached to the device, which has to have native XDP: veth has what live frames of a device need only then, and without it a run
 *       waits for RCU.</li>
 * </ol>
 *
 * <p>Source: linux Documentation/bpf/bpf_prog_run.rst. Threads: the one that runs, inside the device's namespace.
 */
final class FrameSource implements AutoCloseable {

    /** Of Ethernet, IPv4 and UDP there are 42; whole words. */
    private static final int HEADER_BYTES = 48;
    /** What NAPI takes at a time. */
    private static final int BATCH = 64;
    private static final int KEY_AT = -8;
    private static final int STATE_MADE = 0;
    private static final int STATE_NEXT = 8;
    private static final int STATE_BYTES = 16;
    private static final String LICENSE = "Apache-2.0";

    private final BpfMap state;
    private final BpfMap headers;
    private final BpfProgram program;
    private final BpfLink link;
    private final LiveFrameRun live;

    /**
     * Frames in an order.
     *
     * @param verdict what becomes of them: {@link XdpContext#XDP_PASS}, or {@link XdpContext#XDP_DROP} to see what making them costs
     */
    FrameSource(final Frames frames, final FlowOrder order, final int ifindex, final int verdict) {
        state = BpfMap.create(BpfMapType.ARRAY, "penstock_state", Integer.BYTES, STATE_BYTES, 1, BpfMap.F_MMAPABLE);
        headers = BpfMap.create(BpfMapType.ARRAY, "penstock_frames", Integer.BYTES, HEADER_BYTES, frames.count(), BpfMap.F_MMAPABLE);
        for (int i = 0; i < frames.count(); i++) {
            Memory.copy(frames.address((int) order.next()), headers.address() + (long) i * HEADER_BYTES, HEADER_BYTES);
        }
        program = BpfProgram.load(BpfProgramType.XDP, "penstock_frames", assemble(frames.count(), verdict), LICENSE);
        link = BpfLink.attachXdp(program, ifindex, XdpMode.NATIVE);
        final byte[] template = new byte[frames.bytes()];
        Memory.copyToArray(frames.address(0), template, 0, template.length);
        live = new LiveFrameRun(program, template, ifindex, BATCH);
    }

    /** Lets the kernel receive so many. */
    void run(final int frames) {
        live.run(frames);
    }

    /** How many it has made. */
    long made() {
        return Memory.getLongOpaque(state.address() + STATE_MADE);
    }

    @Override
    public void close() {
        live.close();
        link.close();
        program.close();
        headers.close();
        state.close();
    }

    // R6 = the frame, R7 = the state.
    private BpfAssembler assemble(final int count, final int verdict) {
        final BpfAssembler code = new BpfAssembler()
                .load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, HEADER_BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "bad")
                .loadMapValue(Reg.R7, state, 0)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_NEXT)
                .store(Width.WORD, Reg.R10, KEY_AT, Reg.R1)
                .alu(Alu.ADD, Reg.R1, 1)
                .jump(Cond.LT, Reg.R1, count, "more")
                .mov(Reg.R1, 0)
                .label("more")
                .store(Width.DOUBLE, Reg.R7, STATE_NEXT, Reg.R1)
                .loadMap(Reg.R1, headers)
                .mov(Reg.R2, Reg.R10).alu(Alu.ADD, Reg.R2, KEY_AT)
                .call(Helper.MAP_LOOKUP_ELEM)
                .jump(Cond.EQ, Reg.R0, 0, "bad")
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_MADE)
                .alu(Alu.ADD, Reg.R1, 1)
                .store(Width.DOUBLE, Reg.R7, STATE_MADE, Reg.R1);
        for (int at = 0; at < HEADER_BYTES; at += Long.BYTES) {
            code.load(Width.DOUBLE, Reg.R1, Reg.R0, at).store(Width.DOUBLE, Reg.R6, at, Reg.R1);
        }
        return code.mov(Reg.R0, verdict).exit().label("bad").mov(Reg.R0, XdpContext.XDP_ABORTED).exit();
    }
}
