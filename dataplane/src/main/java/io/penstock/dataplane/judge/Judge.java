package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Puts cases before both sides.
 *
 * <p>Threads: one.
 */
final class Judge implements AutoCloseable {

    private final Path file;
    private final RuleFiles rules;
    private final ProgramKind program;
    private final ProgramKind other;

    Judge() {
        this(ProgramKind.COMPILED);
    }

    /** A judge of Penstock with programs of a kind. */
    Judge(final ProgramKind program) {
        this(program, program);
    }

    /** A judge of Penstock with programs of a kind, which those of another kind must do the same as. */
    Judge(final ProgramKind program, final ProgramKind other) {
        this.program = program;
        this.other = other;
        try {
            file = Files.createTempFile("penstock-judge-", ".yaml");
            // Also after Ctrl-C; all else that a judge makes goes with the process.
            file.toFile().deleteOnExit();
            rules = new RuleFiles(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What came of a case.
     *
     * @param differences packets with which the sides did not do the same
     * @param unsteady   packets of which one side told the sender and the other did not, the first time, but not when all was
     *                   run once more
     * @param onPurpose  packets with which they did not on purpose, and which purpose
     * @param defects     what else is wrong, a sentence each: packets that the engine lost track of, counters that differ
     * @param ignored     packets that the kernel sent on its own account, which are no answers
     * @param timeMs      when it was, in ms since 1970
     * @param kernelDid   what the kernel did with each packet
     * @param kernel      the kernel's counters
     * @param penstock    the engine's counters
     * @param rules       what the kernel's rules have counted, as iptables-save -c says it, of families that have rules
     * @param connections the kernel's in the end, as conntrack -L says them, of families that have rules where connections are tracked
     * @param logged      lines that the kernel's rules have logged and that were compared
     */
    record Finding(
            List<Difference> differences,
            int unsteady,
            Map<Purpose, Integer> onPurpose,
            List<String> defects,
            long ignored,
            long timeMs,
            List<Reaction> kernelDid,
            Map<String, Long> kernel,
            Map<String, Long> penstock,
            Map<IpFamily, String> rules,
            Map<IpFamily, ConnectionList> connections,
            int logged) {

        /** The same, with packets that differed in a run before. */
        private Finding unsteady(final int packets) {
            return new Finding(differences, packets, onPurpose, defects, ignored, timeMs, kernelDid, kernel, penstock, rules, connections,
                    logged);
        }
    }

    /**
     * Runs both sides and compares. What differs only in messages that are limited by time must do so twice: the engine does the
     * same each time, but the kernel's limits go by a clock that it shares with all else that runs. So must all that differs where rules
     * are given time: the kernel may be held up for longer than their margins.
     */
    Finding judge(final Case subject) {
        final Finding first = once(subject);
        if (first.differences.isEmpty()) {
            return first;
        }
        if (subject.hasPauses()) {
            final Finding second = once(subject);
            return second.differences.isEmpty() ? second.unsteady(first.differences.size()) : first;
        }
        final Finding second = once(subject);
        final List<Difference> steady = first.differences.stream().filter(difference -> !Spent.isAboutLimits(difference)
                || second.differences.stream().anyMatch(other -> other.index() == difference.index())).toList();
        return new Finding(steady, first.differences.size() - steady.size(), first.onPurpose, first.defects, first.ignored,
                first.timeMs, first.kernelDid, first.kernel, first.penstock, first.rules, first.connections, first.logged);
    }

    /**
     * What came of packets that are made while the kernel answers, as of {@link #judge(Case)}.
     *
     * @param arrivals takes the packets
     * @param packets  how many there are at the most
     */
    Finding judge(final ConfigTree config, final Traffic traffic, final List<Arrival> arrivals, final int packets) {
        final Finding first = sides(config, traffic, arrivals, packets, false);
        final Case subject = new Case(config, arrivals);
        if (first.differences.isEmpty() || !subject.hasPauses()) {
            return first;
        }
        final Finding second = once(subject);
        return second.differences.isEmpty() ? second.unsteady(first.differences.size()) : first;
    }

    /** What came of a case, without what is explained by ways that Penstock does not use. */
    private Finding once(final Case subject) {
        final Finding all = sides(subject);
        final ConfigTree used = all.differences.isEmpty() ? null : Multipath.usedOnly(subject.config());
        if (used == null) {
            return all;
        }
        final List<Difference> among = sides(new Case(used, subject.arrivals())).differences;
        final List<Difference> left = all.differences.stream()
                .filter(one -> among.stream().anyMatch(other -> other.index() == one.index())).toList();
        if (left.size() != all.differences.size()) {
            all.onPurpose.put(Purpose.WAYS_WITHOUT_GATEWAY, all.differences.size() - left.size());
        }
        return new Finding(left, 0, all.onPurpose, all.defects, all.ignored, all.timeMs, all.kernelDid, all.kernel, all.penstock,
                all.rules, all.connections, all.logged);
    }

    /** What rules do otherwise in one of the ways in which they run than in another, as defects; the kernel has no part in it. */
    Finding tiers(final Case subject) {
        final long[] times = new long[subject.arrivals().size()];
        final long startMs = System.currentTimeMillis();
        long nowMs = startMs;
        for (int i = 0; i < times.length; i++) {
            nowMs += subject.arrivals().get(i).pauseMs();
            times[i] = TimeUnit.MILLISECONDS.toNanos(nowMs);
        }
        final Configuration configuration = configuration(subject.config());
        final Map<IpFamily, String> counted = new EnumMap<>(IpFamily.class);
        final List<String> defects = RuleTiers.differences(configuration, subject.arrivals(), counted, times);
        return new Finding(List.of(), 0, Map.of(), defects, 0, startMs, List.of(), Map.of(), Map.of(), counted, Map.of(), 0);
    }

    /**
     * Penstock's side.
     *
     * @throws JudgeException  when its rules are refused by both
     * @throws ReplayException when Penstock alone refuses them
     */
    private PenstockRouter penstock(final Configuration configuration) {
        try {
            return new PenstockRouter(configuration, program);
        } catch (final ReplayException e) {
            if (isRuled(configuration)) {
                KernelRouter.create(configuration, _ -> 0, false).close();
            }
            throw e;
        }
    }

    private static boolean isRuled(final Configuration configuration) {
        return configuration.rules4() != null || configuration.rules6() != null;
    }

    private Finding sides(final Case subject) {
        return sides(subject.config(), Traffic.of(subject.arrivals()), new ArrayList<>(), subject.arrivals().size(),
                Case.hasLinks(subject.arrivals()));
    }

    private Finding sides(final ConfigTree config, final Traffic traffic, final List<Arrival> arrivals, final int packets,
            final boolean hasLinks) {
        final Configuration configuration = configuration(config);
        try (PenstockRouter penstock = penstock(configuration);
                KernelRouter kernel = KernelRouter.create(configuration, penstock::mac, hasLinks)) {
            final long[] room = new long[packets];
            final List<Reaction> kernelDid = kernel.run(traffic, arrivals, room);
            final long[] times = Arrays.copyOf(room, arrivals.size());
            final Run run = new Run(arrivals, times, kernelDid, penstock.run(arrivals, kernelDid, times));
            final List<Difference> differences = run.differences(configuration.ports().size());
            final List<String> defects = new ArrayList<>();
            final Map<IpFamily, String> rulesDid = RuleCounts.of(configuration, kernel::rules);
            final int toItself = penstock.connections().isTracked() ? run.errorsToItself() + penstock.turnedToItself() : 0;
            final int answers = penstock.answersToAnswers();
            if (differences.isEmpty() && toItself == 0 && answers == 0) {
                differences.addAll(RuleCounts.differences(run, rulesDid, penstock::rules, defects));
            }
            final Map<IpFamily, ConnectionList> connections = connections(configuration, kernel, penstock.connections());
            if (differences.isEmpty() && toItself == 0) {
                differences.addAll(connectionDifferences(run, connections, penstock.connections(), defects));
            }
            if (differences.isEmpty() && toItself == 0 && !connections.isEmpty()) {
                defects.addAll(connectionCounters(kernel.connectionCounters(), penstock.connections().counters()));
            }
            final Map<String, Long> counters = penstock.counters();
            final Map<String, Long> kernelCounters = kernel.counters();
            if (counters.containsKey("unaccounted")) {
                defects.add("the engine lost track of packets: unaccounted=" + counters.get("unaccounted"));
            }
            final List<Logged> logged = kernel.logged();
            if (differences.isEmpty() && logged != null && answers == 0) {
                defects.addAll(Logged.differences(logged, penstock.logged()));
            }
            if (differences.isEmpty() && isRuled(configuration)) {
                defects.addAll(RuleTiers.batches(configuration, arrivals, times));
            }
            if (other != program) {
                defects.addAll(amongThemselves(configuration, run, counters));
            }
            if (differences.isEmpty() && !isRuled(configuration) && CounterMap.covers(arrivals)) {
                defects.addAll(CounterMap.of(arrivals.getFirst().version(), kernelCounters, counters));
            }
            final Map<Purpose, Integer> onPurpose = new EnumMap<>(Purpose.class);
            if (toItself != 0) {
                onPurpose.put(Purpose.ERROR_TO_ITSELF, toItself);
            }
            if (answers != 0) {
                onPurpose.put(Purpose.ANSWER_TO_ANSWER, answers);
            }
            List<Difference> unexplained = new ArrayList<>();
            for (final Difference difference : differences) {
                final Purpose purpose = Purpose.of(difference, run, penstock);
                if (purpose == null) {
                    unexplained.add(difference);
                } else {
                    onPurpose.merge(purpose, 1, Integer::sum);
                }
            }
            if (!unexplained.isEmpty() && Multipath.isIn(configuration)) {
                unexplained = Multipath.unexplained(configuration, program, run, unexplained);
            }
            return new Finding(unexplained, 0, onPurpose, defects, kernel.ignored(),
                    TimeUnit.NANOSECONDS.toMillis(times.length == 0 ? 0 : times[0]), kernelDid, kernelCounters, counters,
                    rulesDid, connections, logged == null ? 0 : logged.size());
        }
    }

    private static Map<IpFamily, ConnectionList> connections(
            final Configuration configuration, final KernelRouter kernel, final RouterConnections penstock) {
        final Map<IpFamily, ConnectionList> lists = new EnumMap<>(IpFamily.class);
        for (final IpFamily family : IpFamily.values()) {
            if ((family == IpFamily.IPV4 ? configuration.rules4() : configuration.rules6()) != null && penstock.isTracked()) {
                lists.put(family, kernel.connections(family));
            }
        }
        return lists;
    }

    /** The differences in connections, of which the last packet is said to be the cause: one for a family at the most. */
    private static List<Difference> connectionDifferences(final Run run, final Map<IpFamily, ConnectionList> kernel,
            final RouterConnections penstock, final List<String> details) {
        final List<Difference> differences = new ArrayList<>();
        kernel.forEach((family, list) -> {
            final List<String> lines = list.differences(penstock.list(family, list.timeNs()));
            if (!lines.isEmpty() && !run.arrivals().isEmpty()) {
                differences.add(run.atEnd("IPv" + family.version() + ": connections differ"));
            }
            details.addAll(lines);
        });
        return differences;
    }

    private static List<String> connectionCounters(final Map<String, Long> kernel, final Map<String, Long> penstock) {
        return kernel.equals(penstock) ? List.of() : List.of("counters of connections differ: kernel: " + kernel + "  Penstock: " + penstock);
    }

    /** What the other kind of program does otherwise, a sentence each. */
    private List<String> amongThemselves(final Configuration configuration, final Run run, final Map<String, Long> counters) {
        final List<String> defects = new ArrayList<>();
        try (PenstockRouter penstock = new PenstockRouter(configuration, other, null, PenstockRouter.startNs(run.times()))) {
            final List<Reaction> did = penstock.run(run.arrivals(), run.kernel(), run.times());
            new Comparison(configuration.ports().size()).of(run.arrivals(), run.penstock(), did).forEach(difference ->
                    defects.add("the engine's two programs differ: packet=" + (difference.index() + 1) + ": "
                            + difference.kind().replace("kernel ", "").replace("Penstock ", "and ")));
            if (!counters.equals(penstock.counters())) {
                defects.add("the engine's two programs count otherwise: " + counters + " and " + penstock.counters());
            }
        }
        return defects;
    }

    /** The configuration of a tree, through the reader that everybody uses. */
    Configuration configuration(final ConfigTree tree) {
        try {
            Files.writeString(file, rules.inFiles(withDefaults(tree)).toString());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ConfigurationBuilder().file(file).build();
    }

    /** The configuration with those of {@link KernelSysctls#DEFAULTS} that it says nothing of. */
    private static ConfigTree withDefaults(final ConfigTree tree) {
        final ConfigTree whole = tree.copy();
        final Map<String, Object> sysctl = whole.map("sysctl");
        final Map<String, Object> own = new LinkedHashMap<>(sysctl);
        sysctl.clear();
        sysctl.putAll(KernelSysctls.DEFAULTS);
        sysctl.putAll(own);
        return whole;
    }

    @Override
    public void close() {
        try {
            rules.delete();
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
