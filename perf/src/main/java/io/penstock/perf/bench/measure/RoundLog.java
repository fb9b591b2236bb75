package io.penstock.perf.bench.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What a worker's rounds took.
 *
 * <p>Threads: the worker's writes, without allocating; the rest afterwards.
 */
public final class RoundLog {

    private static final double NS_PER_US = 1e3;

    private final long[] atNs;
    private final int[] cpuNs;
    private final int[] wallNs;
    private final boolean[] batch;
    private int count;
    private long missed;

    /** Room for so many rounds. */
    public RoundLog(final int capacity) {
        atNs = new long[capacity];
        cpuNs = new int[capacity];
        wallNs = new int[capacity];
        batch = new boolean[capacity];
        // So that the worker does not touch the pages first.
        Arrays.fill(atNs, -1);
        Arrays.fill(cpuNs, -1);
        Arrays.fill(wallNs, -1);
        Arrays.fill(batch, true);
    }

    /** A round has ended. */
    public void add(final long startNs, final long cpu, final long wall, final boolean hadPackets) {
        if (count == atNs.length) {
            missed++;
            return;
        }
        atNs[count] = startNs;
        cpuNs[count] = (int) Math.min(cpu, Integer.MAX_VALUE);
        wallNs[count] = (int) Math.min(wall, Integer.MAX_VALUE);
        batch[count] = hadPackets;
        count++;
    }

    /** Rounds that there was no room for. */
    public long missed() {
        return missed;
    }

    /** The rounds that began within a time. */
    public Times between(final long fromNs, final long toNs) {
        return between(List.of(new Span(fromNs, toNs)));
    }

    /** The rounds that began within any of these times, which are in order and apart from one another. */
    public Times between(final List<Span> spans) {
        final int[] times = new int[count];
        int n = 0;
        int slowest = -1;
        int longestWall = 0;
        int i = 0;
        for (final Span span : spans) {
            while (i < count && atNs[i] - span.fromNs < 0) {
                i++;
            }
            for (; i < count && atNs[i] - span.toNs < 0; i++) {
                if (batch[i]) {
                    times[n++] = cpuNs[i];
                }
                slowest = slowest < 0 || cpuNs[i] > cpuNs[slowest] ? i : slowest;
                longestWall = Math.max(longestWall, wallNs[i]);
            }
        }
        final int[] sorted = Arrays.copyOf(times, n);
        Arrays.sort(sorted);
        return new Times(n, at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), slowest < 0 ? 0 : cpuNs[slowest] / NS_PER_US, longestWall / NS_PER_US);
    }

    private static double at(final int[] sorted, final double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * share)] / NS_PER_US;
    }

    /** The rounds that took most, the slowest first. */
    public List<Slow> slowest(final int most, final long fromNs, final long toNs) {
        final List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (atNs[i] - fromNs >= 0 && atNs[i] - toNs < 0) {
                all.add(i);
            }
        }
        all.sort(Comparator.comparingInt(i -> -cpuNs[i]));
        return all.stream().limit(most)
                .map(i -> new Slow(atNs[i], cpuNs[i] / NS_PER_US, wallNs[i] / NS_PER_US, batch[i])).toList();
    }

    /** The rounds that took longer by the clock, in order. */
    public List<Slow> longerThan(final long leastNs, final long fromNs, final long toNs) {
        final List<Slow> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (wallNs[i] > leastNs && atNs[i] - fromNs >= 0 && atNs[i] - toNs < 0) {
                all.add(new Slow(atNs[i], cpuNs[i] / NS_PER_US, wallNs[i] / NS_PER_US, batch[i]));
            }
        }
        return all;
    }

    /**
     * What batches took.
     *
     * @param batches    how many
     * @param p50Us      of CPU time
     * @param p95Us      of CPU time
     * @param p99Us      of CPU time
     * @param maxUs      of CPU time, rounds without packets included
     * @param maxWallUs  the longest round by the clock
     */
    public record Times(int batches, double p50Us, double p95Us, double p99Us, double maxUs, double maxWallUs) {
    }

    /** From a moment to another, by {@link System#nanoTime}. */
    public record Span(long fromNs, long toNs) {
    }

    /**
     * A slow round.
     *
     * @param atNs when it began
     */
    public record Slow(long atNs, double cpuUs, double wallUs, boolean hadPackets) {
    }
}
