package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.dataplane.judge.Traffic;
import io.penstock.rules.api.IpFamily;

/** Random cases of connections, with rules about them. Threads: any. */
public final class FlowScenarios {

    /** Makes the seeds others than those of {@link Scenarios} and {@link RuleScenarios}. */
    private static final long SALT = 0x466C_6F77L << 32;
    private static final int TIME_ONE_IN = 25;

    /** No sum of pauses is close to a timeout of {@link FlowSettings}. Unit: ms. */
    private static final int PAUSE_MS = 1400;

    private FlowScenarios() {
    }

    /**
     * A case that is made while the kernel runs it.
     *
     * @param config  the router
     * @param traffic its packets
     */
    public record Scenario(ConfigTree config, Traffic traffic) {
    }

    /** The case of a seed and a family: the same one as long as the kernel does the same. */
    public static Scenario of(final IpFamily family, final long seed, final int packets) {
        final boolean ipv6 = family == IpFamily.IPV6;
        final Dice dice = new Dice((ipv6 ? ~seed : seed) ^ SALT);
        final ConfigTree config = ConfigTree.empty();
        final RuleNetwork network = new RuleNetwork(dice, config);
        if (ipv6) {
            network.ipv6();
        } else {
            network.ipv4();
        }
        final boolean hasTime = dice.oneIn(TIME_ONE_IN);
        new Settings(dice, config).mtus(RuleNetwork.PORTS, ipv6 ? RuleScenarios.MIN_MTU6 : RuleScenarios.MIN_MTU4);
        final FlowSettings settings = new FlowSettings(dice, config, hasTime);
        settings.write();
        final FlowHosts hosts = new FlowHosts(dice, ipv6);
        config.map("rules").put(ipv6 ? "ipv6" : "ipv4", new FlowRules(dice, hosts, settings.counts(), hasTime).next());
        return new Scenario(config, new FlowTraffic(dice, hosts, packets, hasTime ? PAUSE_MS : 0, !settings.verifies()));
    }
}
