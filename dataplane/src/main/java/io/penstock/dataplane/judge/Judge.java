package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.program.ProgramKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** Packets of a case that are tried one by one, each in namespaces of its own: more take long and tell no more. */
    private static final int MAX_SINGLE = 100;

    private final Path file;
    private final ProgramKind program;

    Judge() {
        this(ProgramKind.COMPILED);
    }

    /** A judge of Penstock with programs of a kind. */
    Judge(final ProgramKind program) {
        this.program = program;
        try {
            file = Files.createTempFile("penstock-judge-", ".yaml");
            // Also after Ctrl-C; all else that a judge makes goes with the process.
            file.toFile().deleteOnExit();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What came of a case.
     *
     * @param differences packets with which the sides did not do the same
     * @param unsteady   packets with which they did not do the same the first time, but did when all was run once more
     * @param onPurpose  packets with which they did not on purpose, and which purpose
     * @param defects     what else is wrong, a sentence each: packets that the engine lost track of, counters that differ
     * @param ignored     packets that the kernel sent on its own account, which are no answers
     * @param timeMs      when it was, in ms since 1970
     * @param kernelDid   what the kernel did with each packet
     * @param kernel      the kernel's counters
     * @param penstock    the engine's counters
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
            Map<String, Long> penstock) {
    }

    /**
     * Runs both sides and compares. What differs must do so twice: the engine does the same each time, but the kernel's limits go
     * by a clock that it shares with all else that runs.
     */
    Finding judge(final Case subject) {
        final Finding first = once(subject);
        if (first.differences.isEmpty()) {
            return first;
        }
        final Finding second = once(subject);
        final List<Difference> steady = first.differences.stream().filter(difference -> second.differences.stream()
                .anyMatch(other -> other.index() == difference.index())).toList();
        return new Finding(steady, first.differences.size() - steady.size(), first.onPurpose, first.defects, first.ignored,
                first.timeMs, first.kernelDid, first.kernel, first.penstock);
    }

    private Finding once(final Case subject) {
        final Configuration configuration = configuration(subject.config());
        try (PenstockRouter penstock = new PenstockRouter(configuration, program);
                KernelRouter kernel = KernelRouter.create(configuration, penstock::mac)) {
            final long[] times = new long[subject.arrivals().size()];
            final List<Reaction> kernelDid = kernel.run(subject.arrivals(), times);
            final List<Reaction> penstockDid = penstock.run(subject.arrivals(), times);
            final Comparison comparison = new Comparison(configuration.ports().size());
            final List<Difference> differences = comparison.of(subject.arrivals(), kernelDid, penstockDid);
            final Map<String, Long> counters = penstock.counters();
            final Map<String, Long> kernelCounters = kernel.counters();
            final List<String> defects = new ArrayList<>();
            if (counters.containsKey("unaccounted")) {
                defects.add("the engine lost track of packets: unaccounted=" + counters.get("unaccounted"));
            }
            if (differences.isEmpty() && subject.arrivals().stream().allMatch(CounterMap::covers)) {
                defects.addAll(CounterMap.ipv4(kernelCounters, counters));
            }
            final Map<Purpose, Integer> onPurpose = new EnumMap<>(Purpose.class);
            final List<Difference> unexplained = otherWays(subject.config(), differences);
            unexplained.removeIf(difference -> {
                final Purpose purpose = Purpose.of(difference, penstock, configuration.ports().size());
                if (purpose != null) {
                    onPurpose.merge(purpose, 1, Integer::sum);
                }
                return purpose != null;
            });
            return new Finding(unexplained, 0, onPurpose, defects, kernel.ignored(),
                    TimeUnit.NANOSECONDS.toMillis(times.length == 0 ? 0 : times[0]), kernelDid, kernelCounters, counters);
        }
    }

    /** Those differences that are left when the kernel has only one way each time, whichever it is. */
    private List<Difference> otherWays(final ConfigTree config, final List<Difference> differences) {
        final Flows flows = new Flows();
        List<Difference> left = differences;
        for (final ConfigTree variant : left.isEmpty() ? List.<ConfigTree>of() : Multipath.variants(config)) {
            left = left.isEmpty() ? left : unexplained(config, variant, left, flows);
        }
        final List<Difference> still = new ArrayList<>();
        int tried = 0;
        for (final Difference difference : left) {
            final List<ConfigTree> variants =
                    tried == MAX_SINGLE ? List.of() : Multipath.variants(config, difference.arrival());
            tried += variants.isEmpty() ? 0 : 1;
            List<Difference> one = List.of(difference);
            for (final ConfigTree variant : variants) {
                one = one.isEmpty() ? one : unexplained(config, variant, one, flows);
            }
            still.addAll(one);
        }
        return still;
    }

    /** Both sides once more, so that times and limits are the same, Penstock still with all ways. */
    private List<Difference> unexplained(
            final ConfigTree config, final ConfigTree variant, final List<Difference> differences, final Flows flows) {
        final Configuration configuration = configuration(variant);
        final List<Difference> still = new ArrayList<>();
        try (PenstockRouter penstock = new PenstockRouter(configuration(config), program);
                KernelRouter kernel = KernelRouter.create(configuration, penstock::mac)) {
            final List<Arrival> arrivals = differences.stream().map(Difference::arrival).toList();
            final long[] times = new long[arrivals.size()];
            final List<Reaction> did = kernel.run(arrivals, times);
            final List<Reaction> own = penstock.run(arrivals, times);
            final Comparison comparison = new Comparison(configuration.ports().size());
            for (int i = 0; i < differences.size(); i++) {
                final Difference one = differences.get(i);
                final Difference again = comparison.of(i, one.arrival(), did.get(i), own.get(i));
                if (again != null && Purpose.of(again, penstock, configuration.ports().size()) == null) {
                    still.add(one);
                } else if (!flows.isConstant(one.arrival(), own.get(i))) {
                    still.add(new Difference(one.index(), one.arrival(), one.kernel(), one.penstock(),
                            "IPv" + one.arrival().version() + ": packets of one flow go several ways"));
                }
            }
            return still;
        } catch (final JudgeException e) {
            if (e.exitCode() == ExitCode.CONFIGURATION_REFUSED) {
                // One way alone may be what the kernel takes for a mistake: then it explains nothing.
                return differences;
            }
            throw e;
        }
    }

    /** The configuration of a tree, through the reader that everybody uses. */
    Configuration configuration(final ConfigTree tree) {
        try {
            Files.writeString(file, withDefaults(tree).toString());
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
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
