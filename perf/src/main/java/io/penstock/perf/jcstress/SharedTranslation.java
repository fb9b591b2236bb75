package io.penstock.perf.jcstress;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.conntrack.hot.nat.NatSources;
import io.penstock.conntrack.hot.nat.NatWorker;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * The table of translated connections of all states: each has clients and servers of its own in it, and two connections.
 *
 * <p>Invariants: as {@link SharedConnections}.
 */
final class SharedTranslation {

    /** States that may be alive. */
    static final int NUMBERS = 1 << 14;

    /** What clients are translated to. */
    static final int PUBLIC = 0xCB00_7101;
    static final int LEAST_PORT = 5000;
    /** Many ports: an equal choice is no accident. */
    static final int MOST_PORT = 5999;

    private static final int ENTRIES_EACH = 2;
    private static final int CLIENTS = 0x0A00_0000;
    private static final int SERVERS = 0xC612_0000;
    /** Two addresses of each kind for a state. */
    private static final int ADDRESSES_EACH = 2;
    /** No port that clients are translated to. */
    private static final int CLIENT_KEY = 40_000;
    private static final int SERVER_KEY = 53;
    private static final long TIMEOUT_NS = 1L << 60;
    private static final int SOME = 1 << 10;

    private static final ConnTable TABLE = table(ConnLayout.FAMILY_IPV4, ENTRIES_EACH * NUMBERS);
    private static final ConnTable TABLE6 = table(ConnLayout.FAMILY_IPV6, SOME);
    private static final NatSources SOURCES = new NatSources(TABLE, ENTRIES_EACH * NUMBERS, 5, 6);
    private static final NatSources SOURCES6 = new NatSources(TABLE6, SOME, 7, 8);
    private static final NatRange RANGE = range(MOST_PORT);
    private static final NatRange TWO_PORTS = range(LEAST_PORT + 1);
    static final TableWorker FIRST = TABLE.worker(0);
    static final TableWorker SECOND = TABLE.worker(1);
    static final NatWorker FIRST_NAT = new NatWorker(SOURCES, SOURCES6, 0, 0x0123_4567_89AB_CDEFL);
    static final NatWorker SECOND_NAT = new NatWorker(SOURCES, SOURCES6, 1, 0xFEDC_BA98_7654_3210L);

    private static final long[] ENTRIES = new long[ENTRIES_EACH * NUMBERS];
    private static final int[] GENERATIONS = new int[ENTRIES_EACH * NUMBERS];
    private static int last = -1;

    private SharedTranslation() {
    }

    /** The next number, with nothing in the table of its addresses. */
    static synchronized int next() {
        FIRST.boundary(0);
        SECOND.boundary(0);
        last = last + 1 & NUMBERS - 1;
        for (int i = 0; i < ENTRIES_EACH; i++) {
            remove(ENTRIES_EACH * last + i);
        }
        return last;
    }

    /** An unconfirmed UDP entry, from one of a number's clients to one of its servers. */
    static synchronized long entry(final int number, final int which, final int client, final int server) {
        final long entry = FIRST.allocate(number);
        if (entry == 0) {
            throw new IllegalStateException("the table has no entry left");
        }
        final int from = CLIENTS + ADDRESSES_EACH * number + client;
        final int to = SERVERS + ADDRESSES_EACH * number + server;
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, from, to, ConnLayout.keys(CLIENT_KEY, SERVER_KEY));
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, to, from, ConnLayout.keys(SERVER_KEY, CLIENT_KEY));
        ConnLayout.setProtocol(entry, IpProtocol.UDP);
        Deadline.refresh(entry, TIMEOUT_NS, 0);
        ENTRIES[ENTRIES_EACH * number + which] = entry;
        GENERATIONS[ENTRIES_EACH * number + which] = ConnLayout.generation(entry);
        return entry;
    }

    /** Before or after the actors: translates an entry and puts it in. */
    static synchronized void confirm(final long entry) {
        translate(FIRST_NAT, entry);
        if (FIRST.confirm(entry) != ConfirmResult.CONFIRMED) {
            throw new IllegalStateException("the entry's tuples are in the table already");
        }
    }

    /** Chooses what a connection is translated to. */
    static void translate(final NatWorker worker, final long entry) {
        worker.setup(entry, RANGE, true);
    }

    /** The same, of two ports. */
    static void translateToOneOfTwo(final NatWorker worker, final long entry) {
        worker.setup(entry, TWO_PORTS, true);
    }

    /** Whether it is translated as was asked for, and all of the rest is as it was. */
    static boolean isTranslated(final long entry) {
        final int port = port(entry);
        return ConnLayout.destination4(entry, ConnDirection.REPLY) == PUBLIC && port >= LEAST_PORT && port <= MOST_PORT
                && ConnLayout.source4(entry, ConnDirection.REPLY) == ConnLayout.destination4(entry, ConnDirection.ORIGINAL)
                && ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.REPLY)) == SERVER_KEY
                && ConnLayout.hasStatus(entry, ConnStatus.SRC_NAT);
    }

    /** The port that it is translated to. */
    static int port(final long entry) {
        return ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.REPLY));
    }

    /** Before or after the actors: what an entry's tuple leads to, with the direction in bit 0. */
    static synchronized long find(final long entry, final int direction) {
        final int source = ConnLayout.source4(entry, direction);
        final int destination = ConnLayout.destination4(entry, direction);
        final int keys = ConnLayout.keysOf(entry, direction);
        return FIRST.find4(FIRST.hash4(source, destination, keys, IpProtocol.UDP, 0), source, destination, keys, IpProtocol.UDP, 0);
    }

    private static ConnTable table(final int family, final int entries) {
        return new ConnTable(family, entries, new ConnLimit(entries, 2), 1, 2, 2);
    }

    private static NatRange range(final int mostPort) {
        return new NatRange(NatRange.MAP_ADDRESSES | NatRange.MAP_PORTS, 0, Integer.toUnsignedLong(PUBLIC), 0,
                Integer.toUnsignedLong(PUBLIC), LEAST_PORT, mostPort, 0);
    }

    private static void remove(final int slot) {
        final long entry = ENTRIES[slot];
        ENTRIES[slot] = 0;
        if (entry != 0 && ConnLayout.generation(entry) == GENERATIONS[slot]) {
            if ((ConnLayout.state(entry) & ConnLayout.IN_TABLE) == 0) {
                FIRST.free(entry);
            } else if (!ConnLayout.hasStatus(entry, ConnStatus.DYING)) {
                FIRST.kill(entry);
            }
        }
    }
}
