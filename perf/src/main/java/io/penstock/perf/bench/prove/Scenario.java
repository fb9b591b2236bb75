package io.penstock.perf.bench.prove;

import java.util.ArrayList;
import java.util.List;

/**
 * A path that packets take, and what is made worse on it.
 *
 * @param name    for people
 * @param options of {@code bench engine}
 */
record Scenario(String name, List<String> options) {

    /** What every flow goes through: its connection is found, its source translated, a rule asked. Other rules would take nothing. */
    static final String RULES = """
            *nat
            -A POSTROUTING -j SNAT --to-source 192.0.2.2-192.0.2.9
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
            -A FORWARD -j DROP
            COMMIT
            """;

    /** The measurement of it, with this injected, or null. */
    List<String> command(final double seconds, final String inject) {
        final List<String> command = new ArrayList<>(List.of("bench", "engine", "--seconds", Double.toString(seconds)));
        command.addAll(options);
        if (inject != null) {
            command.addAll(List.of("--inject", inject));
        }
        return command;
    }
}
