package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Case;
import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.rules.api.IpFamily;
import java.util.stream.Stream;

/** Random cases with rules. Threads: any. */
public final class RuleScenarios {

    /** Makes the seeds others than those of {@link Scenarios}. */
    private static final long SALT = 0x5275_6C65L << 32;
    private static final int MIN_MTU4 = 296;
    private static final int MIN_MTU6 = 1280;

    private RuleScenarios() {
    }

    /** The case of a seed and a family: always the same one. */
    public static Case of(final IpFamily family, final long seed, final int packets) {
        return family == IpFamily.IPV4 ? ipv4(seed, packets) : ipv6(seed, packets);
    }

    private static Case ipv4(final long seed, final int packets) {
        final Dice dice = new Dice(seed ^ SALT);
        final ConfigTree config = ConfigTree.empty();
        final RuleNetwork network = new RuleNetwork(dice, config);
        final Setup4 setup = network.ipv4();
        final int[] mtus = new Settings(dice, config).mtus(RuleNetwork.PORTS, MIN_MTU4);
        final RulePools pools = new RulePools(dice, network.hosts4(setup));
        config.map("rules").put("ipv4", new RuleSets(dice, false, pools).next());
        final RulePackets generator = RulePackets.ipv4(dice, pools, new Packets4(dice, setup, RuleNetwork.PORTS, mtus), setup);
        return new Case(config, Stream.generate(generator::next).limit(packets).toList());
    }

    private static Case ipv6(final long seed, final int packets) {
        final Dice dice = new Dice(~seed ^ SALT);
        final ConfigTree config = ConfigTree.empty();
        final RuleNetwork network = new RuleNetwork(dice, config);
        final Setup6 setup = network.ipv6();
        final int[] mtus = new Settings(dice, config).mtus(RuleNetwork.PORTS, MIN_MTU6);
        final RulePools pools = new RulePools(dice, network.hosts6(setup));
        config.map("rules").put("ipv6", new RuleSets(dice, true, pools).next());
        final RulePackets generator = RulePackets.ipv6(dice, pools, new Packets6(dice, setup, RuleNetwork.PORTS, mtus), setup);
        return new Case(config, Stream.generate(generator::next).limit(packets).toList());
    }
}
