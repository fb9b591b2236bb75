package io.penstock.perf.bench.profile;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A profile.
 *
 * @param what        was profiled, for people
 * @param seconds     for so long
 * @param sampler     how
 * @param recording   what was recorded
 * @param stages      their shares
 * @param methods     the hottest first
 * @param nsPerPacket of the workers' time, or 0 where no rate is known
 * @param packets     what the rate is told from, for people
 * @param exact       whether samples lie where they were taken: {@code -XX:+DebugNonSafepoints}
 * @param history     whether compilations and deoptimizations are known since the JVM's start, not only of the time of the profile
 * @param machine     where
 */
record ProfileResult(
        String what, double seconds, Sampler sampler, Recording recording, List<StageShare> stages, List<HotMethod> methods,
        double nsPerPacket, String packets, boolean exact, boolean history, MachineFacts machine) {

    /** What is worth a word. */
    private static final double HOT = 0.01;
    private static final double MUCH_OTHER = 0.02;
    private static final double MUCH_CALLED = 0.05;
    private static final int MOST_DEOPTIMIZATIONS = 2;
    /** HotSpot's HugeMethodLimit: larger methods are not compiled at all. */
    private static final int HUGE_BYTES = 8_000;
    /** Characters that stand for all of the time. */
    private static final int BAR = 50;
    private static final int NAME_COLUMN = 42;
    private static final double PERCENT = 100;

    /** The contract's object, in one line. */
    String json(final int top) {
        final Json json = new Json().object().field("profile", what).field("seconds", seconds)
                .field("samples", recording.samples().size()).field("samples_untold", recording.untold())
                .field("sampler", sampler.name().toLowerCase(Locale.ROOT))
                .field("worst_error", StageShare.error(0.5, recording.samples().size())).field("ns_per_packet", nsPerPacket)
                .field("exact", exact);
        json.name("stages").array();
        for (final StageShare stage : stages) {
            json.object().field("stage", stage.stage().key()).field("share", stage.share()).field("error", stage.error())
                    .field("ns_per_packet", stage.share() * nsPerPacket).end();
        }
        json.end().name("methods").array();
        methods.stream().limit(top).forEach(method -> write(json, method));
        json.end().name("deoptimizations").array();
        deoptimizations().forEach((text, count) -> json.object().field("where", text).field("count", count).end());
        json.end().name("warnings").array();
        warnings().forEach(json::value);
        machine.write(json.end().name("machine"));
        return json.end().toString();
    }

    /** One screen. */
    String text(final int top) {
        final StringBuilder out = new StringBuilder();
        final int count = recording.samples().size();
        line(out, "%s: %.1f s, %,d samples, one for each %s%s", what, seconds, count, sampler.period(),
                recording.untold() == 0 ? "" : String.format(Locale.ROOT, "; %,d more without a stack", recording.untold()));
        line(out, "%s; 95 %% error of a share of 5 %% is %.1f, of 20 %% %.1f, of 50 %% %.1f %%", packets,
                PERCENT * StageShare.error(0.05, count), PERCENT * StageShare.error(0.2, count), PERCENT * StageShare.error(0.5, count));
        out.append('\n');
        for (final StageShare stage : stages) {
            line(out, "%-17s %5.1f %% +-%3.1f %9s  %s", stage.stage().key(), PERCENT * stage.share(), PERCENT * stage.error(),
                    nsPerPacket == 0 ? "" : String.format(Locale.ROOT, "%.2f ns", stage.share() * nsPerPacket),
                    "#".repeat((int) Math.round(BAR * stage.share())));
        }
        out.append('\n');
        line(out, "%-" + NAME_COLUMN + "s %6s %4s %6s %6s %3s %5s  %s", "method", "time", "tier", "bytes", "code", "C2", "deopt",
                "inlined into | called by: why not inlined");
        methods.stream().limit(top).filter(method -> method.share() > 0).forEach(method -> line(out,
                "%-" + NAME_COLUMN + "s %5.1f%% %4s %6s %6s %3d %5d  %s", cut(method.name()), PERCENT * method.share(),
                known(method.tier()), known(method.bytes()), known(method.codeBytes()), method.compilations(), method.deoptimizations(),
                where(method)));
        out.append('\n');
        final String calls = calls();
        if (!calls.isEmpty()) {
            line(out, "calls, for what is called is compiled into a big method of its own (time below): %s", calls);
        }
        warnings().forEach(warning -> line(out, "! %s", warning));
        if (!history) {
            line(out, "C2, deopt: in this time only; code that was compiled before does not say why calls were not inlined");
        }
        return out.toString();
    }

    /** Those that take a packet's time and that the compiler decided for; no fault, but worth knowing. */
    private String calls() {
        final List<String> calls = new ArrayList<>();
        for (final HotMethod method : methods) {
            for (final HotMethod.Call call : method.refusals()) {
                if (call.share() >= MUCH_CALLED && Refusal.OF_ITS_OWN.equals(call.why())) {
                    calls.add(String.format(Locale.ROOT, "%s < %s %.0f %%", method.name(), call.from(), PERCENT * call.share()));
                }
            }
        }
        return String.join("; ", calls);
    }

    /** What is wrong, a sentence each. */
    List<String> warnings() {
        final List<String> warnings = new ArrayList<>();
        if (!exact) {
            warnings.add("methods and stages are those of the nearest point where the JVM knows where it is; for exact ones start the data plane "
                    + "with PENSTOCK_JAVA_OPTS='-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints'");
        }
        for (final HotMethod method : methods) {
            final String of = String.format(Locale.ROOT, "%s, %.1f %% of the time", method.name(), PERCENT * method.share());
            if (method.slowShare() >= HOT) {
                warnings.add(String.format(Locale.ROOT, "%s: %.1f %% of it below the top tier", of,
                        PERCENT * method.slowShare() / method.share()));
            }
            if (method.share() >= HOT && method.deoptimizations() > MOST_DEOPTIMIZATIONS) {
                warnings.add(of + ": deoptimized " + method.deoptimizations() + " times: " + reasons(method));
            }
            if (method.share() >= HOT && method.bytes() > HUGE_BYTES) {
                warnings.add(of + ": bytecodes=" + method.bytes() + ", more than " + HUGE_BYTES + ": it is never compiled; split it");
            }
            for (final HotMethod.Call call : method.refusals()) {
                if (call.share() >= HOT && call.why() != null && Refusal.isForSize(call.why())) {
                    warnings.add(String.format(Locale.ROOT, "%s, bytecodes=%s, is not inlined into %s, %.1f %% of the time below that "
                            + "call: %s", method.name(), known(method.bytes()), call.from(), PERCENT * call.share(), call.why()));
                }
            }
        }
        stages.stream().filter(stage -> stage.stage() == Stage.OTHER && stage.share() >= MUCH_OTHER).forEach(stage -> warnings.add(
                String.format(Locale.ROOT, "%.1f %% of the time belongs to no stage", PERCENT * stage.share())));
        return warnings;
    }

    private void write(final Json json, final HotMethod method) {
        json.object().field("method", method.name()).field("share", method.share()).field("tier", method.tier())
                .field("bytes", method.bytes()).field("code_bytes", method.codeBytes()).field("inlined", inlined(method).size());
        json.name("inlined_into").array();
        inlined(method).forEach(json::value);
        json.end().name("not_inlined").array();
        method.refusals().forEach(call -> json.value(call.text()));
        json.end().field("deoptimizations", method.deoptimizations()).field("compilations", method.compilations()).end();
    }

    /** All traps of hot code, by place and reason. */
    private Map<String, Integer> deoptimizations() {
        final Map<String, Integer> counts = new TreeMap<>();
        recording.deoptimizations().stream().filter(deoptimization -> deoptimization.key().startsWith("io.penstock."))
                .forEach(deoptimization -> counts.merge(place(deoptimization), 1, Integer::sum));
        return counts;
    }

    private String reasons(final HotMethod method) {
        return String.join(", ", recording.deoptimizations().stream().map(ProfileResult::place)
                .filter(place -> place.startsWith(method.name() + ':')).distinct().toList());
    }

    private static String place(final Deoptimization deoptimization) {
        final String method = deoptimization.key().substring(0, Math.max(0, deoptimization.key().indexOf('(')));
        final int dot = method.lastIndexOf('.');
        return HotMethods.shortName(method.substring(0, Math.max(0, dot)), method.substring(dot + 1)) + ':' + deoptimization.line() + ' '
                + deoptimization.reason();
    }

    private static List<String> inlined(final HotMethod method) {
        return method.roots().stream().filter(root -> !root.equals(method.name())).toList();
    }

    private static String where(final HotMethod method) {
        final List<String> inlined = inlined(method);
        final String into = inlined.isEmpty() ? "" : inlined.getFirst() + (inlined.size() == 1 ? "" : " +" + (inlined.size() - 1));
        final List<HotMethod.Call> calls = method.refusals();
        final String called = calls.isEmpty() ? "" : "| " + calls.getFirst().text() + (calls.size() == 1 ? "" : " +" + (calls.size() - 1));
        return (into + ' ' + called).strip();
    }

    private static String cut(final String name) {
        return name.length() <= NAME_COLUMN ? name : name.substring(0, NAME_COLUMN - 2) + "..";
    }

    private static String known(final long value) {
        return value < 0 ? "?" : Long.toString(value);
    }

    private static void line(final StringBuilder out, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
