package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.SysException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An XDP program that receives what generators sent: it counts and drops their frames, measures how long each was under way,
 * and checks the order within each flow. All other frames go on to the kernel.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Frames are recognised by the stamp at the start of their UDP payload, whatever was done to their addresses and ports:
 *       IPv4 without options or IPv6 without extension headers, untagged.</li>
 *   <li>Counters and histogram are exact, one set per processor. The order check is exact while a flow's frames arrive
 *       on one processor at a time.</li>
 *   <li>With an {@link ArrivalCheck}, frames that are not what a router makes of what was sent are counted as altered. A frame
 *       that lost its stamp is another's; that one is missing, then.</li>
 *   <li>The attachment ends with this object or its process.</li>
 * </ol>
 *
 * <p>Threads: any; {@link #reset} while nothing arrives.
 */
public final class SinkProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";
    private static final byte[] ONLY = BpfMap.key(0);

    private final ArrivalCheck check;
    private final int slots;
    private final BpfMap counts;
    private final BpfMap order;
    private final BpfProgram program;
    private BpfLink link;

    private SinkProgram(final int streams, final int flows, final ArrivalCheck check, final SlowFrames slow) {
        this.check = check;
        this.slots = Math.multiplyExact(streams, flows);
        counts = BpfMap.create(BpfMapType.PERCPU_ARRAY, "penstock_sink", Integer.BYTES, SinkLayout.BYTES, 1, 0);
        BpfMap made = null;
        try {
            made = BpfMap.create(
                    BpfMapType.ARRAY, "penstock_order", Integer.BYTES, slots * Long.BYTES, 1, BpfMap.F_MMAPABLE);
            program = BpfProgram.load(
                    BpfProgramType.XDP, "penstock_sink", SinkCode.assemble(counts, made, streams, flows, check, slow), LICENSE);
        } catch (final SysException e) {
            counts.close();
            if (made != null) {
                made.close();
            }
            throw e;
        }
        order = made;
    }

    /**
     * Loads a sink.
     *
     * @param streams how many generators' order is checked: streams 0 to {@code streams - 1}
     * @param flows   how many flows each of them has
     */
    public static SinkProgram load(final int streams, final int flows) {
        return new SinkProgram(streams, flows, null, null);
    }

    /** Loads a sink for one generator, of stream 0, whose frames it holds to what they should be. */
    public static SinkProgram load(final ArrivalCheck check) {
        return load(check, null);
    }

    /** The same, which logs slow frames, unless null; the log is to be closed after the sink. */
    public static SinkProgram load(final ArrivalCheck check, final SlowFrames slow) {
        return new SinkProgram(1, check.flows(), check, slow);
    }

    /**
     * Attaches the sink to a device of the calling thread's network namespace.
     *
     * @throws SysException naming the program that is there already, or why the driver refused
     */
    public void attach(final int ifindex, final XdpMode mode) {
        link = BpfLink.attachXdp(program, ifindex, mode);
    }

    /** What has come. */
    public SinkReport read() {
        final long[] sum = counts.lookupSum(ONLY);
        long max = 0;
        long kinds = 0;
        for (final long[] cpu : counts.lookupPerCpu(ONLY)) {
            max = Math.max(max, cpu[SinkLayout.MAX_NS / Long.BYTES]);
            kinds |= cpu[SinkLayout.KINDS / Long.BYTES];
        }
        return new SinkReport(sum[SinkLayout.FRAMES / Long.BYTES], sum[SinkLayout.BYTES_RECEIVED / Long.BYTES], sizes(sum),
                sum[SinkLayout.LATE / Long.BYTES], sum[SinkLayout.ALTERED / Long.BYTES], alterations(kinds),
                sum[SinkLayout.PASSED / Long.BYTES], sum[SinkLayout.BYTES_PASSED / Long.BYTES],
                new LatencyHistogram(Arrays.copyOf(sum, LatencyBuckets.COUNT), max));
    }

    private Map<Integer, Long> sizes(final long... sum) {
        final Map<Integer, Long> sizes = new LinkedHashMap<>();
        if (check != null && !check.isCapture()) {
            for (final int bytes : check.profile().sizes().bytes()) {
                sizes.put(bytes, sum[SinkLayout.SIZES / Long.BYTES + sizes.size()]);
            }
        }
        return sizes;
    }

    private static Set<Alteration> alterations(final long kinds) {
        final Set<Alteration> set = EnumSet.noneOf(Alteration.class);
        for (final Alteration kind : Alteration.values()) {
            if ((kinds & kind.bit()) != 0) {
                set.add(kind);
            }
        }
        return set;
    }

    /** Forgets what has come. Sequences go on: a generator that stays open is not late. */
    public void reset() {
        counts.update(ONLY, new byte[SinkLayout.BYTES * BpfMap.possibleCpus()]);
    }

    /** Forgets the flows' sequences, too: for a new generator with a stream number that was used before. */
    public void resetOrder() {
        Memory.fill(order.address(), (long) slots * Long.BYTES, (byte) 0);
    }

    BpfProgram program() {
        return program;
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        program.close();
        counts.close();
        order.close();
    }
}
