package io.penstock.dataplane.judge;

import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.dataplane.judge.random.SetStep;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Puts scenarios of sets before both sides.
 *
 * <p>Threads: one.
 */
final class SetsJudge implements AutoCloseable {

    /** How long a scenario is made smaller. Unit: ns. A step takes a few runs of less than a second each. */
    private static final long SHRINK_NS = TimeUnit.SECONDS.toNanos(40);

    /** How often a scenario in which time passes is tried. */
    private static final int TRIALS = 3;

    private final Judge judge = new Judge();
    private final ProgramKind program;
    private final List<SetType> types;

    /** A judge of Penstock with programs of a kind. */
    SetsJudge(final ProgramKind program) {
        this.program = program;
        this.types = KernelSetTypes.find();
    }

    /** The types that there are to compare with. */
    List<SetType> types() {
        return types;
    }

    /** Runs both sides; where time passes, more than once if they differ, because the kernel may be held up for as long as a timeout is. */
    SetTrial.Outcome judge(final SetScenario scenario) {
        final SetTrial.Outcome first = once(scenario);
        SetTrial.Outcome last = first;
        for (int i = 1; i < TRIALS && scenario.hasPauses() && last.difference() != null; i++) {
            last = once(scenario);
        }
        return last.difference() == null ? last : first;
    }

    private SetTrial.Outcome once(final SetScenario scenario) {
        try (SetTrial trial = new SetTrial(judge.configuration(scenario.config()), program, scenario)) {
            return trial.run();
        }
    }

    /** The smallest scenario that was found to show a kind of difference. */
    SetScenario shrink(final SetScenario whole, final SetDifference difference) {
        final long startNs = System.nanoTime();
        List<SetStep> least = whole.steps().subList(0, difference.step() + 1);
        for (final List<SetStep> candidate : List.of(upToFirst(whole, least), withLook(whole.steps().subList(0, difference.step() + 1)))) {
            if (shows(whole.with(candidate), difference.kind())) {
                least = candidate;
                break;
            }
        }
        int chunk = least.size() / 2;
        while (chunk > 0) {
            final List<SetStep> before = least;
            for (int to = least.size() - 1; to > 0 && System.nanoTime() - startNs < SHRINK_NS; ) {
                final int from = Math.max(0, to - chunk);
                final List<SetStep> fewer = new ArrayList<>(least);
                fewer.subList(from, to).clear();
                if (shows(whole.with(fewer), difference.kind())) {
                    least = fewer;
                }
                to = from;
            }
            // Single steps again and again: what a step that is gone needed can go as well.
            chunk = chunk > 1 ? chunk / 2 : least == before ? 0 : 1;
        }
        return whole.with(lines(whole, least, difference.kind(), startNs));
    }

    /** With fewer lines in each text of rules and each restored text. */
    private List<SetStep> lines(final SetScenario whole, final List<SetStep> steps, final String kind, final long startNs) {
        List<SetStep> least = steps;
        for (int i = 0; i < steps.size(); i++) {
            List<String> lines = text(steps.get(i)).lines().toList();
            for (int line = lines.size() - 1; line >= 0 && System.nanoTime() - startNs < SHRINK_NS; line--) {
                if (!lines.get(line).startsWith("*") && !lines.get(line).startsWith("COMMIT")) {
                    final List<String> fewer = new ArrayList<>(lines);
                    fewer.remove(line);
                    final List<SetStep> candidate = new ArrayList<>(least);
                    candidate.set(i, with(steps.get(i), String.join("\n", fewer) + '\n'));
                    if (shows(whole.with(candidate), kind)) {
                        least = candidate;
                        lines = fewer;
                    }
                }
            }
        }
        return least;
    }

    private static String text(final SetStep step) {
        return switch (step) {
            case SetStep.Rules rules -> rules.text();
            case SetStep.Command command -> command.input();
            default -> "";
        };
    }

    private static SetStep with(final SetStep step, final String text) {
        return step instanceof final SetStep.Command command ? new SetStep.Command(command.words(), text) : new SetStep.Rules(text);
    }

    /** Without looks but the one behind the step that makes the difference, which looks behind all steps tell. */
    private List<SetStep> upToFirst(final SetScenario whole, final List<SetStep> steps) {
        final List<SetStep> looking = new ArrayList<>();
        for (final SetStep step : steps) {
            looking.add(step);
            if (!(step instanceof SetStep.Look)) {
                looking.add(new SetStep.Look());
            }
        }
        final SetDifference first = once(whole.with(looking)).difference();
        if (first == null) {
            return steps;
        }
        final List<SetStep> plain = new ArrayList<>(looking.subList(0, first.step() + 1));
        plain.removeIf(SetStep.Look.class::isInstance);
        plain.add(new SetStep.Look());
        return plain;
    }

    private static List<SetStep> withLook(final List<SetStep> steps) {
        final List<SetStep> all = new ArrayList<>(steps);
        all.add(new SetStep.Look());
        return all;
    }

    private boolean shows(final SetScenario candidate, final String kind) {
        final SetDifference difference = once(candidate).difference();
        return difference != null && difference.kind().equals(kind);
    }

    @Override
    public void close() {
        judge.close();
    }
}
