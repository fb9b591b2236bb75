package io.penstock.perf.bench.measure;

import io.penstock.dataplane.run.ThreadPlacement;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of commands that measure look-ups: how often, how long, where, and in which form the result is told. */
public final class LookupRuns {

    private static final int MAX_RUNS = 1_000;
    private static final double MIN_SECONDS = 0.01;
    private static final double MAX_SECONDS = 3_600;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Measured runs (default ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "0.5",
            description = "How long a run lasts, for each way of looking up (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--cpu", paramLabel = "N", description = "Where to measure. Default: the last CPU there is.")
    private Integer cpu;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    /** Refuses what is not possible. */
    public void check(final CommandSpec spec) {
        Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        Options.checkSeconds(spec, "--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
        if (cpu != null && cpu < 0) {
            throw Options.usage(spec, "--cpu=" + cpu + " is no CPU; CPUs are counted from 0");
        }
    }

    /** Whether the peer that was asked for is DPDK; refuses others. */
    public static boolean isDpdk(final CommandSpec spec, final String against) {
        return switch (against) {
            case "none" -> false;
            case "dpdk" -> true;
            default -> throw Options.usage(spec, "there is no peer '" + against + "'; supported are none, dpdk");
        };
    }

    public int runs() {
        return runs;
    }

    public double seconds() {
        return seconds;
    }

    public int cpu() {
        return cpu == null ? ThreadPlacement.choose(1).getFirst() : cpu;
    }

    public boolean isJson() {
        return json;
    }
}
