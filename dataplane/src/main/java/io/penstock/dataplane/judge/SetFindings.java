package io.penstock.dataplane.judge;

import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.rules.set.SetType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Differences of many scenarios of sets, by kind, with the smallest scenario of each. Threads: one. */
final class SetFindings {

    /** Steps of a scenario that people read; a longer one is gone through by its seed. */
    private static final int MAX_SHOWN = 40;

    private final List<SetType> types;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long scenarios;
    private long commands;
    private long packets;
    private long looks;
    private long crashes;
    private long refused;
    private long uses;
    private long taken;

    /** @param types those that were judged */
    SetFindings(final List<SetType> types) {
        this.types = types;
    }

    /** Adds what came of a scenario; whether it is the first of its kind. */
    boolean add(final String name, final SetTrial.Outcome outcome) {
        scenarios++;
        commands += outcome.commands();
        packets += outcome.packets();
        looks += outcome.looks();
        crashes += outcome.crashes();
        refused += outcome.refused();
        uses += outcome.uses();
        taken += outcome.taken();
        if (outcome.difference() == null) {
            return false;
        }
        final Kind kind = kinds.computeIfAbsent(outcome.difference().kind(), _ -> new Kind(name, outcome.difference()));
        kind.count++;
        return kind.count == 1;
    }

    /** Adds the smallest scenario of a kind. */
    void smallest(final SetDifference difference, final SetScenario scenario) {
        kinds.get(difference.kind()).smallest = scenario;
    }

    /** True when both sides agreed in all. */
    boolean isClean() {
        return kinds.isEmpty();
    }

    /** Scenarios that ended with a difference. */
    long differences() {
        return kinds.values().stream().mapToLong(kind -> kind.count).sum();
    }

    /** Packets that both sides were given. */
    long packets() {
        return packets;
    }

    /** Commands that both sides were given. */
    long commands() {
        return commands;
    }

    /** For people. */
    String text() {
        final StringBuilder out = new StringBuilder();
        out.append("setups=").append(scenarios).append(" commands=").append(commands).append(" packets=").append(packets)
                .append(" looks=").append(looks).append(" differences=").append(differences()).append(" kinds=").append(kinds.size()).append('\n');
        out.append("types: ").append(words(types)).append('\n');
        final List<SetType> missing = Arrays.stream(SetType.values()).filter(type -> !types.contains(type)).toList();
        if (!missing.isEmpty()) {
            out.append("not judged, since the kernel here has them not: ").append(words(missing)).append('\n');
        }
        out.append("commands that both refused: ").append(refused).append("; rules that use a set: ").append(uses)
                .append(", of which took a packet: ").append(taken).append('\n');
        if (crashes != 0) {
            out.append("commands in which ipset itself crashed: ").append(crashes).append('\n');
        }
        kinds.forEach((name, kind) -> kind.write(name, out));
        return out.toString();
    }

    private static String words(final List<SetType> list) {
        return list.stream().map(SetType::word).collect(Collectors.joining(" "));
    }

    /** Differences of one kind. Threads: one. */
    private static final class Kind {

        private final String name;
        private final SetDifference first;
        private SetScenario smallest;
        private int count;

        private Kind(final String name, final SetDifference first) {
            this.name = name;
            this.first = first;
        }

        private void write(final String kind, final StringBuilder out) {
            out.append(count).append(" x ").append(kind).append("\n    ").append(name).append(", step ").append(first.step() + 1).append(": ")
                    .append(first.text()).append('\n');
            if (smallest != null && smallest.steps().size() <= MAX_SHOWN) {
                smallest.steps().forEach(step -> out.append("        ").append(step.toString().replace("\n", "\n        ")).append('\n'));
            }
        }
    }
}
