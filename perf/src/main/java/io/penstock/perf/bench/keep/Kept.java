package io.penstock.perf.bench.keep;

import java.util.ArrayList;
import java.util.List;

/**
 * A measurement whose result is kept.
 *
 * @param file    its name in the folder, without {@code .json}
 * @param options of {@code bench}
 */
record Kept(String file, List<String> options) {

    /** All but JMH's: each budget of the engine has one. What one file measures must not change: give another one another name. */
    static final List<Kept> BENCHES = List.of(
            of("engine", "engine"),
            of("engine-ipv6", "engine", "--ipv6"),
            of("engine-table", "engine", "--table"),
            of("engine-routes", "engine", "--routes", "1000000"),
            of("connections-established", "engine", "--connections", "established"),
            of("connections-snat", "engine", "--connections", "snat"),
            of("connections-snat-1000000", "engine", "--connections", "snat", "--flows", "1000000"),
            of("connections-dnat", "engine", "--connections", "dnat"),
            of("connections-new", "engine", "--connections", "new"),
            of("rules-equality", "engine", "--rules", "equality"),
            of("rules-classbench", "engine", "--rules", "classbench"),
            of("rules-overlap", "engine", "--rules", "overlap"),
            of("services-nat", "engine", "--services", "nat"),
            of("services-new", "engine", "--services", "new"),
            of("fib", "fib"),
            of("connection-table", "connections"),
            of("sets", "sets"));

    private static Kept of(final String file, final String... options) {
        return new Kept(file, List.of(options));
    }

    /**
     * The command line, from {@code bench} on.
     *
     * @param quick for moments only
     */
    List<String> command(final boolean quick) {
        final List<String> command = new ArrayList<>(List.of("bench"));
        command.addAll(options);
        if (quick) {
            command.addAll(List.of("--seconds", "0.5"));
            if (options.getFirst().equals("engine")) {
                command.addAll(List.of("--warm-up", "1"));
            }
        }
        return command;
    }
}
