package io.penstock.dataplane.judge;

import java.util.List;

/**
 * What both sides are given.
 *
 * @param config   the configuration
 * @param arrivals packets, in the order in which they come: all with a link header, or none
 */
public record Case(ConfigTree config, List<Arrival> arrivals) {

    /** Copies what could change; a configuration is not changed once it is in a case. */
    public Case {
        arrivals = List.copyOf(arrivals);
    }

    /** True when packets have link headers. */
    static boolean hasLinks(final List<Arrival> arrivals) {
        return !arrivals.isEmpty() && arrivals.getFirst().link() != null;
    }

    /** True when time passes between packets, by which rules may go. */
    boolean hasPauses() {
        return arrivals.stream().anyMatch(arrival -> arrival.pauseMs() > 0);
    }
}
