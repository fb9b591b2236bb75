package io.penstock.perf.jcstress;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * The table of connections of all states, of which jcstress makes millions: each has two tuples of its own in it, which answer each other.
 *
 * <p>Invariants:
 * <ol>
 *   <li>States are made, and arbiters run, while no actor runs, but on several threads: under this class's lock. Both workers may be told then that a
 *       batch is over.</li>
 *   <li>Each worker is used by one actor, which jcstress runs on one thread at a time.</li>
 *   <li>A number is used again after {@value #NUMBERS} others; jcstress holds some ten thousand states at a time.</li>
 * </ol>
 */
final class SharedConnections {

    /** States that may be alive. */
    static final int NUMBERS = 1 << 14;

    private static final int ENTRIES_EACH = 2;
    private static final int CLIENTS = 0x0A00_0000;
    private static final int SERVER = 0xC633_6401;
    private static final int CLIENT_KEY = 40_000;
    private static final int SERVER_KEY = 53;
    private static final long TIMEOUT_NS = 1L << 60;

    private static final ConnTable TABLE = new ConnTable(ConnLayout.FAMILY_IPV4, ENTRIES_EACH * NUMBERS,
            new ConnLimit(0, 2), 0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L, 2);
    static final TableWorker FIRST = TABLE.worker(0);
    static final TableWorker SECOND = TABLE.worker(1);

    private static final long[] ENTRIES = new long[ENTRIES_EACH * NUMBERS];
    private static final int[] GENERATIONS = new int[ENTRIES_EACH * NUMBERS];
    private static int last = -1;

    private SharedConnections() {
    }

    /** The next number, with nothing in the table of its tuples. */
    static synchronized int next() {
        FIRST.boundary(0);
        SECOND.boundary(0);
        last = last + 1 & NUMBERS - 1;
        for (int i = 0; i < ENTRIES_EACH; i++) {
            remove(ENTRIES_EACH * last + i);
        }
        return last;
    }

    /** An unconfirmed entry of a number's tuples; in {@code begins}, the tuple of that direction is the original one. */
    static synchronized long entry(final int number, final int which, final int begins) {
        final long entry = FIRST.allocate(number);
        if (entry == 0) {
            throw new IllegalStateException("the table has no entry left");
        }
        put(entry, begins, CLIENTS + number, SERVER, ConnLayout.keys(CLIENT_KEY, SERVER_KEY));
        put(entry, ConnDirection.opposite(begins), SERVER, CLIENTS + number, ConnLayout.keys(SERVER_KEY, CLIENT_KEY));
        ConnLayout.setProtocol(entry, IpProtocol.UDP);
        ConnLayout.setMark(entry, number);
        Deadline.refresh(entry, TIMEOUT_NS, 0);
        ENTRIES[ENTRIES_EACH * number + which] = entry;
        GENERATIONS[ENTRIES_EACH * number + which] = ConnLayout.generation(entry);
        return entry;
    }

    /** Before or after the actors: puts an entry in. */
    static synchronized void confirm(final long entry) {
        if (FIRST.confirm(entry) != ConfirmResult.CONFIRMED) {
            throw new IllegalStateException("the entry's tuples are in the table already");
        }
    }

    /** Control asks for an entry's end. */
    static boolean condemn(final long entry) {
        return TABLE.condemn(TABLE.number(entry), ConnLayout.generation(entry));
    }

    /** Before or after the actors: as {@link #find(TableWorker, int, int)}. */
    static synchronized long find(final int number, final int direction) {
        return find(FIRST, number, direction);
    }

    /** What a worker finds by a number's tuple: the client's, or the server's. */
    static long find(final TableWorker worker, final int number, final int direction) {
        final boolean client = direction == ConnDirection.ORIGINAL;
        final int source = client ? CLIENTS + number : SERVER;
        final int destination = client ? SERVER : CLIENTS + number;
        final int keys = client ? ConnLayout.keys(CLIENT_KEY, SERVER_KEY) : ConnLayout.keys(SERVER_KEY, CLIENT_KEY);
        return worker.find4(worker.hash4(source, destination, keys, IpProtocol.UDP, 0), source, destination, keys, IpProtocol.UDP, 0);
    }

    private static void put(final long entry, final int direction, final int source, final int destination, final int keys) {
        ConnLayout.setTuple4(entry, direction, source, destination, keys);
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
