package io.penstock.perf.connections.tcp;

import java.util.SplittableRandom;

/**
 * The ends of numbered connections: clients' addresses and ports, all different, in pseudorandom order; one server. From a segment's ends its connection's
 * number is found again.
 *
 * <p>Source: RFC 4814, section 4; RFC 9411, section 4.3 (clients of a range of addresses, ports from 1024 up).
 *
 * <p>Threads: any, once made.
 */
public final class TcpTuples {

    /** Where clients are: 198.18.0.2 and up, as many as are needed; the server is 198.19.0.2, port 80. */
    public static final int FIRST_CLIENT = 0xC612_0002;
    public static final int SERVER = 0xC613_0002;
    public static final int SERVER_PORT = 80;
    /** Connections at the most: each takes some 50 bytes. */
    public static final int MOST = 1 << 24;

    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 65_536 - FIRST_PORT;
    private static final long SEED = 9411;

    /** By number: which combination of address and port. */
    private final int[] combination;
    /** By combination: the number. */
    private final int[] number;
    private final int count;

    /** So many connections. */
    public TcpTuples(final int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("there are so many connections: count=" + count + " least=1 most=" + MOST);
        }
        this.count = count;
        final int addresses = (count + PORTS - 1) / PORTS;
        combination = new int[addresses * PORTS];
        number = new int[combination.length];
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < combination.length; i++) {
            final int other = random.nextInt(i + 1);
            combination[i] = combination[other];
            combination[other] = i;
        }
        for (int i = 0; i < combination.length; i++) {
            number[combination[i]] = i;
        }
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** Addresses of clients, from {@link #FIRST_CLIENT} up. */
    public int addresses() {
        return number.length / PORTS;
    }

    int address(final int connection) {
        return FIRST_CLIENT + combination[connection] / PORTS;
    }

    int port(final int connection) {
        return FIRST_PORT + combination[connection] % PORTS;
    }

    /** The number of a connection, or -1 when there is none of these ends. */
    int number(final int address, final int port) {
        final int index = (address - FIRST_CLIENT) * PORTS + port - FIRST_PORT;
        if (port < FIRST_PORT || address - FIRST_CLIENT < 0 || index < 0 || index >= number.length) {
            return -1;
        }
        final int found = number[index];
        return found < count ? found : -1;
    }
}
