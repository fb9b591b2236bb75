package io.penstock.perf.bench.lab;

import java.util.List;

/**
 * A round of a measurement, as it is to be made on this machine.
 *
 * @param round   from 1
 * @param command the child's whole command line, from {@code bench} on
 * @param absent  why it is not made, or null
 */
record Step(Measurement measurement, int round, List<String> command, String absent) {

    /** Names its file. */
    String name() {
        return round == 1 ? measurement.id() : measurement.id() + "." + round;
    }
}
