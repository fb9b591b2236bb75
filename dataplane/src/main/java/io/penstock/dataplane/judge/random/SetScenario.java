package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.rules.api.IpFamily;
import java.util.List;

/**
 * Sets, commands about them, rules that use them, and packets.
 *
 * @param config   the network, without rules and sets
 * @param family   that of the rules and packets
 * @param hasLinks whether packets have Ethernet headers
 * @param steps    what happens
 */
public record SetScenario(ConfigTree config, IpFamily family, boolean hasLinks, List<SetStep> steps) {

    /** Copies what could change; a configuration is not changed once it is in a scenario. */
    public SetScenario {
        steps = List.copyOf(steps);
    }

    /** The same with other steps. */
    public SetScenario with(final List<SetStep> other) {
        return new SetScenario(config, family, hasLinks, other);
    }

    /** True when time passes, by which elements go. */
    public boolean hasPauses() {
        return steps.stream().anyMatch(SetStep.Pause.class::isInstance);
    }
}
