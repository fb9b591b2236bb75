package io.penstock.perf.bench.connections;

import io.penstock.perf.bench.connections.TrackingDevice.Exchange;
import io.penstock.perf.bench.connections.TrackingDevice.Fill;
import io.penstock.perf.bench.connections.TrackingOptions.Mode;
import io.penstock.perf.bench.connections.TrackingOptions.Test;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * The measurements of RFC 9693, on one device.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A rate of establishing counts only if every packet of the trial arrived and the table had an entry for each (section 4.6).</li>
 *   <li>Traffic of test phase 2 runs among connections whose every packet was checked when they were established.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Rfc9693 {

    /** Share of a result that it is known to. */
    private static final double RESOLUTION = 0.01;
    private static final double CAPACITY_RESOLUTION = 0.0005;
    /** Where a search begins, as a share of what came through as fast as it went; and the factor of its first steps. */
    private static final double BEGIN = 0.9;
    private static final double STEP = 1.2;
    /** Below this share of it nothing is tried: something else is wrong. */
    private static final double HOPELESS = 0.02;
    private static final long MOST_PER_SECOND = 1_000_000_000;
    /** What the rate may fall to until the table counts as no longer usable (section 4.9): less than what a busy machine alone makes of it. */
    private static final double COLLAPSE = 0.25;
    /** A shorter filling tells of the machine, and not of the table. Unit: s. */
    private static final double TELLING_SECONDS = 0.5;
    /** Where the search for the table's end begins: so many doublings before the wanted number. */
    private static final int FIRST_CAPACITY = 8;
    /** Of the rate that is the most, for what is only to fill the table where packets can be lost. */
    private static final double SAFE = 0.8;
    /** Each half as fast as the one before. */
    private static final int FILL_TRIES = 5;
    /** Fillings before one counts, at the least; and how long at the least and at the most. Unit: s. */
    private static final int WARM_FILLS = 3;
    private static final double WARM_SECONDS = 3;
    /** Connections of a filling that only warms up. */
    private static final int WARM_CONNECTIONS = 200_000;

    private final TrackingOptions options;
    private final TrackingDevice device;
    private final Consumer<String> progress;
    private final Rfc9693Result result;
    private int trials;
    private int repeated;
    private boolean generatorLimits;

    /**
     * Measurements.
     *
     * @param progress told what goes on, line by line
     */
    Rfc9693(final TrackingOptions options, final TrackingDevice device, final MachineFacts machine, final Consumer<String> progress) {
        this.options = options;
        this.device = device;
        this.progress = progress;
        result = new Rfc9693Result(options, device.parts(), machine);
    }

    /** Measures. */
    Rfc9693Result run() {
        warm();
        final boolean wire = options.mode() == Mode.WIRE;
        if (options.tests().contains(Test.RATE) || wire && options.tests().stream().anyMatch(test -> test != Test.THROUGHPUT)) {
            rate();
        }
        if (options.tests().contains(Test.TEARDOWN)) {
            tearDown();
        }
        if (options.tests().contains(Test.CAPACITY)) {
            capacity();
        }
        if (options.tests().contains(Test.THROUGHPUT)) {
            throughput();
        }
        result.trials = trials;
        result.repeated = repeated;
        final String complaint = device.complaint();
        if (!complaint.isEmpty()) {
            throw new BenchException("the gateway did what it should not have, so that no figure counts: " + complaint);
        }
        return result;
    }

    private void warm() {
        progress.accept("warming up");
        final long startNs = System.nanoTime();
        for (int i = 0; i < WARM_FILLS || System.nanoTime() - startNs < WARM_SECONDS * 1e9 * Math.min(1, options.seconds()); i++) {
            device.fill(Math.min(WARM_CONNECTIONS, options.connections()), 0);
            device.tearDown();
        }
    }

    private void rate() {
        final List<Double> rates = new ArrayList<>();
        final List<Double> filling = new ArrayList<>();
        final List<double[]> tenths = new ArrayList<>();
        for (int run = 0; run < options.runs(); run++) {
            final Fill full = device.fill(options.connections(), 0);
            filling.add(full.perSecond());
            if (full.tenths().length > 0 && full.isWhole()) {
                tenths.add(full.tenths());
            }
            final long found = search(full.perSecond(), perSecond -> {
                final Fill fill = device.fill(options.connections(), perSecond);
                generatorLimits |= fill.limited();
                return fill.isWhole() && !fill.limited();
            });
            rates.add((double) found);
            progress.accept(String.format(Locale.ROOT, "%,d connections a second are established", found));
        }
        result.establishing(rates, generatorLimits);
        result.fills(filling, tenths);
    }

    private void tearDown() {
        final List<Double> rates = new ArrayList<>();
        for (int run = 0; run < options.runs(); run++) {
            final int entries = whole(options.connections());
            final double seconds = device.tearDown();
            rates.add(entries / seconds);
            progress.accept(String.format(Locale.ROOT, "%,d connections are gone after %.3f s", entries, seconds));
        }
        result.tearDown(rates);
    }

    private void capacity() {
        final int first = Math.max(1, options.connections() / FIRST_CAPACITY);
        final Fill small = device.fill(first, safeRate());
        final double usable = small.perSecond() * COLLAPSE;
        final RateSearch search = new RateSearch(CAPACITY_RESOLUTION, count -> {
            final Fill fill = device.fill((int) count, safeRate());
            return fill.isWhole() && (fill.perSecond() >= usable || fill.seconds() < TELLING_SECONDS);
        }, device::disturbances);
        result.capacity = search.highest(first, 2, 1, device.most());
        count(search);
        result.tried = device.most();
        progress.accept(String.format(Locale.ROOT, "the table holds %,d connections", result.capacity));
    }

    private void throughput() {
        result.answersChecked = device.establish(options.connections());
        for (final int bytes : options.frameBytes()) {
            final List<Double> rates = new ArrayList<>();
            boolean limited = false;
            for (int run = 0; run < options.runs(); run++) {
                final boolean[] late = new boolean[1];
                final Exchange much = device.exchange(bytes, 0, options.seconds());
                if (much.arrived() == 0) {
                    throw new BenchException("no packet of an established connection arrived: sent=" + much.sent() + ' ' + device.complaint());
                }
                rates.add((double) search(much.perSecond(), perSecond -> {
                    final Exchange exchange = device.exchange(bytes, perSecond, options.seconds());
                    late[0] |= exchange.limited();
                    return exchange.isWhole();
                }));
                limited |= late[0];
            }
            result.throughput(bytes, rates, limited);
            progress.accept(String.format(Locale.ROOT, "%d bytes: %.3f Mpps in both directions together", bytes + Rfc9693Result.CHECK_SEQUENCE_BYTES,
                    Samples.of(rates.stream().mapToDouble(rate -> rate).toArray()).median() / 1e6));
        }
    }

    /** Fills the table, more slowly from try to try, and fails where it cannot. */
    private int whole(final int connections) {
        Fill fill = device.fill(connections, safeRate());
        for (int i = 1; i < FILL_TRIES && !fill.isWhole(); i++) {
            fill = device.fill(connections, safeRate() >> i);
        }
        if (!fill.isWhole()) {
            throw new BenchException("not every connection has its entry: wanted=" + connections + " arrived=" + fill.arrived() + " entries="
                    + fill.entries() + ' ' + device.complaint());
        }
        return connections;
    }

    private long search(final double much, final LongPredicate trial) {
        final RateSearch search = new RateSearch(RESOLUTION, trial, device::disturbances);
        final long found = search.highest((long) (much * BEGIN), STEP, Math.max(1, (long) (much * HOPELESS)), MOST_PER_SECOND);
        count(search);
        if (found == 0) {
            throw new BenchException("at no rate did every packet arrive and have its connection: " + device.complaint());
        }
        return found;
    }

    private void count(final RateSearch search) {
        trials += search.trials();
        repeated += search.repeated();
    }

    /** At what rate the table is filled when the rate is not the matter: 0 where nothing can be lost. */
    private long safeRate() {
        return options.mode() == Mode.ENGINE ? 0 : (long) (result.establishingPerSecond() * SAFE);
    }
}
