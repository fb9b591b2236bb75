package io.penstock.perf.connections;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;

/**
 * A table of connections and tuples to look up in it: each connection's, as far as there is room, in an order and of a direction that nothing foretells.
 * Tuples are looked up by batches in the pipeline's stages, where the loads of a batch overlap, or one after another, each waiting for the one before.
 *
 * <pre>
 *  a tuple of IPv4            a tuple of IPv6
 *   0  source                  0  source
 *   4  destination            16  destination
 *   8  ports                  32  ports
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Tuples lie {@value #TUPLE_BYTES} bytes apart, a line each, as headers of packets would at the least.</li>
 *   <li>Every answer goes into the sum that is returned, so that none can be left out.</li>
 *   <li>One after another, a tuple depends on the answer before it, by a bit that no answer has.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
public final class TupleLookups implements AutoCloseable {

    /** Tuples at the most: 128 MiB of them, far more than any cache holds. A multiple of {@link Batch#CAPACITY}. */
    private static final int MAX_TUPLES = 1 << 21;
    private static final int TUPLE_BYTES = 64;
    /** Of the table's index: a line. */
    private static final int BUCKET_BYTES = 64;
    private static final int DESTINATION4 = 4;
    private static final int KEYS4 = 8;
    private static final int DESTINATION6 = 16;
    private static final int KEYS6 = 32;
    private static final int PROTOCOL = IpProtocol.UDP;
    private static final long SEED = 4814;
    private static final long SECRET0 = 0x0123_4567_89AB_CDEFL;
    private static final long SECRET1 = 0xFEDC_BA98_7654_3210L;
    private static final int OTHER_ZONE = 1;
    /** Longer than any run. */
    private static final long TIMEOUT_NS = 1L << 60;
    /** Entries are aligned to more than this, so no answer has the bit; the compiler does not know. */
    private static final int NEVER = 2;

    private final boolean ipv6;
    private final int tuples;
    private final ConnLimit limit;
    private final ConnTable table;
    private final TableWorker worker;
    private final MappedMemory memory;
    private final long[] expected;
    private final long[] hashes = new long[Batch.CAPACITY];
    private final long[] probed = new long[Batch.CAPACITY];

    /** Fills a table with so many connections. */
    public TupleLookups(final boolean ipv6, final int connections) {
        this.ipv6 = ipv6;
        // The last batch is filled up with tuples from the start.
        this.tuples = Math.min(MAX_TUPLES, (connections + Batch.CAPACITY - 1) / Batch.CAPACITY * Batch.CAPACITY);
        this.limit = new ConnLimit(0, 1);
        this.table = new ConnTable(ipv6 ? ConnLayout.FAMILY_IPV6 : ConnLayout.FAMILY_IPV4, connections, limit, SECRET0, SECRET1, 1);
        this.worker = table.worker(0);
        this.memory = MappedMemory.reserve((long) tuples * TUPLE_BYTES, MappedMemory.Pages.HUGE);
        this.expected = new long[tuples];
        worker.boundary(0);
        final SplittableRandom random = new SplittableRandom(SEED);
        final long[] entries = new long[connections];
        for (int i = 0; i < connections; i++) {
            entries[i] = ipv6 ? add6(random) : add4(random);
        }
        shuffle(entries, random);
        for (int i = 0; i < tuples; i++) {
            write(i, entries[i % connections], random.nextInt(2));
        }
    }

    /** How many tuples a pass looks up. */
    public int tuples() {
        return tuples;
    }

    /** Bytes of the entries and of the index that look-ups read. */
    public long tableBytes() {
        return table.limit().count() * table.entryBytes() + ConnTable.bucketsFor((int) table.limit().count()) * (long) BUCKET_BYTES;
    }

    /**
     * Looks all tuples up, in both ways, and compares the answers with the entries that were put in; in another zone nothing may be found. What differs, or
     * null.
     */
    public String difference() {
        for (int i = 0; i < tuples; i++) {
            final long tuple = tuple(i);
            final long single = find(tuple, 0);
            final long other = find(tuple, OTHER_ZONE);
            if (i % Batch.CAPACITY == 0) {
                stages(tuple, 0);
            }
            final long staged = resolve(tuple, hashes[i % Batch.CAPACITY], probed[i % Batch.CAPACITY], 0);
            if (single != expected[i] || staged != expected[i] || other != 0) {
                return "tuple=" + i + " entry=0x" + Long.toHexString(expected[i]) + " found=0x" + Long.toHexString(single) + " staged=0x"
                        + Long.toHexString(staged) + " in_another_zone=0x" + Long.toHexString(other);
            }
        }
        return null;
    }

    /** All tuples, batch by batch; of entries, what is compared is brought in. */
    public long batches() {
        return batches(0);
    }

    /** The same with the line that TCP's tracker needs after. */
    public long batchesWithTracker() {
        return batches(ConnLayout.TRACKER);
    }

    /** All tuples, one after another. */
    public long singles() {
        long sum = 0;
        long last = 0;
        for (int i = 0; i < tuples; i++) {
            last = find(tuple(i) + (last & NEVER), 0);
            sum += last;
        }
        return sum;
    }

    @Override
    public void close() {
        memory.close();
        table.close();
        limit.close();
    }

    private long batches(final int line) {
        long sum = 0;
        for (int from = 0; from < tuples; from += Batch.CAPACITY) {
            final long first = tuple(from);
            sum += stages(first, line);
            for (int i = 0; i < Batch.CAPACITY; i++) {
                sum += resolve(first + (long) i * TUPLE_BYTES, hashes[i], probed[i], 0);
            }
        }
        return sum;
    }

    /** A batch, up to and with the touching of entries. */
    private long stages(final long first, final int line) {
        final long[] hashes = this.hashes;
        final long[] probed = this.probed;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            hashes[i] = hash(first + (long) i * TUPLE_BYTES, 0);
        }
        long loaded = 0;
        for (int i = 0; i < Batch.CAPACITY; i++) {
            loaded += worker.touch(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            probed[i] = worker.probe(hashes[i]);
        }
        for (int i = 0; i < Batch.CAPACITY; i++) {
            loaded += worker.touchEntry(probed[i], line);
        }
        return loaded;
    }

    private long find(final long tuple, final int zone) {
        final long hash = hash(tuple, zone);
        return resolve(tuple, hash, worker.probe(hash), zone);
    }

    private long hash(final long tuple, final int zone) {
        return ipv6
                ? worker.hash6(Memory.getLong(tuple), Memory.getLong(tuple + 8), Memory.getLong(tuple + DESTINATION6),
                        Memory.getLong(tuple + DESTINATION6 + 8), Memory.getInt(tuple + KEYS6), PROTOCOL, zone)
                : worker.hash4(Memory.getInt(tuple), Memory.getInt(tuple + DESTINATION4), Memory.getInt(tuple + KEYS4), PROTOCOL, zone);
    }

    private long resolve(final long tuple, final long hash, final long probe, final int zone) {
        return ipv6
                ? worker.find6(hash, probe, Memory.getLong(tuple), Memory.getLong(tuple + 8), Memory.getLong(tuple + DESTINATION6),
                        Memory.getLong(tuple + DESTINATION6 + 8), Memory.getInt(tuple + KEYS6), PROTOCOL, zone)
                : worker.find4(hash, probe, Memory.getInt(tuple), Memory.getInt(tuple + DESTINATION4), Memory.getInt(tuple + KEYS4),
                        PROTOCOL, zone);
    }

    private long tuple(final int number) {
        return memory.address() + (long) number * TUPLE_BYTES;
    }

    private long add4(final SplittableRandom random) {
        final int source = random.nextInt();
        final int destination = random.nextInt();
        final int client = random.nextInt(1 << 16);
        final int server = random.nextInt(1 << 16);
        final int keys = ConnLayout.keys(client, server);
        final long entry = worker.allocate(worker.hash4(source, destination, keys, PROTOCOL, 0));
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, source, destination, keys);
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, destination, source, ConnLayout.keys(server, client));
        return confirm(entry);
    }

    private long add6(final SplittableRandom random) {
        final long sourceHigh = random.nextLong();
        final long sourceLow = random.nextLong();
        final long destinationHigh = random.nextLong();
        final long destinationLow = random.nextLong();
        final int client = random.nextInt(1 << 16);
        final int server = random.nextInt(1 << 16);
        final int keys = ConnLayout.keys(client, server);
        final long entry =
                worker.allocate(worker.hash6(sourceHigh, sourceLow, destinationHigh, destinationLow, keys, PROTOCOL, 0));
        ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, sourceHigh, sourceLow, destinationHigh, destinationLow, keys);
        ConnLayout.setTuple6(entry, ConnDirection.REPLY, destinationHigh, destinationLow, sourceHigh, sourceLow,
                ConnLayout.keys(server, client));
        return confirm(entry);
    }

    private long confirm(final long entry) {
        ConnLayout.setProtocol(entry, PROTOCOL);
        Deadline.refresh(entry, TIMEOUT_NS, 0);
        if (worker.confirm(entry) != ConfirmResult.CONFIRMED) {
            throw new IllegalStateException("a connection does not fit in: connections=" + limit.count());
        }
        return entry;
    }

    private void write(final int number, final long entry, final int direction) {
        final long tuple = tuple(number);
        if (ipv6) {
            Memory.putLong(tuple, ConnLayout.source6High(entry, direction));
            Memory.putLong(tuple + 8, ConnLayout.source6Low(entry, direction));
            Memory.putLong(tuple + DESTINATION6, ConnLayout.destination6High(entry, direction));
            Memory.putLong(tuple + DESTINATION6 + 8, ConnLayout.destination6Low(entry, direction));
            Memory.putInt(tuple + KEYS6, ConnLayout.keysOf(entry, direction));
        } else {
            Memory.putInt(tuple, ConnLayout.source4(entry, direction));
            Memory.putInt(tuple + DESTINATION4, ConnLayout.destination4(entry, direction));
            Memory.putInt(tuple + KEYS4, ConnLayout.keysOf(entry, direction));
        }
        expected[number] = entry | direction;
    }

    private static void shuffle(final long[] entries, final SplittableRandom random) {
        for (int i = entries.length - 1; i > 0; i--) {
            final int other = random.nextInt(i + 1);
            final long entry = entries[i];
            entries[i] = entries[other];
            entries[other] = entry;
        }
    }
}
