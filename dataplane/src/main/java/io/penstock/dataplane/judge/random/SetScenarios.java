package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.ConfigTree;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Random scenarios of sets. Threads: any. */
public final class SetScenarios {

    /** Makes the seeds others than those of {@link Scenarios}. */
    private static final long SALT = 0x5365_7473L << 32;
    private static final int TIME_ONE_IN = 25;
    /** Longer than the shortest timeouts. Unit: ms. */
    private static final int PAUSE_MS = 4500;
    private static final int MAX_TIMED_COMMANDS = 40;
    private static final int MAX_SETS = 6;
    private static final int LOOK_EVERY = 6;

    private SetScenarios() {
    }

    /**
     * The scenario of a seed and a family: always the same one for the same types.
     *
     * @param packets how many there are
     * @param types   those that sets can have
     */
    public static SetScenario of(final IpFamily family, final long seed, final int packets, final List<SetType> types) {
        final boolean ipv6 = family == IpFamily.IPV6;
        final Dice dice = new Dice((ipv6 ? ~seed : seed) ^ SALT);
        final ConfigTree config = ConfigTree.empty();
        final RuleNetwork network = new RuleNetwork(dice, config);
        final RuleMode mode = new RuleMode(seed, dice.oneIn(3), dice.oneIn(TIME_ONE_IN));
        final List<String> hosts;
        final RulePools pools;
        final Supplier<Arrival> arrivals;
        if (ipv6) {
            final Setup6 setup = network.ipv6();
            final int[] mtus = new Settings(dice, config).mtus(RuleNetwork.PORTS, RuleScenarios.MIN_MTU6);
            hosts = network.hosts6(setup);
            pools = new RulePools(dice, mode, hosts, network.gateways6());
            arrivals = RulePackets.ipv6(dice, pools, new Packets6(dice, setup, RuleNetwork.PORTS, mtus), setup)::next;
        } else {
            final Setup4 setup = network.ipv4();
            final int[] mtus = new Settings(dice, config).mtus(RuleNetwork.PORTS, RuleScenarios.MIN_MTU4);
            hosts = network.hosts4(setup);
            pools = new RulePools(dice, mode, hosts, network.gateways4());
            arrivals = RulePackets.ipv4(dice, pools, new Packets4(dice, setup, RuleNetwork.PORTS, mtus), setup)::next;
        }
        final SetPools parts = new SetPools(dice, pools, hosts, ipv6);
        final boolean hasMasks = dice.oneIn(3);
        final SetCreates creates = new SetCreates(dice, parts, types, ipv6, hasMasks, mode.hasTime());
        // What is over in a scenario without pauses would hang on how busy the machine is.
        final String shortTimeout = mode.hasTime() ? SetCreates.SHORT : "400";
        final Builder builder = new Builder(dice, creates, new SetElements(dice, parts, hasMasks, shortTimeout),
                plans -> new SetRules(dice, pools, ipv6, shortTimeout, plans), mode.hasTime(), packets, arrivals);
        return new SetScenario(config, family, mode.hasLinks(), builder.build());
    }

    /** What happens, in order. Threads: one. */
    private static final class Builder {

        private final Dice dice;
        private final SetCreates creates;
        private final SetElements elements;
        private final Function<List<SetPlan>, SetRules> ruleMaker;
        private final boolean hasTime;
        private final Supplier<Arrival> arrivals;
        private final List<SetStep> steps = new ArrayList<>();
        private int packets;

        private Builder(final Dice dice, final SetCreates creates, final SetElements elements, final Function<List<SetPlan>, SetRules> ruleMaker,
                final boolean hasTime, final int packets, final Supplier<Arrival> arrivals) {
            this.dice = dice;
            this.creates = creates;
            this.elements = elements;
            this.ruleMaker = ruleMaker;
            this.hasTime = hasTime;
            this.packets = packets;
            this.arrivals = arrivals;
        }

        private List<SetStep> build() {
            final List<SetPlan> plans = new ArrayList<>();
            for (int i = dice.between(2, MAX_SETS); i > 0; i--) {
                plans.add(creates.next("s" + plans.size(), plans));
                steps.add(creates.command(plans.getLast()));
            }
            steps.add(new SetStep.Look());
            final SetCommands commands = new SetCommands(dice, creates, elements, plans);
            final SetRules rules = ruleMaker.apply(plans);
            commands(commands, dice.between(10, hasTime ? MAX_TIMED_COMMANDS : 80));
            steps.add(new SetStep.Rules(rules.next()));
            if (hasTime) {
                // What comes before the pause and what comes behind it takes less time than the shortest timeout.
                packets(packets / 2);
                steps.add(new SetStep.Pause(PAUSE_MS));
                steps.add(new SetStep.Look());
                packets(packets);
                commands(commands, dice.between(1, 12));
            }
            while (packets > 0) {
                packets(dice.between(5, 40));
                commands(commands, dice.between(1, 16));
                if (dice.oneIn(10)) {
                    steps.add(new SetStep.Rules(rules.next()));
                }
            }
            steps.add(new SetStep.Rules(SetRules.none()));
            steps.add(SetStep.Command.of("list", "-t"));
            plans.reversed().forEach(plan -> steps.add(SetStep.Command.of("flush", plan.name())));
            steps.add(SetStep.Command.of("destroy"));
            steps.add(new SetStep.Look());
            return steps;
        }

        private void commands(final SetCommands from, final int count) {
            for (int i = 1; i <= count; i++) {
                steps.add(from.next());
                if (i % LOOK_EVERY == 0 || i == count) {
                    steps.add(new SetStep.Look());
                }
            }
        }

        private void packets(final int count) {
            for (int i = Math.min(count, packets); i > 0; i--) {
                steps.add(new SetStep.Packet(arrivals.get()));
                packets--;
            }
            steps.add(new SetStep.Look());
        }
    }
}
