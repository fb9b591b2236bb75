package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What of a plan is about parts of the engine: tables beside others' tables, sets, and tables that change.
 *
 * <p>Threads: one.
 */
final class TablePlan {

    private final boolean quick;

    TablePlan(final boolean quick) {
        this.quick = quick;
    }

    List<Measurement> measurements() {
        final List<Measurement> all = new ArrayList<>();
        all.add(Measurement.of("update", "a table of 11,008 rules replaced under load", quick ? 16 : 30, command("update", "--scenario", "restore",
                "--restores", quick ? "3" : "10")).times(quick ? 2 : 3));
        if (!quick) {
            all.add(Measurement.of("update-changes", "single rules of 10,000 changed under load", 40, command("update", "--scenario", "changes")));
            all.add(Measurement.of("sets-match", "what -m set costs a packet", 120, command("sets", "--scenario", "match")));
        }
        all.add(Measurement.of("fib", "look-ups of routes", quick ? 9 : 60, quick
                ? command("fib", "--routes", "100000", "--runs", "3", "--seconds", "0.3") : command("fib", "--routes", "1000,100000,1000000"))
                .beside(Need.DPDK_FIB, "--against", "dpdk"));
        all.add(Measurement.of("connection-table", "look-ups of connections", quick ? 28 : 90, quick
                ? command("connections", "--connections", "393216", "--runs", "1", "--seconds", "0.3")
                : command("connections", "--connections", "16384,393216,1000000")).beside(Need.DPDK_HASH, "--against", "dpdk"));
        return all;
    }

    private static String[] command(final String name, final String... arguments) {
        final List<String> all = new ArrayList<>(List.of("bench", name));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }
}
