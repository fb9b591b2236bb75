package io.penstock.perf.bench.update;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.measure.JitLog;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.RoundLog;
import io.penstock.perf.bench.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What changes of rules did to the packets that flowed meanwhile.
 *
 * @param alone        whether the JVM's own threads had another CPU to run on
 * @param port         what became of the packets
 * @param first        the command that put the table into force
 * @param later        the commands after it
 * @param classSeconds from a table's coming into force to its class's
 * @param bare         what batches took before there were rules
 * @param firstTimes   from the first command until the table's class was in force
 * @param quiet        with the rules in force, while nothing changed
 * @param laterTimes   from then on
 * @param phases       parts of these, by what went on; none where changes do not wait for one another
 * @param slowest      rounds since the first command
 * @param waits        rounds since then that took more than {@link UpdateBench#WAIT_NS} by the clock
 * @param missedRounds that were not kept
 * @param firstNs      when the first command began
 * @param jit          the JVM's log, from before the first command on
 * @param workerThread its number in that log
 * @param wrongCounters what is wrong with the rules' counters, or null
 */
record UpdateResult(
        UpdateOptions options, UpdateScenario scenario, boolean alone, LaneTotals totals, PacedPort port, UpdateEngine.Change first,
        List<UpdateEngine.Change> later, List<Double> classSeconds, RoundLog.Times bare, RoundLog.Times firstTimes,
        RoundLog.Times quiet, RoundLog.Times laterTimes, Map<Phase, RoundLog.Times> phases, List<RoundLog.Slow> slowest,
        List<RoundLog.Slow> waits, long missedRounds, long firstNs, JitLog.Entries jit, long workerThread, String wrongCounters, MachineFacts machine) {

    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_US = 1e3;
    /** Where the worker's loop is, up to the rules. */
    private static final List<String> LOOP = List.of("io.penstock.dataplane.", "io.penstock.os.");
    private static final String WORKER = "io.penstock.dataplane.worker.";
    private static final String HOOK_PROGRAM = "io.penstock.dataplane.program.";
    private static final String RULES = "io.penstock.rules.";
    private static final int SHOWN = 10;

    /** Code of the worker's loop that was given up, and times when the worker left it for the interpreter. */
    List<String> loopDeopts() {
        return deopts(method -> LOOP.stream().anyMatch(method::startsWith) && !method.startsWith(HOOK_PROGRAM));
    }

    /** The same of the rules' own code, and of the program of the hooks, which is new when the first rule comes. */
    List<String> ruleDeopts() {
        return deopts(method -> method.startsWith(RULES) || method.startsWith(HOOK_PROGRAM));
    }

    /** One object, one line. */
    String json() {
        final Json json = new Json().object()
                .field("scenario", scenario.name()).field("rule_count", scenario.rules()).field("rate_pps", options.ratePps())
                .field("ring", options.ringPackets()).field("commands", 1 + later.size())
                .field("offered", port.offered()).field("forwarded", totals.forwarded()).field("lost_packets", loss().ring())
                .field("lost_in_warm_up", port.warmUpLost())
                .field("missing_packets", loss().missing()).field("wrongly_dropped_packets", loss().wrong()).field("lost_in_any_way", loss().all())
                .field("dropped_by_changed_rules", PacketLoss.ruleDrops(totals)).field("unaccounted", totals.unaccounted());
        times(json, "first_ms", List.of(first));
        if (!later.isEmpty()) {
            times(json, "later_ms", later);
        }
        json.field("own_classes", classSeconds.size());
        if (!classSeconds.isEmpty()) {
            json.field("own_class_s", Samples.of(seconds()).median()).field("own_class_slowest_s", Samples.of(seconds()).most());
        }
        batches(json, "bare_batch_us", bare);
        batches(json, "first_batch_us", firstTimes);
        batches(json, "quiet_batch_us", quiet);
        batches(json, "later_batch_us", laterTimes);
        phases.forEach((phase, times) -> batches(json, phase.key, times));
        if (quiet.p95Us() > 0) {
            json.field("step", laterTimes.p95Us() / quiet.p95Us());
        }
        json.field("slowest_batch_us", Math.max(firstTimes.maxUs(), laterTimes.maxUs()));
        json.name("slowest_batches").array();
        slowest.forEach(slow -> json.object().field("after_ms", (slow.atNs() - firstNs) / NS_PER_MS).field("cpu_us", slow.cpuUs())
                .field("wall_us", slow.wallUs()).name("packets").value(slow.hadPackets()).end());
        json.end().field("waits", waits.size()).field("other_waits", otherWaits().size()).field("longest_other_wait_us", longestOtherUs())
                .field("loop_deoptimizations", loopDeopts().size()).field("rule_deoptimizations", ruleDeopts().size());
        json.name("deoptimized").array();
        loopDeopts().forEach(json::value);
        ruleDeopts().forEach(json::value);
        json.end().field("pauses", jit.pauses().size()).field("longest_pause_ms", jit.longestMs()).field("longest_pause", jit.longestWhy())
                .field("cpu", options.cpu()).name("alone").value(alone);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    /** Those that would be waits without the JVM's pauses, too: the worker waited for a lock, or for its CPU. */
    private List<RoundLog.Slow> otherWaits() {
        return waits.stream().filter(wait -> otherUs(wait) * NS_PER_US > UpdateBench.WAIT_NS).toList();
    }

    /** What a wait lasted beyond the pauses in it. */
    private double otherUs(final RoundLog.Slow wait) {
        final long endNs = wait.atNs() + (long) (wait.wallUs() * NS_PER_US);
        return wait.wallUs() - jit.pauses().stream().mapToLong(pause -> pause.within(wait.atNs(), endNs)).sum() / NS_PER_US;
    }

    private double longestOtherUs() {
        return waits.stream().mapToDouble(this::otherUs).max().orElse(0);
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        line(out, "rules", "%,d: %s; %d commands", scenario.rules(), scenario.text(), 1 + later.size());
        line(out, "load", "%,d packets a second in bursts of %d; %,d may wait", options.ratePps(), PacedPort.BURST, options.ringPackets());
        timesLine(out, "first", List.of(first));
        if (!later.isEmpty()) {
            timesLine(out, "later", later);
        }
        if (classSeconds.isEmpty()) {
            line(out, "own class", "none");
        } else {
            line(out, "own class", "%d times, in force %.2f s after its table, at the most %.2f", classSeconds.size(),
                    Samples.of(seconds()).median(), Samples.of(seconds()).most());
        }
        line(out, "packets", "%,d offered, %,d forwarded, %,d dropped by the changed rules, %,d lost%s, %,d unaccounted", port.offered(),
                totals.forwarded(), PacketLoss.ruleDrops(totals), loss().ring(),
                port.warmUpLost() == 0 ? "" : String.format(Locale.ROOT, " (and %,d in the warm-up)", port.warmUpLost()), totals.unaccounted());
        batchLine(out, "no rules", bare);
        batchLine(out, "first", firstTimes);
        batchLine(out, "quiet", quiet);
        batchLine(out, "later", laterTimes);
        phases.forEach((phase, times) -> batchLine(out, phase.text, times));
        line(out, "slowest", "%s", slowest.stream().map(slow -> String.format(Locale.ROOT, "%.0f us at %.1f ms%s", slow.cpuUs(),
                (slow.atNs() - firstNs) / NS_PER_MS, slow.hadPackets() ? "" : " (no packets)")).collect(Collectors.joining(", ")));
        deoptLine(out, "loop", loopDeopts());
        deoptLine(out, "rules' code", ruleDeopts());
        line(out, "waits", "%d rounds of more than 1 ms by the clock; %d of them without the JVM's pauses, too%s", waits.size(),
                otherWaits().size(), otherWaits().isEmpty() ? "" : String.format(Locale.ROOT, ", the longest %.2f ms", longestOtherUs() / 1e3));
        line(out, "pauses", "%d of the JVM, the longest %.2f ms%s", jit.pauses().size(), jit.longestMs(),
                jit.pauses().isEmpty() ? "" : ": " + jit.longestWhy());
        line(out, "worker", "cpu %d%s", options.cpu(), alone ? "" : " shared with the JVM's own threads");
        line(out, "machine", "%s", machine);
        return out.toString();
    }

    /** Why it counts for nothing, or null. Times are no reason. */
    String failure() {
        if (loss().missing() != 0) {
            return "packets are not accounted for, a defect: offered=" + port.offered() + " lost=" + port.lost() + " forwarded="
                    + totals.forwarded() + " dropped=" + totals.droppedByReason() + " unaccounted=" + totals.unaccounted();
        }
        if (loss().wrong() != 0) {
            return "rules dropped other packets than the marker, a defect: packets=" + loss().wrong();
        }
        final String unseen = unseen();
        if (unseen != null) {
            return unseen;
        }
        if (wrongCounters != null) {
            return wrongCounters;
        }
        if (loss().ring() != 0) {
            return "packets were lost while rules changed: packets=" + loss().ring() + " of " + port.offered() + "; see the slowest batches, "
                    + "the pauses, and whether others use CPU " + options.cpu();
        }
        if (!loopDeopts().isEmpty()) {
            return "compiled code of the worker's loop was given up: " + String.join("; ", loopDeopts());
        }
        return missedRounds == 0 ? null : "it lasted so long that not all rounds were kept: missed=" + missedRounds
                + "; ask for fewer changes, or a lower rate";
    }

    /** Each command changes the marker's fate, once, and no packet meets its old fate when the command has returned. */
    private String unseen() {
        final List<UpdateEngine.Change> all = all();
        if (port.flips() != all.size()) {
            return "a change was not seen in the packets, a defect: commands=" + all.size() + " seen=" + port.flips();
        }
        for (int i = 0; i < all.size(); i++) {
            if (port.flipAtNs(i) - all.get(i).startNs() < 0 || port.flipBeforeNs(i) - all.get(i).endNs() > 0) {
                return "a packet met rules that were not in force, a defect: command=" + i + " before_start_ns="
                        + (all.get(i).startNs() - port.flipAtNs(i)) + " after_end_ns=" + (port.flipBeforeNs(i) - all.get(i).endNs());
            }
        }
        return null;
    }

    private List<UpdateEngine.Change> all() {
        final List<UpdateEngine.Change> all = new ArrayList<>();
        all.add(first);
        all.addAll(later);
        return all;
    }

    private PacketLoss loss() {
        return PacketLoss.of(port.offered(), port.lost(), port.warmUpLost(), port.strange(), totals);
    }

    private double[] seconds() {
        return classSeconds.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Traps of the worker, those of others in code that it may run, and such code that was given up without a trap. */
    private List<String> deopts(final Predicate<String> which) {
        final List<String> all = new ArrayList<>();
        jit.traps().stream().filter(trap -> which.test(trap.method()) && (trap.thread() == workerThread || isShared(trap.method())))
                .forEach(trap -> all.add((trap.thread() == workerThread ? "trap in " : "trap of another thread in ") + trap.text()));
        jit.methods().stream().filter(method -> which.test(method.method()) && isShared(method.method()))
                .filter(method -> !method.why().equals(JitLog.TRAPPED)).forEach(method -> all.add("given up " + method.text()));
        return all;
    }

    /** Not so a class that is being warmed. */
    private static boolean isShared(final String method) {
        return method.contains(".hot.") || method.startsWith(WORKER);
    }

    private void times(final Json json, final String name, final List<UpdateEngine.Change> changes) {
        json.name(name).object();
        for (final Part part : Part.values()) {
            final Samples samples = part.of(changes, this);
            json.field(part.key, samples.median()).field(part.key + "_most", samples.most());
        }
        json.end();
    }

    private void timesLine(final StringBuilder out, final String name, final List<UpdateEngine.Change> changes) {
        final StringBuilder parts = new StringBuilder();
        for (final Part part : Part.values()) {
            final Samples samples = part.of(changes, this);
            parts.append(parts.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%s %.2f", part.text, samples.median()));
            if (changes.size() > 1) {
                parts.append(String.format(Locale.ROOT, " (at the most %.2f)", samples.most()));
            }
        }
        line(out, name, "%d: ms: %s", changes.size(), parts);
    }

    private static void batches(final Json json, final String name, final RoundLog.Times times) {
        json.name(name).object().field("batches", times.batches()).field("p50", times.p50Us()).field("p95", times.p95Us()).field("p99", times.p99Us())
                .field("max", times.maxUs()).field("max_wall", times.maxWallUs()).end();
    }

    private static void batchLine(final StringBuilder out, final String name, final RoundLog.Times times) {
        line(out, "batches", "%s: %,d, us of CPU p50 %.1f, p95 %.1f, p99 %.1f, max %.1f; by the clock max %.1f", name, times.batches(),
                times.p50Us(), times.p95Us(), times.p99Us(), times.maxUs(), times.maxWallUs());
    }

    private static void deoptLine(final StringBuilder out, final String name, final List<String> deopts) {
        line(out, name, "%d times given up by the JIT compiler", deopts.size());
        deopts.stream().limit(SHOWN).forEach(deopt -> line(out, "", "%s", deopt));
    }

    private static void line(final StringBuilder out, final String name, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, "%-12s", name)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Where a replacement has got to. */
    enum Phase {

        COMMAND("command_batch_us", "later, while a command ran"),
        MAKING("making_batch_us", "later, until its table's class was in force"),
        NO_CLASS("no_class_batch_us", "later, until it was settled that there is no class"),
        REST("rest_batch_us", "later, half a second from then on");

        private final String key;
        private final String text;

        Phase(final String key, final String text) {
            this.key = key;
            this.text = text;
        }
    }

    /** What a command's time consists of. */
    private enum Part {

        IN_FORCE("in_force", "in force", change -> change.inForceNs() - change.startNs()),
        READ("read", "of which reading the table", UpdateEngine.Change::readNs),
        PARSE("parse", "the text", change -> change.replaceNs() - change.startNs() - change.readNs()),
        COMPILE("compile", "checking and compiling", change -> change.compiledNs() - change.replaceNs()),
        PUBLISH("publish", "publishing", change -> change.inForceNs() - change.compiledNs()),
        SEEN("seen", "first seen in a packet after", change -> 0);

        private final String key;
        private final String text;
        private final ToDoubleFunction<UpdateEngine.Change> ns;

        Part(final String key, final String text, final ToDoubleFunction<UpdateEngine.Change> ns) {
            this.key = key;
            this.text = text;
            this.ns = ns;
        }

        Samples of(final List<UpdateEngine.Change> changes, final UpdateResult result) {
            final List<UpdateEngine.Change> all = result.all();
            return Samples.of(changes.stream().mapToDouble(change -> (this != SEEN ? ns.applyAsDouble(change)
                    : result.port.flips() != all.size() ? 0 : result.port.flipAtNs(all.indexOf(change)) - change.startNs()) / NS_PER_MS)
                    .toArray());
        }
    }
}
