package io.penstock.perf.bench.profile;

import io.penstock.perf.bench.profile.HotMethod.Call;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts together, method by method, what samples say of how it ran and what the compiler said of it.
 *
 * <p>Whether a method was inlined, and where, is told from the stacks: they name the code that ran, which the compiler's log, full of code that
 * is long gone, does not. Why it was not is told from that log.
 *
 * <p>Threads: one.
 */
final class HotMethods {

    private final Recording recording;
    private final Bytecodes bytecodes;
    /** The last code that is entered by a call, by method. */
    private final Map<String, Compilation> current = new HashMap<>();
    private final Map<String, Integer> optimized = new HashMap<>();
    private final Map<Long, Compilation> byId = new HashMap<>();
    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    private HotMethods(final Recording recording, final Bytecodes bytecodes, final List<Compilation> before) {
        this.recording = recording;
        this.bytecodes = bytecodes;
        before.forEach(this::add);
        optimized.clear();
        recording.compilations().forEach(this::add);
        recording.samples().forEach(this::add);
    }

    /**
     * All methods, the hottest first.
     *
     * @param before what was compiled before the recording began
     */
    static List<HotMethod> of(final Recording recording, final Bytecodes bytecodes, final List<Compilation> before) {
        final HotMethods methods = new HotMethods(recording, bytecodes, before);
        return methods.tallies.values().stream().sorted(Comparator.comparingInt((Tally tally) -> -tally.samples))
                .map(methods::method).toList();
    }

    /** Class and method without packages. */
    static String shortName(final String type, final String name) {
        return type.substring(type.lastIndexOf('.') + 1) + '.' + name;
    }

    private void add(final Compilation compilation) {
        byId.put(compilation.id(), compilation);
        final Compilation known = current.get(compilation.key());
        // Code for a running loop counts only where there is no other.
        if (known == null || !compilation.isOsr() || known.isOsr()) {
            current.put(compilation.key(), compilation);
        }
        if (compilation.tier() == Compilation.TOP_TIER && !compilation.isOsr()) {
            optimized.merge(compilation.key(), 1, Integer::sum);
        }
    }

    private void add(final Sample sample) {
        final int own = sample.own();
        if (own < 0) {
            return;
        }
        final Frame method = sample.frames().get(own);
        final int root = sample.root(own);
        final Tally tally = tallies.computeIfAbsent(method.key(), key -> new Tally(method));
        tally.samples++;
        final int tier = root < 0 ? -1 : tier(sample.frames().get(root));
        tally.tiers.merge(tier, 1, Integer::sum);
        if (root >= 0) {
            final Frame compiled = sample.frames().get(root);
            tally.roots.merge(shortName(compiled.type(), compiled.name()), 1, Integer::sum);
        }
        calls(sample);
    }

    /** Calls on the stack that stayed calls, each booked to the method that is called. */
    private void calls(final Sample sample) {
        final List<Frame> frames = sample.frames();
        for (int i = 0; i + 1 < frames.size(); i++) {
            final Frame callee = frames.get(i);
            final Frame caller = frames.get(i + 1);
            if (callee.kind() == Frame.Kind.COMPILED && caller.kind() != Frame.Kind.INTERPRETED) {
                tallies.computeIfAbsent(callee.key(), key -> new Tally(callee)).calls.merge(caller, 1, Integer::sum);
            }
        }
    }

    private int tier(final Frame root) {
        if (root.kind() == Frame.Kind.INTERPRETED) {
            return 0;
        }
        final Compilation code = current.get(root.key());
        return code == null ? -1 : code.tier();
    }

    private HotMethod method(final Tally tally) {
        final double all = Math.max(1, recording.samples().size());
        final String key = tally.method.key();
        final int tier = most(tally.tiers, -1);
        final int slow = tally.tiers.entrySet().stream()
                .filter(e -> e.getKey() >= 0 && e.getKey() < Compilation.TOP_TIER).mapToInt(Map.Entry::getValue).sum();
        final Compilation code = current.get(key);
        final List<Call> refused = new ArrayList<>();
        sorted(tally.calls).forEach(caller -> refused.add(new Call(shortName(caller.type(), caller.name()),
                tally.calls.get(caller) / all, why(caller, tally.method))));
        final int deoptimized = (int) recording.deoptimizations().stream().filter(deoptimization -> deoptimization.key().equals(key)
                || byId.containsKey(deoptimization.compilation()) && byId.get(deoptimization.compilation()).key().equals(key)).count();
        return new HotMethod(shortName(tally.method.type(), tally.method.name()), tally.samples / all, tier, slow / all,
                bytecodes.of(tally.method), code == null ? -1 : code.codeBytes(), sorted(tally.roots), refused, deoptimized,
                optimized.getOrDefault(key, 0));
    }

    /** What the optimizing compiler said last of a call. */
    private String why(final Frame caller, final Frame callee) {
        String why = null;
        for (final Refusal refusal : recording.refusals()) {
            final Compilation in = byId.get(refusal.compilation());
            if (in != null && in.tier() == Compilation.TOP_TIER && refusal.caller().equals(caller.key())
                    && refusal.callee().equals(callee.name()) && refusal.bci() == caller.bci()) {
                why = refusal.why();
            }
        }
        return why;
    }

    private static <T> List<T> sorted(final Map<T, Integer> counts) {
        return counts.entrySet().stream().sorted(Map.Entry.<T, Integer>comparingByValue().reversed()).map(Map.Entry::getKey).toList();
    }

    private static int most(final Map<Integer, Integer> counts, final int none) {
        final List<Integer> sorted = sorted(counts);
        return sorted.isEmpty() ? none : sorted.getFirst();
    }

    /** What was counted of a method. */
    private static final class Tally {

        private final Frame method;
        private final Map<Integer, Integer> tiers = new HashMap<>();
        private final Map<String, Integer> roots = new LinkedHashMap<>();
        private final Map<Frame, Integer> calls = new LinkedHashMap<>();
        private int samples;

        private Tally(final Frame method) {
            this.method = method;
        }
    }
}
