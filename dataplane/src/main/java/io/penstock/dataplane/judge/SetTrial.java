package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.dataplane.judge.random.SetStep;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.os.sys.SysException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A scenario of sets before both sides: the kernel's, and Penstock's with packets one by one and in batches. It ends with the first difference,
 * behind which all would differ.
 *
 * <p>Threads: one.
 */
final class SetTrial implements AutoCloseable {

    /** What of a message differs between cases of one cause. */
    private static final Pattern DETAIL = Pattern.compile("0x[0-9a-f]+|[0-9a-f:.]*[0-9][0-9a-f:./-]*");

    private static final String IN_BATCHES = "with packets in batches: ";
    /** From here on a shell tells the number of the signal that ended a command. */
    private static final int KILLED = 128;
    /** Of a failure, so many calls are told. */
    private static final int FRAMES = 3;
    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SetScenario scenario;
    private final KernelRouter kernel;
    private final KernelShell shell;
    private final PenstockRouter penstock;
    private final PenstockSets sets;
    private final PenstockRouter batches;
    private final PenstockSets batchSets;
    private final Comparison comparison;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<Reaction> kernelDid = new ArrayList<>();
    private final List<Reaction> penstockDid = new ArrayList<>();
    private int commands;
    private int looks;
    private int crashes;
    /** How long the kernel had a command, or packets in a row, at the most. */
    private long slowestNs;
    private boolean hasCrashed;
    private int refused;
    private int uses;
    private int taken;
    private String counted = "";
    private boolean isRuled;
    private boolean isFresh = true;

    /**
     * What came of a scenario.
     *
     * @param difference the first one, or null
     * @param commands   of sets that were compared
     * @param packets    that were
     * @param looks      how often all sets were
     * @param crashes    how often the kernel's ipset has crashed, so that there was nothing to compare
     * @param refused    commands that both sides refused
     * @param uses       rules that use a set
     * @param taken      those of them that took a packet
     */
    record Outcome(SetDifference difference, int commands, int packets, int looks, int crashes, int refused, int uses, int taken) {
    }

    SetTrial(final Configuration configuration, final ProgramKind program, final SetScenario scenario) {
        this.scenario = scenario;
        this.comparison = new Comparison(configuration.ports().size());
        final List<AutoCloseable> made = new ArrayList<>();
        try {
            penstock = new PenstockRouter(configuration, program);
            made.add(penstock);
            batches = new PenstockRouter(configuration, program);
            made.add(batches);
            kernel = KernelRouter.create(configuration, penstock::mac, scenario.hasLinks());
            made.add(kernel);
            shell = kernel.shell();
        } catch (final RuntimeException e) {
            made.reversed().forEach(SetTrial::close);
            throw e;
        }
        sets = new PenstockSets(penstock);
        batchSets = new PenstockSets(batches);
    }

    /** Runs it. */
    Outcome run() {
        SetDifference difference = null;
        int step = 0;
        while (step < scenario.steps().size() && difference == null && !hasCrashed) {
            final int behind = behind(step);
            try {
                difference = steps(step, behind);
            } catch (final JudgeException | SysException e) {
                throw e;
            } catch (final RuntimeException e) {
                difference = new SetDifference(step, "fails: " + e.getClass().getSimpleName(),
                        e + " at " + Arrays.asList(e.getStackTrace()).subList(0, FRAMES));
            }
            step = behind;
        }
        if (difference == null) {
            difference = Stream.of(penstock, batches).filter(router -> router.counters().containsKey("unaccounted")).findFirst().map(router ->
                    new SetDifference(scenario.steps().size() - 1, "the engine lost track of packets", "" + router.counters())).orElse(null);
        }
        return new Outcome(difference, commands, arrivals.size(), looks, crashes, refused, uses, taken);
    }

    /** Packets in a row go together. */
    private int behind(final int step) {
        int behind = step + 1;
        while (scenario.steps().get(step) instanceof SetStep.Packet && behind < scenario.steps().size()
                && scenario.steps().get(behind) instanceof SetStep.Packet) {
            behind++;
        }
        return behind;
    }

    private SetDifference steps(final int from, final int to) {
        final List<SetStep> steps = scenario.steps().subList(from, to);
        return steps.size() == 1 ? step(from, steps.getFirst())
                : packets(from, steps.stream().map(step -> ((SetStep.Packet) step).arrival()).toList());
    }

    private SetDifference step(final int index, final SetStep step) {
        return switch (step) {
            case SetStep.Command command -> command(index, command);
            case SetStep.Rules rules -> rules(index, rules);
            case SetStep.Pause pause -> {
                KernelRouter.pause(pause.ms());
                yield null;
            }
            case SetStep.Look _ -> look(index);
            case SetStep.Packet packet -> packets(index, List.of(packet.arrival()));
        };
    }

    /** Penstock's clock is set by the kernel's. */
    private void now() {
        final long nowNs = kernel.nowNs();
        penstock.at(nowNs);
        batches.at(nowNs);
    }

    private ToolAnswer kernelIpset(final List<String> words, final String input) {
        final List<String> all = new ArrayList<>(words);
        all.addFirst("ipset");
        final long startNs = System.nanoTime();
        final ToolAnswer answer = shell.run(all, input);
        slowestNs = Math.max(slowestNs, System.nanoTime() - startNs);
        return answer;
    }

    /**
     * Penstock's clock stands where the kernel's command began, and that of batches where their first packet came: what is added and told may be as
     * much older as the kernel was held up.
     */
    private long toleratedSeconds() {
        return 1 + (slowestNs + NS_PER_SECOND / 2) / NS_PER_SECOND;
    }

    private SetDifference command(final int index, final SetStep.Command command) {
        commands++;
        isFresh &= command.words().contains("create") || command.words().contains("-N");
        now();
        final ToolAnswer theirs = kernelIpset(command.words(), command.input());
        final ToolAnswer ours = sets.ipset(command.words(), command.input());
        final ToolAnswer batched = batchSets.ipset(command.words(), command.input());
        if (theirs.status() >= KILLED && ours.status() != 0) {
            // ipset itself has crashed, as it does over icmp: in a bitmap of ports; in a restored text with what it had not yet sent.
            hasCrashed = !command.input().isEmpty();
            crashes++;
            return null;
        }
        final SetDifference difference = compare(index, verb(command), theirs, ours);
        return difference != null || ours.status() == batched.status() && ours.err().equals(batched.err()) ? difference
                : new SetDifference(index, IN_BATCHES + verb(command), "one by one: " + ours.words() + "  in batches: " + batched.words());
    }

    private SetDifference compare(final int index, final String what, final ToolAnswer theirs, final ToolAnswer ours) {
        if (theirs.status() != ours.status() || !isSame(theirs.err(), ours.err())) {
            return new SetDifference(index, what + ": kernel " + kind(theirs) + ", Penstock " + kind(ours),
                    "kernel: " + theirs.words() + "  Penstock: " + ours.words());
        }
        refused += theirs.status() == 0 ? 0 : 1;
        final String listed = SetListing.difference(theirs.out(), ours.out(), isFresh, toleratedSeconds());
        return listed == null ? null : new SetDifference(index, what + ": says otherwise", listed);
    }

    /** Penstock says, on a line more, who uses a set that is in use. */
    private static boolean isSame(final String theirs, final String ours) {
        return theirs.equals(ours) || theirs.contains(" in use") && ours.startsWith(theirs);
    }

    private static String verb(final SetStep.Command command) {
        return "ipset " + command.words().stream()
                .filter(word -> !word.startsWith("-") || word.length() == 2 && Character.isUpperCase(word.charAt(1))).findFirst().orElse("");
    }

    private static String kind(final ToolAnswer answer) {
        return answer.status() + (answer.err().isBlank() ? "" : " " + DETAIL.matcher(answer.err().strip()).replaceAll("#"));
    }

    private SetDifference rules(final int index, final SetStep.Rules rules) {
        isRuled = true;
        tally();
        now();
        final ToolAnswer theirs = shell.run(List.of(scenario.family().tool() + "-legacy-restore", "-w"), rules.text());
        final ToolAnswer ours = sets.restore(scenario.family(), rules.text());
        batchSets.restore(scenario.family(), rules.text());
        return theirs.status() == ours.status() ? null : new SetDifference(index, "rules: kernel " + theirs.status() + ", Penstock " + kind(ours),
                "kernel: " + theirs.words() + "  Penstock: " + ours.words());
    }

    /** Counts rules that are about to go. */
    private void tally() {
        counted.lines().filter(line -> line.contains("--match-set ") || line.contains(" -j SET ")).forEach(line -> {
            uses++;
            taken += line.startsWith("[0:0]") ? 0 : 1;
        });
        counted = "";
    }

    private SetDifference packets(final int index, final List<Arrival> given) {
        final long[] room = new long[given.size()];
        final long startNs = System.nanoTime();
        final List<Reaction> theirs = kernel.run(Traffic.of(given), new ArrayList<>(), room);
        slowestNs = Math.max(slowestNs, System.nanoTime() - startNs);
        final List<Reaction> ours = penstock.run(given, theirs, room);
        batches.runInBatches(given, room);
        arrivals.addAll(given);
        Arrays.stream(room).forEach(times::add);
        kernelDid.addAll(theirs);
        penstockDid.addAll(ours);
        final Run run = new Run(arrivals, times.stream().mapToLong(Long::longValue).toArray(), kernelDid, penstockDid);
        for (int i = 0; i < given.size(); i++) {
            final Difference difference = comparison.of(arrivals.size() - given.size() + i, given.get(i), theirs.get(i), ours.get(i));
            if (difference != null && Purpose.of(difference, run, penstock) == null) {
                return new SetDifference(index + i, "packet: " + difference.kind(), Findings.words(difference));
            }
        }
        return null;
    }

    /** All that can be seen of both sides. */
    private SetDifference look(final int index) {
        looks++;
        now();
        final List<String> words = List.of(looks % 2 == 0 ? "list" : "save");
        final ToolAnswer theirs = kernelIpset(words, "");
        final ToolAnswer ours = sets.ipset(words, "");
        SetDifference difference = compare(index, "look: ipset", theirs, ours);
        if (difference == null) {
            final String batched = SetListing.difference(ours.out(), batchSets.ipset(words, "").out(), false, toleratedSeconds());
            difference = batched == null ? null : new SetDifference(index, IN_BATCHES + "sets differ", amongThemselves(batched));
        }
        return difference == null && isRuled ? counters(index) : difference;
    }

    private SetDifference counters(final int index) {
        final String ours = penstock.rules(scenario.family());
        counted = shell.run(List.of(scenario.family().tool() + "-legacy-save", "-c"), "").out();
        final List<String> lines = RuleCounts.lines(counted, ours);
        if (!lines.isEmpty()) {
            return new SetDifference(index, "look: counters of rules", String.join("\n    ", lines));
        }
        final List<String> among = RuleCounts.lines(ours, batches.rules(scenario.family()));
        return among.isEmpty() ? null : new SetDifference(index, IN_BATCHES + "counters of rules", amongThemselves(String.join("\n    ", among)));
    }

    private static String amongThemselves(final String text) {
        return text.replace("kernel:", "one by one:").replace("Penstock:", "in batches:");
    }

    @Override
    public void close() {
        shell.close();
        kernel.close();
        batches.close();
        penstock.close();
    }

    private static void close(final AutoCloseable one) {
        try {
            one.close();
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new JudgeException("cannot close: " + e, e);
        }
    }
}
