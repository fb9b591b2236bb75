package io.penstock.perf.bench.peer;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.TcxDirection;
import io.penstock.os.hot.memory.Memory;

/**
 * Counts and frees what the kernel sends by a device, before the device's queue and driver: whole frames, whose next hop is known.
 *
 * <p>Invariant: the count is a plain one: packets leave on one CPU.
 *
 * <p>Source: bpf(2), TCX. Threads: one, inside the device's namespace.
 */
final class FrameSink implements AutoCloseable {

    private static final int TC_ACT_SHOT = 2;
    private static final String LICENSE = "Apache-2.0";

    private final BpfMap count;
    private final BpfProgram program;
    private final BpfLink link;

    /** Of a device, from now on. */
    FrameSink(final int ifindex) {
        count = BpfMap.create(BpfMapType.ARRAY, "penstock_sink", Integer.BYTES, Long.BYTES, 1, BpfMap.F_MMAPABLE);
        program = BpfProgram.load(BpfProgramType.SCHED_CLS, "penstock_sink", new BpfAssembler()
                .loadMapValue(Reg.R1, count, 0)
                .load(Width.DOUBLE, Reg.R2, Reg.R1, 0)
                .alu(Alu.ADD, Reg.R2, 1)
                .store(Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .mov(Reg.R0, TC_ACT_SHOT).exit(), LICENSE);
        link = BpfLink.attachTcx(program, ifindex, TcxDirection.EGRESS);
    }

    /** How many there were. */
    long count() {
        return Memory.getLongOpaque(count.address());
    }

    @Override
    public void close() {
        link.close();
        program.close();
        count.close();
    }
}
