package io.penstock.conntrack.hot.event;

import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * One worker's events: a ring of records, each an entry as it was then.
 *
 * <pre>
 *   0 time long, ns of the workers' clock | 8 address long, where the entry lies | 16 bits int, {@link ConnEvents}
 *  64 the entry, to be read through {@link ConnLayout}
 * </pre>
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>One thread produces ({@link #begin}, {@link #onEvent}), one consumes ({@link #peek}, {@link #release}).</li>
 *   <li>A record is written before the release store of {@code produced} that shows it, which pairs with the consumer's acquire load; it is read
 *       before the release store of {@code consumed} that gives it back, which pairs with the producer's.</li>
 *   <li>A full ring loses what comes, and counts it; nobody waits.</li>
 *   <li>While nobody listens, an event costs a load and a branch, and the ring's memory is not touched.</li>
 * </ol>
 */
public final class ConnEventLog implements ConnEvents, AutoCloseable {

    /**
     * Events that can wait. Unit: events, a power of two. The reader looks every 2 ms: this holds a burst of that length at four million events
     * a second. Lower loses events of bursts, higher costs 320 bytes each once somebody has listened.
     */
    public static final int CAPACITY = 8192;

    private static final int ENTRY = 64;
    private static final int RECORD_BYTES = ENTRY + ConnLayout.IPV6_BYTES;
    private static final int ADDRESS = 8;
    private static final int BITS = 16;
    private static final int MASK = CAPACITY - 1;

    /** The control words, each on a line of its own. */
    private static final int PRODUCED = 0;
    private static final int LOST = 8;
    private static final int CONSUMED = 64;
    private static final int LISTENING = 128;
    private static final int RECORDS = 192;

    private final MappedMemory memory;
    private final long control;
    private final long records;
    /** The producer's. */
    private long nowNs;
    private long produced;
    private long consumedSeen;
    /** The consumer's. */
    private long consumed;
    private long producedSeen;

    /** Nobody listens. */
    public ConnEventLog() {
        memory = MappedMemory.reserve(RECORDS + (long) CAPACITY * RECORD_BYTES, MappedMemory.Pages.NORMAL);
        control = memory.address();
        records = control + RECORDS;
    }

    /** Producer: a batch begins; events that follow have this time. */
    public void begin(final long batchNs) {
        nowNs = batchNs;
    }

    /** Any thread: whether somebody listens. */
    public boolean isListening() {
        return Memory.getIntOpaque(control + LISTENING) != 0;
    }

    /** Consumer: events are wanted from now on, or not any more. */
    public void listen(final boolean isWanted) {
        Memory.putIntOpaque(control + LISTENING, isWanted ? 1 : 0);
    }

    /** Producer. What a connection's own mask ({@link ConnLayout#events}) leaves nothing of is not told. */
    @Override
    public void onEvent(final long entry, final int bits) {
        if (isListening()) {
            write(entry, bits);
        }
    }

    private void write(final long entry, final int bits) {
        if ((ConnLayout.events(entry) & bits) == 0) {
            return;
        }
        if (produced - consumedSeen == CAPACITY) {
            consumedSeen = Memory.getLongAcquire(control + CONSUMED);
            if (produced - consumedSeen == CAPACITY) {
                Memory.putLongOpaque(control + LOST, Memory.getLongOpaque(control + LOST) + 1);
                return;
            }
        }
        final long record = record(produced);
        Memory.putLong(record, nowNs);
        Memory.putLong(record + ADDRESS, entry);
        Memory.putInt(record + BITS, bits);
        final boolean isIpv4 = ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4;
        Memory.copy(entry, record + ENTRY, isIpv4 ? ConnLayout.IPV4_BYTES : ConnLayout.IPV6_BYTES);
        produced++;
        Memory.putLongRelease(control + PRODUCED, produced);
    }

    /** Consumer: the oldest record, or 0. */
    public long peek() {
        if (consumed == producedSeen) {
            producedSeen = Memory.getLongAcquire(control + PRODUCED);
            if (consumed == producedSeen) {
                return 0;
            }
        }
        return record(consumed);
    }

    /** Consumer: gives the oldest record back. */
    public void release() {
        consumed++;
        Memory.putLongRelease(control + CONSUMED, consumed);
    }

    /** Any thread: events that found the ring full. */
    public long lost() {
        return Memory.getLongOpaque(control + LOST);
    }

    /** When a record was written. */
    public static long timeNs(final long record) {
        return Memory.getLong(record);
    }

    /** The address of the entry itself, which may be another connection's by now. */
    public static long address(final long record) {
        return Memory.getLong(record + ADDRESS);
    }

    /** {@link ConnEvents} of a record. */
    public static int bits(final long record) {
        return Memory.getInt(record + BITS);
    }

    /** Where a record's copy of the entry lies. */
    public static long entry(final long record) {
        return record + ENTRY;
    }

    /** Frees the memory; no thread may use it any more. */
    @Override
    public void close() {
        memory.close();
    }

    private long record(final long number) {
        return records + (number & MASK) * RECORD_BYTES;
    }
}
