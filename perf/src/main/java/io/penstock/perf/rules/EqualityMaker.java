package io.penstock.perf.rules;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** {@link RuleMix#EQUALITY}. A flow has the source of one rule and the port of another, or a port of its own. Threads: one. */
final class EqualityMaker implements MixMaker {

    private static final int NETWORK_10 = 0x0A00_0000;
    /** Without its first and last 64 Ki addresses, where the port's own and those of the network are. */
    private static final int FIRST_HOST = 0x1_0000;
    private static final int END_HOST = 0xFF_0000;
    private static final int BENCHMARK_NETWORK = 0xC612_0000;
    private static final int BENCHMARK_HOSTS = 1 << 17;
    private static final int FIRST_PORT = 1024;
    private static final int END_PORT = 65_536;

    private final SplittableRandom random;

    EqualityMaker(final long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public List<MixRule> rules(final int count) {
        final Set<Integer> hosts = new HashSet<>(count * 2);
        final List<MixRule> rules = new ArrayList<>(count);
        while (rules.size() < count) {
            final int host = NETWORK_10 | random.nextInt(FIRST_HOST, END_HOST);
            if (hosts.add(host)) {
                rules.add(new MixRule(host, Integer.SIZE, 0, 0, IpProtocol.UDP, PortSpan.ANY,
                        PortSpan.of(random.nextInt(END_PORT))));
            }
        }
        return rules;
    }

    @Override
    public Flow candidate(final List<MixRule> rules) {
        final int port = random.nextBoolean() ? random.nextInt(END_PORT)
                : rules.get(random.nextInt(rules.size())).destinations().low();
        final int source = random.nextBoolean() ? NETWORK_10 | random.nextInt(FIRST_HOST, END_HOST)
                : rules.get(random.nextInt(rules.size())).source();
        return new Flow(source, BENCHMARK_NETWORK | random.nextInt(BENCHMARK_HOSTS), IpProtocol.UDP,
                random.nextInt(FIRST_PORT, END_PORT), port);
    }
}
