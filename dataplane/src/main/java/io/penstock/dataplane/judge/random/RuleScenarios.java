package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.Case;
import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Random cases with rules. Threads: any. */
public final class RuleScenarios {

    /** Makes the seeds others than those of {@link Scenarios}. */
    private static final long SALT = 0x5275_6C65L << 32;
    static final int MIN_MTU4 = 296;
    static final int MIN_MTU6 = 1280;

    /**
     * What passes between parts of the packets where time does. Unit: ms. Rates are such that a short pause gives half a packet more than
     * one, so that neither the kernel's ticks nor a machine that is busy for a while change a number; a long one gives all that can be saved;
     * the last one is longer than a second.
     */
    private static final int[] PAUSES = {150, 300, 150, 1300};

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
        final RuleMode mode = RuleMode.of(dice, seed);
        final RulePools pools = new RulePools(dice, mode, network.hosts4(setup), network.gateways4());
        config.map("rules").put("ipv4", new RuleSets(dice, false, pools).next());
        final RulePackets generator = RulePackets.ipv4(dice, pools, new Packets4(dice, setup, RuleNetwork.PORTS, mtus), setup);
        return new Case(config, paused(mode, Stream.generate(generator::next).limit(packets).toList()));
    }

    private static Case ipv6(final long seed, final int packets) {
        final Dice dice = new Dice(~seed ^ SALT);
        final ConfigTree config = ConfigTree.empty();
        final RuleNetwork network = new RuleNetwork(dice, config);
        final Setup6 setup = network.ipv6();
        final int[] mtus = new Settings(dice, config).mtus(RuleNetwork.PORTS, MIN_MTU6);
        final RuleMode mode = RuleMode.of(dice, seed);
        final RulePools pools = new RulePools(dice, mode, network.hosts6(setup), network.gateways6());
        config.map("rules").put("ipv6", new RuleSets(dice, true, pools).next());
        final RulePackets generator = RulePackets.ipv6(dice, pools, new Packets6(dice, setup, RuleNetwork.PORTS, mtus), setup);
        return new Case(config, paused(mode, Stream.generate(generator::next).limit(packets).toList()));
    }

    private static List<Arrival> paused(final RuleMode mode, final List<Arrival> arrivals) {
        if (!mode.hasTime()) {
            return arrivals;
        }
        final List<Arrival> paused = new ArrayList<>(arrivals);
        for (int i = 0; i < PAUSES.length; i++) {
            final int at = arrivals.size() * (i + 1) / (PAUSES.length + 1);
            final Arrival arrival = arrivals.get(at);
            paused.set(at, new Arrival(arrival.port(), arrival.bytes(), arrival.link(), PAUSES[i]));
        }
        return paused;
    }
}
