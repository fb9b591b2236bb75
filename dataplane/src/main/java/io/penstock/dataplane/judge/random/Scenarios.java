package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Case;
import io.penstock.dataplane.judge.ConfigTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Random cases. Threads: any. */
public final class Scenarios {

    private static final int MAX_PORTS = 4;
    private static final int MIN_MTU4 = 68;
    private static final int MIN_MTU6 = 1280;

    private Scenarios() {
    }

    /** The IPv4 case of a seed: always the same one. */
    public static Case ipv4(final long seed, final int packets) {
        final Dice dice = new Dice(seed);
        final ConfigTree config = ConfigTree.empty();
        final int ports = ports(dice, config);
        final Settings settings = new Settings(dice, config);
        settings.ipv4(ports);
        final int[] mtus = settings.mtus(ports, MIN_MTU4);
        final Setup4 setup = new Setup4(dice, config);
        setup.make(ports);
        final Packets4 generator = new Packets4(dice, setup, ports, mtus);
        return new Case(config, Stream.generate(generator::next).limit(packets).toList());
    }

    /** The IPv6 case of a seed: always the same one. */
    public static Case ipv6(final long seed, final int packets) {
        final Dice dice = new Dice(~seed);
        final ConfigTree config = ConfigTree.empty();
        final int ports = ports(dice, config);
        final Settings settings = new Settings(dice, config);
        settings.ipv6(ports);
        final int[] mtus = settings.mtus(ports, MIN_MTU6);
        final Setup6 setup = new Setup6(dice, config);
        setup.make(ports);
        final Packets6 generator = new Packets6(dice, setup, ports, mtus);
        return new Case(config, Stream.generate(generator::next).limit(packets).toList());
    }

    private static int ports(final Dice dice, final ConfigTree config) {
        final int ports = dice.between(2, MAX_PORTS);
        for (int i = 0; i < ports; i++) {
            final Map<String, Object> port = new LinkedHashMap<>();
            port.put("device", Names.device(i));
            config.map("ports").put(Names.port(i), port);
        }
        return ports;
    }
}
