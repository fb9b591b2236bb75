package io.penstock.perf.connections;

import java.util.SplittableRandom;

/**
 * Source and destination ports of connections between one client and one server: all different, in pseudorandom order, the same for a seed.
 *
 * <p>Invariants:
 * <ol>
 *   <li>No pair is there twice.</li>
 *   <li>Source ports are all of 1024 to 65535; destination ports are as many, from 1024 up, as the number of pairs needs. Every combination of
 *       both is as likely at every place.</li>
 * </ol>
 *
 * <p>Source: RFC 4814, section 4; RFC 9693, sections 4.1 to 4.3 (limited ranges, enumerated and shuffled), and the shuffle of Durstenfeld that it names.
 *
 * <p>Threads: any, once made.
 */
public final class PortPairs {

    /** The first port that is nobody's by name. */
    public static final int FIRST_PORT = 1024;
    /** Source ports. */
    public static final int SOURCES = 65_536 - FIRST_PORT;
    /** Pairs at the most: 256 MiB of them. */
    public static final int MOST = 1 << 26;

    private static final int PORT_BITS = 16;
    private static final int PORT_MASK = 0xFFFF;

    private final int[] pairs;
    private final int destinations;

    private PortPairs(final int[] pairs, final int destinations) {
        this.pairs = pairs;
        this.destinations = destinations;
    }

    /** At least so many pairs: all combinations of as few destination ports as give them. */
    public static PortPairs atLeast(final int count, final long seed) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("there are so many pairs of ports: count=" + count + " least=1 most=" + MOST);
        }
        final int destinations = (count + SOURCES - 1) / SOURCES;
        final int[] pairs = new int[SOURCES * destinations];
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < pairs.length; i++) {
            final int other = random.nextInt(i + 1);
            pairs[i] = pairs[other];
            pairs[other] = FIRST_PORT + i % SOURCES << PORT_BITS | FIRST_PORT + i / SOURCES;
        }
        return new PortPairs(pairs, destinations);
    }

    /** How many there are. */
    public int count() {
        return pairs.length;
    }

    /** Destination ports, from {@link #FIRST_PORT} on. */
    public int destinations() {
        return destinations;
    }

    /** A pair in one word: the source port above the destination port. */
    public int pair(final long number) {
        return pairs[(int) number];
    }

    /** The source port of a pair. */
    public int source(final long number) {
        return pairs[(int) number] >>> PORT_BITS;
    }

    /** The destination port of a pair. */
    public int destination(final long number) {
        return pairs[(int) number] & PORT_MASK;
    }
}
