package io.penstock.dataplane.hot.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Logged packets on their way from one worker to the thread that writes lines: a ring of records that are made once.
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>One thread produces ({@link #claim}, {@link #publish}), one consumes ({@link #peek}, {@link #release}).</li>
 *   <li>A record is written before the release store of {@code produced} that shows it, which pairs with the consumer's acquire load;
 *       it is read before the release store of {@code consumed} that gives it back, which pairs with the producer's.</li>
 *   <li>A full ring refuses; nobody waits.</li>
 * </ol>
 */
public final class PacketLogProxy {

    /**
     * Packets that can wait to be written. Unit: packets, a power of two. The writer looks every 20 ms: this holds a burst of that length
     * at 12,000 packets a second, more than a system's log takes for long. Lower loses lines of bursts, higher costs 600 bytes a packet
     * for each worker.
     */
    public static final int CAPACITY = 256;

    private static final int MASK = CAPACITY - 1;
    private static final VarHandle PRODUCED;
    private static final VarHandle CONSUMED;
    private static final VarHandle REFUSED;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            PRODUCED = lookup.findVarHandle(PacketLogProxy.class, "produced", long.class);
            CONSUMED = lookup.findVarHandle(PacketLogProxy.class, "consumed", long.class);
            REFUSED = lookup.findVarHandle(PacketLogProxy.class, "refused", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LogRecord[] records = new LogRecord[CAPACITY];
    private long produced;
    private long consumedSeen;
    private long consumed;
    private long producedSeen;
    private long refused;

    /** An empty ring. */
    public PacketLogProxy() {
        for (int i = 0; i < CAPACITY; i++) {
            records[i] = new LogRecord();
        }
    }

    /** Producer: the record to write next, or null when all are taken. */
    public LogRecord claim() {
        final long next = produced;
        if (next - consumedSeen == CAPACITY) {
            consumedSeen = (long) CONSUMED.getAcquire(this);
            if (next - consumedSeen == CAPACITY) {
                return null;
            }
        }
        return records[(int) next & MASK];
    }

    /** Producer: shows the claimed record to the consumer. */
    public void publish() {
        PRODUCED.setRelease(this, produced + 1);
    }

    /** Consumer: the oldest record, or null. */
    public LogRecord peek() {
        if (consumed == producedSeen) {
            producedSeen = (long) PRODUCED.getAcquire(this);
            if (consumed == producedSeen) {
                return null;
            }
        }
        return records[(int) consumed & MASK];
    }

    /** Consumer: gives the oldest record back. */
    public void release() {
        CONSUMED.setRelease(this, consumed + 1);
    }

    /** Consumer: counts a record that could not be written. */
    public void refuse() {
        REFUSED.setOpaque(this, refused + 1);
    }

    /** Records that were read and could not be written. Any thread. */
    public long refused() {
        return (long) REFUSED.getOpaque(this);
    }
}
