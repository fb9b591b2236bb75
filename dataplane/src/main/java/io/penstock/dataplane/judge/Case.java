package io.penstock.dataplane.judge;

import java.util.List;

/**
 * What both sides are given.
 *
 * @param config   the configuration
 * @param arrivals packets, in the order in which they come
 */
public record Case(ConfigTree config, List<Arrival> arrivals) {

    /** Copies what could change; a configuration is not changed once it is in a case. */
    public Case {
        arrivals = List.copyOf(arrivals);
    }
}
