package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Penstock is to reach, of one worker and 64-byte frames unless said otherwise, and which measurement tells. Speeds are of the
 * time that the worker had its CPU: on shared virtual CPUs the rest is somebody else's.
 */
enum Budget {

    FORWARD("IPv4 forwarding, hooks there and empty", "Mpps", true, 20, 45, "engine-forward", Budget.SPEED, "forward"),
    ESTABLISHED("+ connection tracking, established, `ESTABLISHED -j ACCEPT`, 16,384 flows", "Mpps", true, 12, 25,
            "engine-established-16k", Budget.SPEED, "established"),
    SNAT("+ SNAT, 16,384 flows", "Mpps", true, 9, 16, "engine-snat-16k", Budget.SPEED, "snat"),
    SNAT_MILLION("+ SNAT, 1,000,000 flows", "Mpps", true, 5, 8, "engine-snat-1m", Budget.SPEED, "snat"),
    EQUALITY("10,000 rules by equality, the last one matches", "Mpps", true, 7, 15, "rules-equality-10000", Budget.SPEED, "rules"),
    EQUALITY_RATIO("10,000 rules by equality: a packet's cost against that with 10", Budget.TIMES, false, Double.NaN, 1.5,
            "rules-equality-10000", Budget.SPEED, "rules") {
        @Override
        Figure figure(final Findings findings) {
            return ratio(findings, "rules-equality-10");
        }
    },
    CLASSBENCH("10,000 rules like ClassBench's, the last one matches", "Mpps", true, 7, 15, "rules-classbench-10000", Budget.SPEED, "rules"),
    CLASSBENCH_RATIO("10,000 rules like ClassBench's: a packet's cost against that with 10", Budget.TIMES, false, Double.NaN, 1.5,
            "rules-classbench-10000", Budget.SPEED, "rules") {
        @Override
        Figure figure(final Findings findings) {
            return ratio(findings, "rules-classbench-10");
        }
    },
    OVERLAP("10,000 rules that overlap adversarially (to be stated, without a bound)", "Mpps", true, Double.NaN, Double.NaN,
            "rules-overlap-10000", Budget.SPEED, "rules"),
    NEW("new connections a second, through 1,000 rules, with SNAT", "a second", true, 1_000_000, 3_000_000, "engine-new", Budget.SPEED, "new") {
        @Override
        Figure figure(final Findings findings) {
            final Figure mpps = super.figure(findings);
            return mpps == null ? null : mpps.times(1e6);
        }
    },
    SERVICE("virtual service, NAT, 10 real servers, established", "Mpps", true, 12, 22, "service-nat", Budget.SPEED, "service"),
    ALLOCATION("bytes allocated for a packet, the most of all engine measurements", "bytes", false, Budget.NO_BYTE, Budget.NO_BYTE,
            "engine-forward", "allocated_bytes_per_packet", null) {
        @Override
        Figure figure(final Findings findings) {
            final double[] all = findings.plan().stream().map(Measurement::id).filter(Budget::allocates)
                    .flatMap(id -> findings.reports(id).stream()).map(report -> report.number("allocated_bytes_per_packet")).filter(bytes -> bytes != null)
                    .mapToDouble(Double::doubleValue).toArray();
            return all.length == 0 ? null : Figure.of(all.length, Arrays.stream(all).max().orElseThrow());
        }
    },
    UPDATE_LOSS("a table of 10,000 rules replaced under load: packets lost in any way, the most of all rounds", "packets", false, 0, 0, "update",
            "lost_in_any_way", null) {
        @Override
        Figure figure(final Findings findings) {
            return most(findings);
        }

        @Override
        Judgement judge(final Findings findings) {
            return evenFailed(findings, super.judge(findings));
        }
    },
    UPDATE_BATCH("the same: the worker's CPU time for the slowest batch of all rounds", "us", false, 1_000, Double.NaN, "update", "slowest_batch_us", null) {
        @Override
        Figure figure(final Findings findings) {
            return most(findings);
        }

        @Override
        Judgement judge(final Findings findings) {
            return evenFailed(findings, super.judge(findings));
        }
    },
    UPDATE_STEP("the same: 95 % of batches at most, against the same rules at rest (a quarter more is a visible step)", Budget.TIMES, false, Double.NaN, 1.25,
            "update", "step", null) {
        @Override
        String why(final Findings findings) {
            final String phases = Stream.of(phase(findings, "command_batch_us", "while the command ran"),
                    phase(findings, "making_batch_us", "until its class was in force"), phase(findings, "rest_batch_us", "half a second from then on"))
                    .filter(words -> !words.isEmpty()).collect(Collectors.joining(", "));
            final Figure quiet = findings.figure("update", "quiet_batch_us.p95");
            return phases.isEmpty() || quiet == null ? "" : String.format(Locale.ROOT, "95 %% of batches at most: %.1f us at rest, %s.", quiet.median(), phases);
        }

        private String phase(final Findings findings, final String phase, final String words) {
            final Figure figure = findings.figure("update", phase + ".p95");
            return figure == null ? "" : String.format(Locale.ROOT, "%.1f %s", figure.median(), words);
        }
    },
    WIRE("over veth, connections and SNAT, against testpmd's plain forwarding beside it", Budget.TIMES, true, 0.9, 3, Budget.BESIDE, "ratio", null) {
        @Override
        List<String> limits(final Findings findings) {
            return Stream.of(limit(findings, Budget.BESIDE, "mpps", "Penstock"), limit(findings, Budget.BESIDE, "peer_mpps", "testpmd"))
                    .filter(each -> !each.isEmpty()).toList();
        }

        @Override
        String why(final Findings findings) {
            final String own = worker(findings, "");
            final String peer = worker(findings, "peer_");
            // A worker that another one limits polls in vain, and that is no packet's time.
            return own.isEmpty() || peer.isEmpty() || !limits(findings).isEmpty() ? "" : "Penstock's worker spends on a packet " + own + "; testpmd's " + peer
                    + ". In the kernel a packet is copied and passes veth, whoever sends it.";
        }

        private String worker(final Findings findings, final String whose) {
            final Figure mpps = findings.figure(Budget.BESIDE, whose + "mpps");
            final Figure kernel = findings.figure(Budget.BESIDE, whose + "worker_kernel_share");
            final Figure cpu = findings.figure(Budget.BESIDE, whose + "worker_cpu");
            if (mpps == null || kernel == null || cpu == null) {
                return "";
            }
            final double ns = 1e3 * cpu.median() / mpps.median();
            return String.format(Locale.ROOT, "%,.0f ns in the kernel and %,.0f ns in its own code", ns * kernel.median(), ns * (1 - kernel.median()));
        }
    };

    /** What the tests hold too: a byte for 1,000 packets is the JVM's own, as when a thread is asked for its times. */
    private static final double NO_BYTE = 0.001;
    private static final String SPEED = "mpps_cpu";
    private static final String TIMES = "times";
    private static final String BESIDE = "wire-snat-testpmd";

    private final String title;
    private final String unit;
    private final boolean isHigherBetter;
    private final double first;
    private final double goal;
    private final String measurement;
    private final String path;
    private final String profile;

    Budget(final String title, final String unit, final boolean isHigherBetter, final double first, final double goal,
            final String measurement, final String path, final String profile) {
        this.title = title;
        this.unit = unit;
        this.isHigherBetter = isHigherBetter;
        this.first = first;
        this.goal = goal;
        this.measurement = measurement;
        this.path = path;
        this.profile = profile;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    /** What is to be reached first; not a number where nothing is. */
    double first() {
        return first;
    }

    /** What is to be reached in the end; not a number where nothing more is. */
    double goal() {
        return goal;
    }

    /** Whether it is how many times one measurement is another's. */
    boolean isRatio() {
        return unit.equals(TIMES);
    }

    /** Whether it is a speed, or made of speeds, of which the rounds tell how they differ. */
    boolean isSpeed() {
        return path.equals(SPEED);
    }

    boolean isHigherBetter() {
        return isHigherBetter;
    }

    /** Where in the measurement's JSON it is. */
    String path() {
        return path;
    }

    /** The measurements that tell. */
    List<String> measurements() {
        return List.of(measurement);
    }

    /** The profile that tells why it is not met: {@code profile-NAME}'s; null where none does. */
    String profile() {
        return profile;
    }

    /** What was measured, or null. */
    Figure figure(final Findings findings) {
        return findings.figure(measurement, path);
    }

    /** What else than a device bounded one of its figures, a sentence each. */
    List<String> limits(final Findings findings) {
        return List.of();
    }

    /** What stands in the way of its next bound, where a result tells that itself; empty where it does not. */
    String why(final Findings findings) {
        return "";
    }

    /** What it comes to. */
    Judgement judge(final Findings findings) {
        final Figure figure = figure(findings);
        if (figure == null) {
            return new Judgement(this, null, Judgement.Kind.NOT_MEASURED, measurements().stream().map(findings::whyNot)
                    .filter(why -> why != null).findFirst().orElse("its figure is missing from the result: path=" + path));
        }
        if (Double.isNaN(first) && Double.isNaN(goal)) {
            return new Judgement(this, figure, Judgement.Kind.STATED, "");
        }
        final boolean goalMet = !Double.isNaN(goal) && reaches(figure.median(), goal);
        final boolean firstMet = goalMet || !Double.isNaN(first) && reaches(figure.median(), first);
        final double border = goalMet || Double.isNaN(first) ? goal : first;
        final boolean narrow = !reaches(isHigherBetter ? figure.least() : figure.most(), border)
                && reaches(isHigherBetter ? figure.most() : figure.least(), border);
        final List<String> remarks = new ArrayList<>(limits(findings));
        if (narrow) {
            remarks.add("the spread reaches across the bound of " + Judgement.number(border));
        }
        measurements().stream().map(findings::doubt).filter(doubt -> !doubt.isEmpty()).forEach(remarks::add);
        return new Judgement(this, figure, goalMet ? Judgement.Kind.GOAL_MET : firstMet ? Judgement.Kind.MET : Judgement.Kind.NOT_MET,
                String.join("; ", remarks));
    }

    private boolean reaches(final double value, final double bound) {
        return isHigherBetter ? value >= bound : value <= bound;
    }

    /** The most of all rounds, also of those that failed: that may be why. */
    Figure most(final Findings findings) {
        final Figure rounds = findings.figureEvenFailed(measurement, path);
        return rounds == null ? null : Figure.of(rounds.processes(), rounds.most());
    }

    /** Of rounds that failed, that the bound was missed counts; that it was not, does not. */
    Judgement evenFailed(final Findings findings, final Judgement judgement) {
        final List<String> failures = findings.outcomes(measurement).stream().filter(outcome -> !outcome.isDone()).map(Outcome::failure).distinct()
                .toList();
        if (failures.isEmpty() || judgement.figure() == null) {
            return judgement;
        }
        final String why = String.join("; ", failures);
        return judgement.kind() == Judgement.Kind.NOT_MET ? new Judgement(this, judgement.figure(), Judgement.Kind.NOT_MET, why)
                : new Judgement(this, null, Judgement.Kind.NOT_MEASURED, "failed: " + why);
    }

    /** A packet's cost against that of fewer rules: speeds the other way round. */
    Figure ratio(final Findings findings, final String fewer) {
        final Figure many = findings.figure(measurement, path);
        final Figure few = findings.figure(fewer, path);
        return many == null || few == null ? null : few.over(many);
    }

    private static String limit(final Findings findings, final String measurement, final String path, final String whose) {
        final String limit = KeyFigure.limit(findings, measurement, path);
        return limit == null || limit.equals(KeyFigure.DEVICE) ? "" : "the " + limit + " was the limit of " + whose + ", whose own is higher";
    }

    private static boolean allocates(final String id) {
        return id.startsWith("engine-") || id.startsWith("rules-") || id.startsWith("service-");
    }
}
