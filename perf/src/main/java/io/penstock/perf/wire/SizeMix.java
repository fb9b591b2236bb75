package io.penstock.perf.wire;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which sizes of frames a generator sends, and in which order.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Sizes are distinct; each has a weight of at least 1.</li>
 *   <li>Frames come in rounds of as many as the weights' sum. Each round has exactly every size's share, in an order of its own
 *       that follows from the seed, so that the mix is right over short times, too.</li>
 *   <li>The order repeats after {@link #ROUNDS} rounds. That is a prime number, so that sizes and flows do not walk in step.</li>
 * </ol>
 *
 * <p>Source: the "simple IMIX" of 7 : 4 : 1; what mixes are for and how they are told is RFC 6985's.
 *
 * @param bytes   the sizes, without the frame check sequence
 * @param weights of each, in the same order
 * @param seed    of the order
 */
public record SizeMix(int[] bytes, int[] weights, long seed) {

    /** Sizes of one mix: each costs the generator a few instructions a frame. */
    public static final int MAX_SIZES = 8;
    /** The seed of mixes and patterns unless another one is given. */
    public static final long SEED = 2544;

    /** Long enough that no cache or predictor learns the order, short enough that the table stays in a cache: 33 KB. */
    static final int ROUNDS = 347;
    private static final int MAX_WEIGHT = 100;

    /** Checks the fields and copies the arrays. */
    public SizeMix {
        bytes = bytes.clone();
        weights = weights.clone();
        if (bytes.length < 1 || bytes.length > MAX_SIZES || bytes.length != weights.length) {
            throw new IllegalArgumentException("a mix has 1 to " + MAX_SIZES + " sizes, each with a weight: sizes=" + bytes.length
                    + " weights=" + weights.length);
        }
        if (Arrays.stream(weights).anyMatch(weight -> weight < 1 || weight > MAX_WEIGHT)) {
            throw new IllegalArgumentException("a weight is out of range: weights=" + Arrays.toString(weights) + " least=1 most="
                    + MAX_WEIGHT);
        }
        if (Arrays.stream(bytes).distinct().count() != bytes.length) {
            throw new IllegalArgumentException("a mix names each size once: sizes=" + Arrays.toString(bytes));
        }
    }

    /** Frames of one size. */
    public static SizeMix of(final int bytes) {
        return new SizeMix(new int[] {bytes}, new int[] {1}, SEED);
    }

    /** Seven of 64 bytes, four of 594 and one of 1518, with the frame check sequence: 60, 590 and 1514 without it. */
    public static SizeMix imix() {
        return new SizeMix(new int[] {60, 590, 1514}, new int[] {7, 4, 1}, SEED);
    }

    @Override
    public int[] bytes() {
        return bytes.clone();
    }

    @Override
    public int[] weights() {
        return weights.clone();
    }

    /** True when all frames are of one size. */
    public boolean isSingle() {
        return bytes.length == 1;
    }

    /** The longest frame. */
    public int longest() {
        return Arrays.stream(bytes).max().orElseThrow();
    }

    /** The mean over a round. */
    public double meanBytes() {
        return IntStream.range(0, bytes.length).mapToDouble(i -> (double) bytes[i] * weights[i]).sum() / round();
    }

    /** How many of each size are among the first frames of a run, in the order of {@link #bytes}. */
    public Map<Integer, Long> counts(final long frames) {
        final int[] order = order();
        final long whole = frames / order.length;
        final long[] counts = new long[bytes.length];
        for (int i = 0; i < order.length; i++) {
            counts[order[i]] += whole + (i < frames % order.length ? 1 : 0);
        }
        final Map<Integer, Long> result = new LinkedHashMap<>();
        for (int i = 0; i < bytes.length; i++) {
            result.put(bytes[i], counts[i]);
        }
        return result;
    }

    /** For every frame until the order repeats, the number of its size. */
    int[] order() {
        final int round = round();
        final int[] order = new int[isSingle() ? 1 : round * ROUNDS];
        final SplittableRandom random = new SplittableRandom(seed);
        for (int start = 0; start < order.length; start += round) {
            int at = start;
            for (int size = 0; size < bytes.length; size++) {
                Arrays.fill(order, at, Math.min(order.length, at + weights[size]), size);
                at += weights[size];
            }
            for (int i = Math.min(round, order.length) - 1; i > 0; i--) {
                final int other = random.nextInt(i + 1);
                final int kept = order[start + i];
                order[start + i] = order[start + other];
                order[start + other] = kept;
            }
        }
        return order;
    }

    private static String join(final String separator, final int... values) {
        return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(separator));
    }

    private int round() {
        return Arrays.stream(weights).sum();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final SizeMix mix && Arrays.equals(bytes, mix.bytes) && Arrays.equals(weights, mix.weights)
                && seed == mix.seed;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) + 31 * Arrays.hashCode(weights);
    }

    /** "60" or "60, 590, 1514 (7 : 4 : 1)". */
    @Override
    public String toString() {
        if (isSingle()) {
            return Integer.toString(bytes[0]);
        }
        return join(", ", bytes) + " (" + join(" : ", weights) + ')';
    }
}
