package io.penstock.perf.rules;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * {@link RuleMix#OVERLAP}: all flows are UDP, in one network at each end, and their ports have bit 8 clear. A rule is made around such a
 * flow, with prefixes of any length and spans of ports of any size around the flow's own, and then one field is moved to where no flow
 * is: ports to where bit 8 is set, the protocol to TCP. So a rule fails the flow that it was made around, and those near it, in one field
 * only, and no field tells that of all rules alone.
 *
 * <p>Threads: one.
 */
final class OverlapMaker implements MixMaker {

    /** Where all flows come from and go to, each a network of 2^14 hosts. */
    private static final int SOURCES = 0x0A40_0000;
    private static final int DESTINATIONS = 0xC612_0000;
    private static final int HOSTS = 1 << 14;

    private static final int BLOCK_PORTS = 0x100;
    private static final int BLOCKS = 0x10000 / BLOCK_PORTS;
    private static final int END_PORT = 0x10000;

    private final SplittableRandom random;

    OverlapMaker(final long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public List<MixRule> rules(final int count) {
        final Set<MixRule> rules = new HashSet<>(count * 2);
        final List<MixRule> list = new ArrayList<>(count);
        while (list.size() < count) {
            final MixRule rule = rule();
            if (rules.add(rule)) {
                list.add(rule);
            }
        }
        return list;
    }

    @Override
    public Flow candidate(final List<MixRule> rules) {
        return flow();
    }

    private Flow flow() {
        return new Flow(SOURCES | random.nextInt(HOSTS), DESTINATIONS | random.nextInt(HOSTS), IpProtocol.UDP, port(), port());
    }

    /** A port whose block has an even number other than 0. */
    private int port() {
        return 2 * random.nextInt(1, BLOCKS / 2) * BLOCK_PORTS + random.nextInt(BLOCK_PORTS);
    }

    private MixRule rule() {
        final Flow flow = flow();
        final int moved = random.nextInt(3);
        return new MixRule(
                flow.source(), random.nextInt(1, Integer.SIZE + 1),
                flow.destination(), random.nextInt(1, Integer.SIZE + 1),
                moved == 0 ? IpProtocol.TCP : IpProtocol.UDP,
                moved == 1 ? gap() : around(flow.sourcePort()),
                moved == 2 ? gap() : around(flow.destinationPort()));
    }

    private PortSpan around(final int port) {
        final int size = 1 << random.nextInt(1, Short.SIZE);
        return new PortSpan(Math.max(0, port - random.nextInt(size)), Math.min(END_PORT - 1, port + random.nextInt(size)));
    }

    /** Ports of one block with an odd number. */
    private PortSpan gap() {
        final int block = (2 * random.nextInt(BLOCKS / 2) + 1) * BLOCK_PORTS;
        final int low = random.nextInt(BLOCK_PORTS);
        return new PortSpan(block + low, block + random.nextInt(low, BLOCK_PORTS));
    }
}
