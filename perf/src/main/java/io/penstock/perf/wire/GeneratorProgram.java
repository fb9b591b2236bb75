package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The XDP program that turns each recycled frame of a live-frame run into the next frame of a {@link TrafficProfile} or a
 * {@link Replay} and sends it out of a device.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every header, the stamp and the word at the end are written whole each time, because the last receiver may have changed
 *       them. The rest of a profile's payload stays zero: receivers of these frames must not write there.</li>
 *   <li>The checksums of IPv4 and, if wanted, of UDP are right in every frame.</li>
 *   <li>The sequence is a plain counter, not one per processor: a run is one thread, on one processor at a time.</li>
 *   <li>Paced, a frame leaves when it is due or as soon after as can be; it is never left out. Its stamp is when it was due:
 *       what holds up the generator, which shares a processor with what brings its frames to the device under test, counts
 *       as latency.</li>
 * </ol>
 *
 * <p>How frames leave: {@code bpf_redirect(device, 0)}, looked up in the namespace of the thread that makes the run; the frames
 * seem to come from {@code lo}. On veth the <em>other</em> end must have a NAPI instance: a native XDP program, or, under a
 * generic one, {@code ethtool -K DEV gro on}. Without it every frame is lost, and no counter tells. A veth's ring has 256
 * slots; its far end polls on the generator's own processor, right after each batch.
 *
 * <p>The program is also {@linkplain #anchor attached} to the device, where it passes whatever arrives. Without that, the
 * kernel patches its XDP dispatcher and waits for RCU at the start and the end of every run of more than one frame: 24 ms a
 * run on Linux 6.18, against 15 us, and bursts instead of a pace.
 *
 * <p>Instructions: {@link PacingCode}, {@link GeneratorCode}, {@link ReplayCode}.
 */
final class GeneratorProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";
    private static final String NAME = "penstock_gen";
    /** Where live frames seem to come from, in every namespace. */
    private static final int LOOPBACK_IFINDEX = 1;
    /** Behind the frames of a replay: a program that copies the longest frame from the last one's start stays inside the map. */
    private static final int SPARE_BYTES = TrafficProfile.MAX_FRAME_BYTES;

    private final List<BpfMap> maps = new ArrayList<>();
    private final ArrivalPattern pattern;
    private final BpfMap state;
    private final BpfMap gaps;
    private BpfProgram program;
    private BpfLink anchor;

    private GeneratorProgram(final ArrivalPattern pattern) {
        this.pattern = pattern;
        this.state = map("penstock_gen", GeneratorLayout.BYTES);
        this.gaps = pattern.isConstant() ? null : map("penstock_gaps", (long) pattern.size() * Long.BYTES);
    }

    /** Loads the program for a profile and the device that the frames leave by. */
    static GeneratorProgram load(final TrafficProfile profile, final ArrivalPattern pattern, final int ifindex) {
        final GeneratorProgram generator = new GeneratorProgram(pattern);
        return generator.load(() -> {
            final long[] table = GeneratorCode.sizeTable(profile);
            BpfMap sizes = null;
            if (table != null) {
                sizes = generator.map("penstock_sizes", (long) table.length * Long.BYTES);
                write(table, sizes);
            }
            return GeneratorCode.assemble(
                    profile, LOOPBACK_IFINDEX, ifindex, generator.state, generator.gaps, generator.gapCount(), sizes);
        });
    }

    /** Loads the program for a capture and the device that the frames leave by. */
    static GeneratorProgram load(final Replay replay, final ArrivalPattern pattern, final int ifindex) {
        final GeneratorProgram generator = new GeneratorProgram(pattern);
        return generator.load(() -> {
            final BpfMap entries = generator.map("penstock_index", (long) replay.size() * Replay.ENTRY_BYTES);
            final BpfMap frames = generator.map("penstock_frames", (long) replay.bytes() + SPARE_BYTES);
            replay.writeEntries(entries.address());
            replay.writeFrames(frames.address());
            return ReplayCode.assemble(
                    replay, LOOPBACK_IFINDEX, ifindex, generator.state, generator.gaps, generator.gapCount(), entries, frames);
        });
    }

    /**
     * Attaches the program to a device of the calling thread's namespace, so that runs start without delay. In generic mode,
     * which leaves the driver alone.
     *
     * @throws SysException when the device has another XDP program
     */
    void anchor(final int ifindex) {
        anchor = BpfLink.attachXdp(program, ifindex, XdpMode.GENERIC);
    }

    BpfProgram program() {
        return program;
    }

    /** How many frames the program has made. */
    long made() {
        return Memory.getLongOpaque(state.address() + GeneratorLayout.SEQUENCE);
    }

    /** When the latest paced frame was sent. Unit: ns since the start. */
    long elapsedNs() {
        return Memory.getLongOpaque(state.address() + GeneratorLayout.ELAPSED) >>> GeneratorLayout.FRACTION_BITS;
    }

    /** Whether every frame of a paced run was sent, or it was halted. */
    boolean isDone() {
        return Memory.getLongOpaque(state.address() + GeneratorLayout.DUE)
                >= Memory.getLongOpaque(state.address() + GeneratorLayout.END);
    }

    /** From now on each frame is sent at once. Mixes and captures start anew. */
    void saturate() {
        Memory.putLongOpaque(state.address() + GeneratorLayout.FRAME, 0);
        Memory.putLongOpaque(state.address() + GeneratorLayout.INTERVAL, 0);
    }

    /**
     * From a start in CLOCK_MONOTONIC on frames are sent as the pattern has it, with a mean interval, until those are sent that
     * are due before {@code total} intervals are over. Patterns, mixes and captures start anew.
     */
    void pace(final long startNs, final double nsPerFrame, final long total) {
        final double exact = nsPerFrame * (1 << GeneratorLayout.FRACTION_BITS);
        final long interval = Math.max(1, Math.round(exact));
        if (gaps != null) {
            write(pattern.gaps(Math.max(1, exact)), gaps);
        }
        Memory.putLongOpaque(state.address() + GeneratorLayout.START_NS, startNs);
        Memory.putLongOpaque(state.address() + GeneratorLayout.DUE, 0);
        Memory.putLongOpaque(state.address() + GeneratorLayout.GAP, 0);
        Memory.putLongOpaque(state.address() + GeneratorLayout.FRAME, 0);
        Memory.putLongOpaque(state.address() + GeneratorLayout.ELAPSED, 0);
        Memory.putLongOpaque(state.address() + GeneratorLayout.END,
                total > Long.MAX_VALUE / interval ? Long.MAX_VALUE : total * interval);
        Memory.putLongOpaque(state.address() + GeneratorLayout.INTERVAL, interval);
    }

    /** No frame is sent from now on, until {@link #pace} is called again. Any thread. */
    void halt() {
        Memory.putLongOpaque(state.address() + GeneratorLayout.END, 0);
    }

    @Override
    public void close() {
        if (anchor != null) {
            anchor.close();
        }
        if (program != null) {
            program.close();
        }
        maps.forEach(BpfMap::close);
    }

    private GeneratorProgram load(final Supplier<BpfAssembler> code) {
        try {
            program = BpfProgram.load(BpfProgramType.XDP, NAME, code.get(), LICENSE);
            return this;
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private int gapCount() {
        return gaps == null ? 0 : pattern.size();
    }

    private BpfMap map(final String name, final long bytes) {
        final BpfMap map = BpfMap.create(
                BpfMapType.ARRAY, name, Integer.BYTES, Math.toIntExact(bytes), 1, BpfMap.F_MMAPABLE);
        maps.add(map);
        return map;
    }

    private static void write(final long[] values, final BpfMap to) {
        for (int i = 0; i < values.length; i++) {
            Memory.putLong(to.address() + (long) i * Long.BYTES, values[i]);
        }
    }
}
