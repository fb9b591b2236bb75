package io.penstock.perf.sets;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The elements of a set, random, and addresses that match them or not. All lie in 16.0.0.0 to 111.255.255.255, where a packet's source may lie.
 *
 * <p>Invariants:
 * <ol>
 *   <li>No two elements are the same. Networks are of eight lengths, as many of each; of fewer than eight, the first ones.</li>
 *   <li>An address that misses is in no element.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
public final class MadeSet {

    /** The prefix lengths of networks. */
    public static final List<Integer> LENGTHS = List.of(20, 22, 24, 26, 28, 29, 30, 32);

    private static final long SEED = 4814;
    private static final int FIRST = 0x1000_0000;
    private static final int ADDRESSES = 0x6000_0000;
    private static final int BITS = 32;
    private static final int MAX_PORT = 65_535;

    private final SetKind kind;
    private final int[] addresses;
    private final int[] ports;
    /** By the place in {@link #LENGTHS}: networks, sorted. Of other kinds the last length's are all. */
    private final int[][] sorted = new int[LENGTHS.size()][];

    /** So many elements. */
    public MadeSet(final SetKind kind, final int count) {
        this.kind = kind;
        this.addresses = new int[count];
        this.ports = new int[kind == SetKind.IP_PORT ? count : 0];
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < LENGTHS.size(); i++) {
            sorted[i] = distinct(share(i, count), LENGTHS.get(i), random);
        }
        final int[] next = new int[LENGTHS.size()];
        for (int i = 0; i < count; i++) {
            final int place = place(i);
            addresses[i] = sorted[place][next[place]++];
        }
        for (int i = 0; i < ports.length; i++) {
            ports[i] = 1 + random.nextInt(MAX_PORT);
        }
        shuffle(random);
        Arrays.stream(sorted).forEach(Arrays::sort);
    }

    /** How many elements. */
    public int count() {
        return addresses.length;
    }

    /** Of what kind. */
    public SetKind kind() {
        return kind;
    }

    /** A random element's address, or one within it. */
    public int hit(final SplittableRandom random) {
        final int element = random.nextInt(addresses.length);
        final int hosts = BITS - length(element);
        return addresses[element] | (hosts == 0 ? 0 : random.nextInt(1 << hosts));
    }

    /** A random element's number. */
    public int element(final SplittableRandom random) {
        return random.nextInt(addresses.length);
    }

    /** An element's address. */
    public int address(final int element) {
        return addresses[element];
    }

    /** An element's port, where it has one. */
    public int port(final int element) {
        return ports[element];
    }

    /** An address that is in no element. */
    public int miss(final SplittableRandom random) {
        int address = FIRST + random.nextInt(ADDRESSES);
        while (isIn(address)) {
            address = FIRST + random.nextInt(ADDRESSES);
        }
        return address;
    }

    /** Whether an address is in an element. */
    public boolean isIn(final int address) {
        for (int i = 0; i < sorted.length; i++) {
            if (Arrays.binarySearch(sorted[i], address & mask(LENGTHS.get(i))) >= 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes what ipset restore takes: one set, and its elements in random order.
     *
     * @param options of the set, behind its type, or empty
     */
    public void write(final Path file, final String name, final String options) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
            write(out, name, options, 0, 1);
        }
    }

    /** The same of every so-and-so-many-th element, from one on. */
    void write(final Appendable out, final String name, final String options, final int from, final int step) throws IOException {
        out.append("create " + name + ' ' + kind.type() + " maxelem " + count() + (options.isEmpty() ? "" : ' ' + options) + '\n');
        final StringBuilder line = new StringBuilder();
        for (int i = from; i < addresses.length; i += step) {
            line.setLength(0);
            line.append("add ").append(name).append(' ');
            append(line, i);
            out.append(line).append('\n');
        }
    }

    private void append(final StringBuilder line, final int element) {
        final int address = addresses[element];
        line.append(address >>> 24).append('.').append(address >>> 16 & 0xFF).append('.').append(address >>> 8 & 0xFF).append('.')
                .append(address & 0xFF);
        if (kind == SetKind.NET) {
            line.append('/').append(length(element));
        } else if (kind == SetKind.IP_PORT) {
            line.append(",tcp:").append(ports[element]);
        }
    }

    /** Which length an element has that was the i-th before they were shuffled. */
    private int place(final int i) {
        return kind == SetKind.NET ? i % LENGTHS.size() : LENGTHS.size() - 1;
    }

    private int share(final int place, final int count) {
        if (kind != SetKind.NET) {
            return place == LENGTHS.size() - 1 ? count : 0;
        }
        return (count + LENGTHS.size() - 1 - place) / LENGTHS.size();
    }

    /** Of networks, elements keep their place's length when they are shuffled: they change places with others of it. */
    private int length(final int element) {
        return LENGTHS.get(place(element));
    }

    private void shuffle(final SplittableRandom random) {
        final int step = kind == SetKind.NET ? LENGTHS.size() : 1;
        for (int i = addresses.length - 1; i >= step; i--) {
            final int other = i % step + step * random.nextInt(i / step + 1);
            final int address = addresses[i];
            addresses[i] = addresses[other];
            addresses[other] = address;
        }
    }

    private static int[] distinct(final int count, final int length, final SplittableRandom random) {
        final int[] networks = new int[count];
        int filled = 0;
        while (filled < count) {
            for (int i = filled; i < count; i++) {
                networks[i] = FIRST + random.nextInt(ADDRESSES) & mask(length);
            }
            Arrays.sort(networks);
            filled = 0;
            for (int i = 0; i < count; i++) {
                if (i == 0 || networks[i] != networks[i - 1]) {
                    networks[filled++] = networks[i];
                }
            }
        }
        return networks;
    }

    private static int mask(final int length) {
        return -1 << BITS - length;
    }
}
