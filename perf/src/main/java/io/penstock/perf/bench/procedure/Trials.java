package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.wire.WireTrial;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Trials of one device with frames of one size.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A trial in which frames arrived altered, or more than were sent, or in which the device lost track of one, ends the
 *       measurement: no figure counts.</li>
 *   <li>A trial that lost frames, or in which the generator was slow, while the machine took a worker or the generator off its CPU
 *       is spoilt: it is counted, told, and repeated, at most {@link #REPEATS} times; the last one counts, whatever it says. One
 *       that lost more than {@link #SPOILT_LOSS} of its frames is not: no disturbance costs as much.</li>
 *   <li>Where trial after trial is spoilt, repeats are a part of all trials ({@link #TRIALS_A_REPEAT}), so that a busy machine makes a measurement
 *       a third longer and not three times as long.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Trials {

    /** How often a spoilt trial is repeated. */
    static final int REPEATS = 2;
    /** Repeats that there are anyway. */
    static final int FREE_REPEATS = 4;
    /** Beyond these one repeat for so many trials. */
    static final int TRIALS_A_REPEAT = 4;
    /** The largest part of the frames that is taken for the machine's fault. */
    static final double SPOILT_LOSS = 0.05;
    /** A generator that reaches less of the rate that was asked for is too slow; a stall of a hundredth of a trial is none. */
    static final double SLOW = 0.99;

    private static final double PPM = 1e6;

    private final TrialDevice device;
    private final String size;
    private final double seconds;
    private final double lossPpm;
    private final Consumer<String> progress;
    private int count;
    private int spoilt;
    private int repeated;
    private long late;

    /**
     * Of a device whose turn it is.
     *
     * @param size     for messages
     * @param seconds  of a trial
     * @param lossPpm  frames of a million that may be lost
     * @param progress told of each trial
     */
    Trials(final TrialDevice device, final String size, final double seconds, final double lossPpm,
            final Consumer<String> progress) {
        this.device = device;
        this.size = size;
        this.seconds = seconds;
        this.lossPpm = lossPpm;
        this.progress = progress;
    }

    /**
     * What a trial said.
     *
     * @param passed whether no more was lost than may be
     * @param slow   whether the generator was slower than asked for
     */
    record Outcome(WireTrial trial, boolean passed, boolean slow) {
    }

    TrialDevice device() {
        return device;
    }

    /** Unit: s. */
    double seconds() {
        return seconds;
    }

    /** Trials so far, repeated ones too. */
    int count() {
        return count;
    }

    /** Of these, spoilt. */
    int spoilt() {
        return spoilt;
    }

    /** Repeats so far. */
    int repeated() {
        return repeated;
    }

    /** Frames so far that came after a later one of their flow. */
    long late() {
        return late;
    }

    /** One at a rate. */
    Outcome run(final double ratePps) {
        return run(() -> device.trial(ratePps, seconds));
    }

    /** One of so many frames as fast as they go. */
    Outcome burst(final long frames) {
        return run(() -> device.burst(frames));
    }

    private Outcome run(final Supplier<WireTrial> sending) {
        Outcome outcome = once(sending);
        for (int i = 0; i < REPEATS && isSpoilt(outcome) && mayRepeat(); i++) {
            spoilt++;
            repeated++;
            progress.accept("  the machine took a CPU away meanwhile; repeated");
            outcome = once(sending);
        }
        if (isSpoilt(outcome)) {
            spoilt++;
        }
        return outcome;
    }

    private boolean mayRepeat() {
        return repeated < FREE_REPEATS + (count - repeated) / TRIALS_A_REPEAT;
    }

    private Outcome once(final Supplier<WireTrial> sending) {
        final WireTrial trial = sending.get();
        count++;
        late += trial.late();
        check(trial);
        final boolean passed = trial.lost() <= lossPpm / PPM * trial.sent();
        final boolean slow = trial.askedPps() > 0 && trial.offeredPps() < SLOW * trial.askedPps();
        progress.accept(String.format(Locale.ROOT, "%-9s %5s B  %8.4f Mpps%s, lost %,d of %,d%s", device.name(), size,
                trial.offeredPps() / PPM, slow ? String.format(Locale.ROOT, " of %.4f", trial.askedPps() / PPM) : "", trial.lost(),
                trial.sent(), trial.disturbed() ? String.format(Locale.ROOT, ", %d involuntary switches, %d of the generator, %d "
                        + "ticks stolen", trial.switches(), trial.generatorSwitches(), trial.stealTicks()) : ""));
        return new Outcome(trial, passed, slow);
    }

    private boolean isSpoilt(final Outcome outcome) {
        final WireTrial trial = outcome.trial();
        // A device without a worker is itself what slows the generator down.
        return trial.disturbed() && (!outcome.passed() || outcome.slow() && device.hasWorker()) && trial.lost() <= SPOILT_LOSS * trial.sent();
    }

    private void check(final WireTrial trial) {
        if (trial.mismatch() != null) {
            throw new BenchException(trial.mismatch() + "; device=" + device.name() + " size=" + size + "; no figure counts");
        }
        if (trial.unaccounted() != 0) {
            throw new BenchException("the data plane lost track of packets, a defect: unaccounted=" + trial.unaccounted()
                    + " size=" + size);
        }
    }
}
