package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.hot.memory.Memory;

/**
 * When a sink received the frames that were under way for long, and for how long.
 *
 * <pre>
 *  0               8                16                                        16 + 16 * ENTRIES
 * +---------------+----------------+------------------------------------------+
 * | threshold, ns | frames so far  | entries in a circle: time ns, latency ns |
 * +---------------+----------------+------------------------------------------+
 * </pre>
 *
 * <p>Where there are more than {@value #ENTRIES} the last ones are kept. Times are CLOCK_MONOTONIC's, which is {@link System#nanoTime}.
 * A frame that is not slow costs a load and a comparison.
 *
 * <p>Threads: the sink's program writes; {@link #read} and {@link #reset} while nothing arrives.
 */
public final class SlowFrames implements AutoCloseable {

    /** A power of two: a stall of a quarter of a second at a million frames a second. */
    public static final int ENTRIES = 1 << 18;

    private static final int THRESHOLD = 0;
    private static final int COUNT = 8;
    private static final int FIRST = 16;
    private static final int ENTRY_SHIFT = 4;
    private static final int LATENCY = 8;

    private final BpfMap map;

    /** An empty log of what takes longer. Unit: ns. */
    public SlowFrames(final long thresholdNs) {
        map = BpfMap.create(BpfMapType.ARRAY, "penstock_slow", Integer.BYTES, FIRST + (ENTRIES << ENTRY_SHIFT), 1, BpfMap.F_MMAPABLE);
        Memory.putLong(map.address() + THRESHOLD, thresholdNs);
    }

    /** Forgets all. */
    public void reset() {
        Memory.putLong(map.address() + COUNT, 0);
    }

    /** Tells what there is, in order of arrival, and returns how many more there were. */
    public long read(final Frame to) {
        final long count = Memory.getLong(map.address() + COUNT);
        final long missed = Math.max(0, count - ENTRIES);
        for (long i = missed; i < count; i++) {
            final long entry = map.address() + FIRST + ((i & ENTRIES - 1) << ENTRY_SHIFT);
            to.accept(Memory.getLong(entry), Memory.getLong(entry + LATENCY));
        }
        return missed;
    }

    /** Instructions; R9 is the latency, 0 for none, and stays, as R6 to R8 do. */
    void write(final BpfAssembler code) {
        code.loadMapValue(Reg.R1, map, THRESHOLD)
                .load(Width.DOUBLE, Reg.R2, Reg.R1, 0)
                .jump(Cond.LE, Reg.R9, Reg.R2, "not_slow")
                .call(Helper.KTIME_GET_NS)
                .loadMapValue(Reg.R1, map, 0)
                .mov(Reg.R2, 1).atomic(Atomic.FETCH_ADD, Width.DOUBLE, Reg.R1, COUNT, Reg.R2)
                .alu(Alu.AND, Reg.R2, ENTRIES - 1).alu(Alu.LSH, Reg.R2, ENTRY_SHIFT)
                .alu(Alu.ADD, Reg.R2, Reg.R1)
                .store(Width.DOUBLE, Reg.R2, FIRST, Reg.R0)
                .store(Width.DOUBLE, Reg.R2, FIRST + LATENCY, Reg.R9)
                .label("not_slow");
    }

    @Override
    public void close() {
        map.close();
    }

    /** A slow frame. */
    @FunctionalInterface
    public interface Frame {

        void accept(long receivedNs, long latencyNs);
    }
}
