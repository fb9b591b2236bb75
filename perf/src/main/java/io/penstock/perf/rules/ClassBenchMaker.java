package io.penstock.perf.rules;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * {@link RuleMix#CLASSBENCH}: prefixes from a pool of networks, a twentieth as many as there are rules, with the lengths, ports and
 * protocols about as often as in the access control lists and firewalls that ClassBench was made from. A flow is one that a rule would
 * take, with one to all of its fields changed to another rule's.
 *
 * <p>Source: D. Taylor, J. Turner, "ClassBench: A Packet Classification Benchmark", 2007. Threads: one.
 */
final class ClassBenchMaker implements MixMaker {

    private static final Share PROTOCOLS = new Share(IpProtocol.TCP, 60, IpProtocol.UDP, 20, IpProtocol.ICMP, 5, 0, 15);
    private static final Share SOURCE_BITS = new Share(0, 20, 8, 4, 16, 12, 20, 6, 23, 5, 24, 20, 27, 5, 28, 6, 32, 22);
    private static final Share DESTINATION_BITS =
            new Share(0, 10, 8, 2, 16, 10, 19, 4, 22, 6, 24, 22, 26, 6, 29, 6, 32, 34);
    /** A destination of that length where both would be any: nobody writes a rule for everything but the last. */
    private static final int NETWORK_BITS = 24;

    private static final int NO_PORT = 0;
    private static final int ONE_PORT = 1;
    private static final int HIGH_PORTS = 2;
    private static final Share DESTINATION_PORTS = new Share(NO_PORT, 35, ONE_PORT, 45, HIGH_PORTS, 15, 3, 5);
    private static final Share SOURCE_PORTS = new Share(NO_PORT, 11, HIGH_PORTS, 1);
    private static final int[] SERVICES = {22, 25, 53, 80, 110, 123, 143, 443, 445, 993, 1433, 3306, 3389, 5432, 8080};
    /** One in so many single ports is no well-known one. */
    private static final int OTHER_PORT = 5;
    private static final PortSpan HIGH = new PortSpan(1024, 65_535);
    private static final int LAST_RANGE = 60_000;
    private static final int RANGE_PORTS = 1_000;
    private static final int END_PORT = 65_536;

    private static final int RULES_PER_NETWORK = 20;
    private static final int MIN_NETWORKS = 8;
    /** Hosts of a network that rules and flows name. */
    private static final int HOSTS = 0x1000;
    /** First octets of sources and destinations: unicast, in no private, loopback or link-local network. */
    private static final int FIRST_SOURCE = 11 << 24;
    private static final int END_SOURCE = 127 << 24;
    private static final int FIRST_DESTINATION = 128 << 16;
    private static final int END_DESTINATION = 169 << 16;
    private static final int DESTINATION_SHIFT = 8;

    private final SplittableRandom random;
    private int[] sources = {};
    private int[] destinations = {};

    ClassBenchMaker(final long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public List<MixRule> rules(final int count) {
        final int networks = Math.max(MIN_NETWORKS, count / RULES_PER_NETWORK);
        sources = random.ints(networks, FIRST_SOURCE, END_SOURCE).toArray();
        destinations = random.ints(networks, FIRST_DESTINATION, END_DESTINATION).map(n -> n << DESTINATION_SHIFT).toArray();
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
        final MixRule like = rules.get(random.nextInt(rules.size()));
        final MixRule other = rules.get(random.nextInt(rules.size()));
        final int change = random.nextInt(1, 1 << 4);
        final MixRule from = (change & 1) == 0 ? like : other;
        final MixRule to = (change & 2) == 0 ? like : other;
        final int asked = ((change & 4) == 0 ? like : other).protocol();
        final int protocol = asked == 0 ? IpProtocol.TCP : asked;
        final boolean hasPorts = protocol != IpProtocol.ICMP;
        return new Flow(
                from.sourceBits() < Byte.SIZE ? host(sources) : within(from.source(), from.sourceBits()),
                to.destinationBits() < Byte.SIZE ? host(destinations) : within(to.destination(), to.destinationBits()),
                protocol,
                hasPorts ? random.nextInt(HIGH.low(), END_PORT) : 0,
                hasPorts ? port(((change & 8) == 0 ? like : other).destinations()) : 0);
    }

    private MixRule rule() {
        final int protocol = PROTOCOLS.next(random);
        final boolean hasPorts = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        final int sourceBits = SOURCE_BITS.next(random);
        final int destinationBits = DESTINATION_BITS.next(random);
        return new MixRule(host(sources), sourceBits, host(destinations),
                sourceBits == 0 && destinationBits == 0 ? NETWORK_BITS : destinationBits, protocol,
                hasPorts ? ports(SOURCE_PORTS.next(random)) : PortSpan.ANY,
                hasPorts ? ports(DESTINATION_PORTS.next(random)) : PortSpan.ANY);
    }

    private PortSpan ports(final int kind) {
        return switch (kind) {
            case NO_PORT -> PortSpan.ANY;
            case ONE_PORT -> PortSpan.of(random.nextInt(OTHER_PORT) == 0 ? random.nextInt(END_PORT)
                    : SERVICES[random.nextInt(SERVICES.length)]);
            case HIGH_PORTS -> HIGH;
            default -> {
                final int low = random.nextInt(LAST_RANGE);
                yield new PortSpan(low, low + random.nextInt(1, RANGE_PORTS));
            }
        };
    }

    private int port(final PortSpan ports) {
        return random.nextInt(ports.low(), ports.high() + 1);
    }

    private int host(final int... networks) {
        return networks[random.nextInt(networks.length)] ^ random.nextInt(HOSTS);
    }

    private int within(final int network, final int bits) {
        return bits == Integer.SIZE ? network : network | random.nextInt() >>> bits;
    }

    /** Values and how often each comes. */
    private static final class Share {

        private final int[] pairs;
        private final int whole;

        Share(final int... pairs) {
            this.pairs = pairs;
            int sum = 0;
            for (int i = 1; i < pairs.length; i += 2) {
                sum += pairs[i];
            }
            this.whole = sum;
        }

        int next(final SplittableRandom random) {
            int at = random.nextInt(whole);
            int i = 0;
            while (at >= pairs[i + 1]) {
                at -= pairs[i + 1];
                i += 2;
            }
            return pairs[i];
        }
    }
}
