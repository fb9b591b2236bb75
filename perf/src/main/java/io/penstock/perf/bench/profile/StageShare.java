package io.penstock.perf.bench.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a stage takes of a worker's time.
 *
 * @param samples in it
 * @param of      so many
 */
record StageShare(Stage stage, int samples, int of) {

    /** 95 % of what is normally distributed lies within so many standard deviations. */
    private static final double CONFIDENCE = 1.96;

    /** All stages that have any samples, the largest first. */
    static List<StageShare> of(final List<Sample> samples) {
        final Map<Stage, Integer> counts = new EnumMap<>(Stage.class);
        samples.forEach(sample -> counts.merge(sample.stage(), 1, Integer::sum));
        final List<StageShare> shares = new ArrayList<>();
        counts.forEach((stage, count) -> shares.add(new StageShare(stage, count, samples.size())));
        shares.sort(Comparator.comparingInt((StageShare share) -> -share.samples).thenComparing(StageShare::stage));
        return shares;
    }

    /** 0 to 1. */
    double share() {
        return (double) samples / of;
    }

    /** How far off the share may be, with 95 % confidence: samples are independent draws. */
    double error() {
        return error(share(), of);
    }

    /** The same of any share. */
    static double error(final double share, final int of) {
        return CONFIDENCE * Math.sqrt(share * (1 - share) / Math.max(1, of));
    }
}
