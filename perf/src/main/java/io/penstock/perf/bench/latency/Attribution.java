package io.penstock.perf.bench.latency;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lays what was slow beside what happened.
 *
 * <p>What happened between when the first slow packet was due and when the slowest was done explains it; after that the ring only empties.
 *
 * <p>Invariants:
 * <ol>
 *   <li>No time is given to two causes: the earlier in {@link Cause}'s order has it.</li>
 *   <li>What no cause explains of the slowest packet's time is {@link Cause#UNKNOWN}; a stretch is that cause's that explains most.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Attribution {

    /** What is left of missing time when what is known is taken out; less is the looks' own inaccuracy. Unit: ns. */
    private static final long LEAST_NS = 20_000;

    private final List<Incident> exact;
    private final List<Incident> sums;
    private final long longestNs;

    /** What happened, in any order. */
    Attribution(final List<Incident> incidents) {
        exact = incidents.stream().filter(Incident::isExact).sorted(Comparator.comparingLong(Incident::fromNs)).toList();
        longestNs = incidents.stream().mapToLong(i -> i.toNs() - i.fromNs()).max().orElse(0);
        sums = new ArrayList<>();
        for (final Incident sum : incidents) {
            if (!sum.isExact()) {
                final Spare spare = new Spare(sum.fromNs(), sum.toNs());
                around(exact, sum.fromNs(), sum.toNs()).stream().filter(i -> i.cause() != Cause.COMPILATION).forEach(spare::take);
                final long left = Math.min(sum.ns() - spare.taken, spare.left());
                if (left > LEAST_NS) {
                    sums.add(new Incident(sum.cause(), sum.fromNs(), sum.toNs(), left, sum.detail()));
                }
            }
        }
        sums.sort(Comparator.comparingLong(Incident::fromNs));
    }

    /** Why it was slow. */
    Explained explain(final Stretch stretch) {
        final long fromNs = stretch.fromNs();
        final long toNs = stretch.peakNs();
        final Spare spare = new Spare(fromNs, toNs);
        final Map<Cause, Long> shares = new EnumMap<>(Cause.class);
        final Map<Cause, String> details = new EnumMap<>(Cause.class);
        final Map<Cause, Long> longest = new EnumMap<>(Cause.class);
        final List<Incident> known = around(exact, fromNs, toNs);
        final List<Incident> loose = around(sums, fromNs, toNs);
        long inSums = 0;
        for (final Cause cause : Cause.values()) {
            long share = 0;
            for (final Incident incident : known) {
                if (incident.cause() == cause) {
                    final long room = spare.left() - inSums;
                    final long took = Math.clamp(spare.take(incident), 0, Math.max(0, room));
                    share += took;
                    detail(cause, incident, took, details, longest);
                }
            }
            for (final Incident incident : loose) {
                if (incident.cause() == cause) {
                    final long inside = Math.min(toNs, incident.toNs()) - Math.max(fromNs, incident.fromNs());
                    final long took = Math.clamp(spare.left() - inSums, 0, Math.min(incident.ns(), inside));
                    inSums += took;
                    share += took;
                    detail(cause, incident, took, details, longest);
                }
            }
            if (share > 0) {
                shares.put(cause, share);
            }
        }
        final long explained = shares.values().stream().mapToLong(Long::longValue).sum();
        if (stretch.worstNs() > explained) {
            shares.put(Cause.UNKNOWN, stretch.worstNs() - explained);
        }
        final Cause main = shares.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(Cause.UNKNOWN);
        return new Explained(stretch, main, shares, details);
    }

    private static void detail(
            final Cause cause, final Incident incident, final long took, final Map<Cause, String> details, final Map<Cause, Long> longest) {
        if (took > longest.getOrDefault(cause, 0L)) {
            longest.put(cause, took);
            details.put(cause, incident.detail());
        }
    }

    /** Those that overlap a time. */
    private List<Incident> around(final List<Incident> sorted, final long fromNs, final long toNs) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            final int middle = low + high >>> 1;
            if (sorted.get(middle).fromNs() - (fromNs - longestNs) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        final List<Incident> found = new ArrayList<>();
        for (int i = low; i < sorted.size() && sorted.get(i).fromNs() - toNs < 0; i++) {
            if (sorted.get(i).overlaps(fromNs, toNs)) {
                found.add(sorted.get(i));
            }
        }
        return found;
    }

    /**
     * A stretch and why.
     *
     * @param main    what explains most of it
     * @param shares  ns, by cause
     * @param details the longest incident's, by cause
     */
    record Explained(Stretch stretch, Cause main, Map<Cause, Long> shares, Map<Cause, String> details) {

        /** As results have it: {@code safepoint: ICBufferFull}, and what else there was behind it. */
        String text() {
            final StringBuilder text = new StringBuilder(word(main));
            shares.entrySet().stream().filter(share -> share.getKey() != main && share.getKey() != Cause.UNKNOWN)
                    .sorted(Map.Entry.<Cause, Long>comparingByValue().reversed())
                    .forEach(share -> text.append(", ").append(word(share.getKey())).append(" (").append(share.getValue() / 1000).append(" us)"));
            return text.toString();
        }

        private String word(final Cause cause) {
            final String detail = details.getOrDefault(cause, "");
            return detail.isEmpty() ? cause.word() : cause.word() + ": " + detail;
        }
    }

    /** A time of which parts have been given away. */
    private static final class Spare {

        private final List<long[]> parts = new ArrayList<>();
        private long taken;

        Spare(final long fromNs, final long toNs) {
            parts.add(new long[] {fromNs, toNs});
        }

        long left() {
            return parts.stream().mapToLong(part -> part[1] - part[0]).sum();
        }

        /** Gives away what an incident covers of it, and returns how much that was. */
        long take(final Incident incident) {
            final long before = left();
            for (int i = parts.size() - 1; i >= 0; i--) {
                final long[] part = parts.get(i);
                if (incident.overlaps(part[0], part[1])) {
                    parts.remove(i);
                    if (incident.toNs() - part[1] < 0) {
                        parts.add(i, new long[] {incident.toNs(), part[1]});
                    }
                    if (incident.fromNs() - part[0] > 0) {
                        parts.add(i, new long[] {part[0], incident.fromNs()});
                    }
                }
            }
            final long now = before - left();
            taken += now;
            return now;
        }
    }
}
