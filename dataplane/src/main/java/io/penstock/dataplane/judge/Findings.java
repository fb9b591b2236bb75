package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.judge.random.RuleKinds;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Differences of many cases, by kind, with the shortest packet of each.
 *
 * <p>Threads: one.
 */
final class Findings {

    private static final HexFormat HEX = HexFormat.of();

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long cases;
    private long packets;
    private long differences;
    private long ignored;
    private long unsteady;
    private long logged;
    private final KindCounts kindCounts;
    private final Map<Purpose, Integer> onPurpose = new EnumMap<>(Purpose.class);
    private final List<String> refused = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();

    /** Of random rules, if there are any. */
    Findings() {
        this(RuleKinds::of);
    }

    private Findings(final Function<IpFamily, List<String>> kinds) {
        kindCounts = new KindCounts(kinds);
    }

    /** Of random rules about connections. */
    static Findings ofFlows() {
        return new Findings(_ -> RuleKinds.ofFlows());
    }

    /** Adds what came of a case; {@code name} tells how to get it again. */
    void add(final String name, final Case subject, final Judge.Finding finding) {
        cases++;
        packets += subject.arrivals().size();
        differences += finding.differences().size();
        ignored += finding.ignored();
        unsteady += finding.unsteady();
        logged += finding.logged();
        kindCounts.add(finding.rules());
        finding.onPurpose().forEach((purpose, count) -> onPurpose.merge(purpose, count, Integer::sum));
        for (final Difference difference : finding.differences()) {
            kinds.computeIfAbsent(difference.kind(), _ -> new Kind()).add(name, subject, difference);
        }
        finding.defects().forEach(defect -> defects.add(name + ": " + defect));
    }

    /** Adds a case that could not be judged. */
    void refuse(final String name, final String why) {
        refused.add(name + ": " + why);
    }

    /** Adds what is wrong with a case that could not be run. */
    void defect(final String name, final String what) {
        defects.add(name + ": " + what);
    }

    /** True when both sides agreed in all. */
    boolean isClean() {
        return differences == 0 && defects.isEmpty();
    }

    /** Packets that both sides were given. */
    long packets() {
        return packets;
    }

    /** Packets with which they did not do the same. */
    long differences() {
        return differences;
    }

    /** Why cases could not be judged. */
    List<String> refused() {
        return refused;
    }

    /** Kinds, the most frequent first. */
    List<Map.Entry<String, Kind>> kinds() {
        return kinds.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Kind> e) -> e.getValue().count).reversed()).toList();
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        out.append("setups=").append(cases).append(" packets=").append(packets).append(" differences=").append(differences)
                .append(" kinds=").append(kinds.size());
        if (!refused.isEmpty()) {
            out.append(" refused=").append(refused.size());
        }
        if (ignored != 0) {
            out.append(" kernel-own=").append(ignored);
        }
        out.append('\n');
        onPurpose.forEach((purpose, count) ->
                out.append("on purpose: ").append(count).append(" x ").append(purpose.words()).append('\n'));
        if (!kindCounts.isEmpty()) {
            out.append("lines that rules logged: ").append(logged)
                    .append(KernelLog.isOn() ? "" : ", none compared: net.netfilter.nf_log_all_netns=0").append('\n');
            kindCounts.write(out);
        }
        if (unsteady != 0) {
            out.append("the kernel did the same when asked again: ").append(unsteady).append('\n');
        }
        defects.forEach(defect -> out.append(defect).append('\n'));
        for (final Map.Entry<String, Kind> entry : kinds()) {
            final Kind kind = entry.getValue();
            out.append(kind.count).append(" x ").append(entry.getKey()).append('\n');
            show(kind, out);
        }
        return out.toString();
    }

    /** For programs: one object. */
    String json() {
        final Json json = new Json().object().field("setups", cases).field("packets", packets)
                .field("differences", differences).field("refused", refused.size()).field("kernel_own", ignored).field("unsteady", unsteady)
                .name("on_purpose").object();
        onPurpose.forEach((purpose, count) -> json.field(purpose.name().toLowerCase(Locale.ROOT), count));
        json.end().field("logged", logged).name("rules").object();
        kindCounts.counts().forEach((kind, count) -> json.name(kind).object().field("rules", count[0]).field("matched", count[1]).end());
        json.end().name("defects").array();
        defects.forEach(json::value);
        json.end().name("kinds").array();
        for (final Map.Entry<String, Kind> entry : kinds()) {
            final Kind kind = entry.getValue();
            json.object().field("kind", entry.getKey()).field("count", kind.count).field("setup", kind.name)
                    .field("n", kind.shortest.index() + 1L).field("port", port(kind, kind.shortest.arrival().port()))
                    .field("packet", HEX.formatHex(kind.shortest.arrival().bytes())).name("kernel");
            json(json, kind, kind.shortest.kernel());
            json(json.name("penstock"), kind, kind.shortest.penstock());
            json.end();
        }
        return json.end().end().toString();
    }

    private static void json(final Json json, final Kind kind, final Reaction reaction) {
        json.object().name("out").array();
        for (final Reaction.Sent sent : reaction.sent()) {
            json.object().field("port", port(kind, sent.port())).field("packet", HEX.formatHex(sent.bytes())).end();
        }
        json.end().name("host").array();
        reaction.delivered().forEach(packet -> json.value(HEX.formatHex(packet)));
        json.end().field("reason", reaction.reason()).end();
    }

    private static void show(final Kind kind, final StringBuilder out) {
        final Difference one = kind.shortest;
        out.append("    ").append(kind.name).append(", packet ").append(one.index() + 1).append(", in by ")
                .append(port(kind, one.arrival().port())).append(": ").append(HEX.formatHex(one.arrival().bytes())).append('\n');
        show("kernel  ", kind, one.kernel(), out);
        show("penstock", kind, one.penstock(), out);
    }

    private static void show(final String side, final Kind kind, final Reaction reaction, final StringBuilder out) {
        if (reaction.isDrop()) {
            out.append("    ").append(side).append(" drops").append(reaction.reason().isEmpty() ? "" : ": ")
                    .append(reaction.reason()).append('\n');
        }
        reaction.sent().forEach(sent -> out.append("    ").append(side).append(" out by ").append(port(kind, sent.port()))
                .append(": ").append(HEX.formatHex(sent.bytes())).append('\n'));
        reaction.delivered().forEach(packet -> out.append("    ").append(side).append(" to this host: ")
                .append(HEX.formatHex(packet)).append('\n'));
    }

    /** What each side did with a packet. */
    static String words(final Difference difference) {
        return HEX.formatHex(difference.arrival().bytes()) + " by port " + difference.arrival().port() + ": kernel: " + words(difference.kernel())
                + "  Penstock: " + words(difference.penstock());
    }

    private static String words(final Reaction reaction) {
        final StringBuilder out = new StringBuilder(reaction.isDrop() ? "drops " + reaction.reason() : "");
        reaction.sent().forEach(sent -> out.append("out by port ").append(sent.port()).append(": ").append(HEX.formatHex(sent.bytes())).append(' '));
        reaction.delivered().forEach(packet -> out.append("to this host: ").append(HEX.formatHex(packet)).append(' '));
        return out.toString().strip();
    }

    private static String port(final Kind kind, final int index) {
        return List.copyOf(kind.subject.config().map("ports").keySet()).get(index);
    }

    /** Differences of one kind. Threads: one. */
    static final class Kind {
        private long count;
        private String name;
        private Case subject;
        private Difference shortest;

        private void add(final String caseName, final Case where, final Difference difference) {
            count++;
            if (shortest == null || difference.arrival().bytes().length < shortest.arrival().bytes().length) {
                name = caseName;
                subject = where;
                shortest = difference;
            }
        }

        /** The case of the shortest packet. */
        Case subject() {
            return subject;
        }

        /** The shortest packet's difference. */
        Difference shortest() {
            return shortest;
        }

        /** Which case it is. */
        String name() {
            return name;
        }
    }
}
