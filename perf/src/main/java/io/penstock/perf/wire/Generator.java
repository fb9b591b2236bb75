package io.penstock.perf.wire;

import io.penstock.os.bpf.LiveFrameRun;
import io.penstock.os.sys.SysException;
import java.util.Arrays;

/**
 * Sends a {@link TrafficProfile} or a {@link Replay} from the calling thread, as fast as it goes or at a rate, with the gaps of an
 * {@link ArrivalPattern}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The thread that calls {@link #saturate} or {@link #pace} is inside the namespace of the device ({@code NetNs.within}),
 *       and is the only one that does.</li>
 *   <li>{@link #sent} counts every frame made, also those that a full ring lost: the sink's count tells what arrived.</li>
 *   <li>Pacing is open-loop: frames are due at fixed times whatever happens to earlier ones, what is overdue is sent at once,
 *       and latencies count from when a frame was due: a stall of the machine or the generator shows in them and not in the
 *       rate, and no omission is coordinated.</li>
 *   <li>Every call of {@link #saturate} or {@link #pace} starts patterns, mixes and captures anew; flows and sequences go on.</li>
 * </ol>
 *
 * <p>Threads: one makes the runs; {@link #stop} and {@link #sent} from any. How frames leave: {@link GeneratorProgram}.
 */
public final class Generator implements AutoCloseable {

    /**
     * Frames made at once when saturating. The far end of a veth is polled after each batch, and its ring has 256 slots: above
     * that frames are lost; below, the fixed cost of a batch shows.
     */
    public static final int SATURATING_BATCH_FRAMES = 64;
    /**
     * Frames made at once when pacing, by the highest rate that they serve: the fewer, the better, because none leaves before
     * all of them are made, but each time the far end is polled anew. One at a time serves 0.5
     * million a second where the device under test is the kernel, on the generator's own CPU; 4 at a time 0.9; 16 at a time 1.0
     * there and 2.5 elsewhere.
     */
    private static final int[] PACING_BATCH_FRAMES = {1, 4, 16};
    private static final double[] PACING_UP_TO_PPS = {400_000, 800_000, Double.POSITIVE_INFINITY};
    /**
     * Frames of one system call: each call sets up a page pool (15 us), which this many frames hide; a stop is seen after each,
     * about every 15 ms.
     */
    private static final int RUN_FRAMES = 1 << 16;
    /**
     * The same when pacing, where most of a run is waiting, 0.1 us each time: the 15 us between two runs make frames late, and
     * once in 160 ms or more is too seldom to show in a 99.99th percentile. After a stop no frame leaves, but this many waits
     * have to pass.
     */
    private static final int PACING_RUN_FRAMES = 1 << 21;
    /** From the call to the first frame: longer than the first run takes to be set up, so that no frame is late from the start. */
    private static final long LEAD_NS = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final GeneratorProgram program;
    private final LiveFrameRun saturating;
    private final LiveFrameRun[] pacing = new LiveFrameRun[PACING_BATCH_FRAMES.length];
    private volatile boolean stopped;
    private long busyNs;

    private Generator(final GeneratorProgram program, final byte[] template, final int burstFrames) {
        this.program = program;
        this.saturating = new LiveFrameRun(program.program(), template, 0, SATURATING_BATCH_FRAMES);
        // A burst is to leave as fast as it can; waiting for it in larger steps, 6 us, is short against its own length.
        final int least = Math.min(SATURATING_BATCH_FRAMES, Integer.highestOneBit(Math.max(1, burstFrames)));
        Arrays.setAll(pacing, i -> new LiveFrameRun(program.program(), template, 0, Math.max(least, PACING_BATCH_FRAMES[i])));
    }

    /** Prepares a generator; frames leave by the device with this index in the namespace of the sending thread. */
    public static Generator open(final TrafficProfile profile, final int ifindex) {
        return open(profile, ArrivalPattern.constant(), ifindex);
    }

    /** The same, with gaps that differ. */
    public static Generator open(final TrafficProfile profile, final ArrivalPattern pattern, final int ifindex) {
        return anchored(GeneratorProgram.load(profile, pattern, ifindex), profile.template(), pattern, ifindex);
    }

    /** Prepares a generator that sends a capture, over and over. */
    public static Generator open(final Replay replay, final ArrivalPattern pattern, final int ifindex) {
        return anchored(GeneratorProgram.load(replay, pattern, ifindex), new byte[replay.longest()], pattern, ifindex);
    }

    private static Generator anchored(
            final GeneratorProgram program, final byte[] template, final ArrivalPattern pattern, final int ifindex) {
        try {
            program.anchor(ifindex);
        } catch (final SysException e) {
            program.close();
            throw e;
        }
        return new Generator(program, template, pattern.burstFrames());
    }

    /** Sends as fast as it goes until this many frames are sent or {@link #stop} is called; returns how many were. */
    public long saturate(final long frames) {
        stopped = false;
        program.saturate();
        final long start = sent();
        final long startNs = System.nanoTime();
        long left = frames;
        while (left > 0 && !stopped) {
            saturating.run((int) Math.min(left, RUN_FRAMES));
            left = frames - (sent() - start);
        }
        busyNs = System.nanoTime() - startNs;
        return sent() - start;
    }

    /**
     * Sends at a mean rate for a time or until {@link #stop}; returns how many frames were sent: those that were due in that
     * time, however long it took.
     */
    public long pace(final double framesPerSecond, final long durationNs) {
        stopped = false;
        final long start = sent();
        int step = 0;
        while (framesPerSecond > PACING_UP_TO_PPS[step]) {
            step++;
        }
        program.pace(System.nanoTime() + LEAD_NS, NANOS_PER_SECOND / framesPerSecond,
                (long) (framesPerSecond * durationNs / NANOS_PER_SECOND));
        while (!program.isDone() && !stopped) {
            pacing[step].run(PACING_RUN_FRAMES);
        }
        busyNs = program.elapsedNs();
        program.saturate();
        return sent() - start;
    }

    /**
     * How long the latest run took from its start to its last frame. When it was paced and this is longer than it was to be, the
     * generator was slower than the rate. Of the thread that made the run. Unit: ns.
     */
    public long busyNs() {
        return busyNs;
    }

    /** Ends the run under way, soon. */
    public void stop() {
        stopped = true;
        program.halt();
    }

    /** Frames made since the generator was opened. */
    public long sent() {
        return program.made();
    }

    @Override
    public void close() {
        saturating.close();
        for (final LiveFrameRun run : pacing) {
            run.close();
        }
        program.close();
    }
}
