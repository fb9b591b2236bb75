package io.penstock.dataplane.hot.publish;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One worker's mailbox for generations: the control thread publishes, the worker picks up at a batch boundary and
 * acknowledges.
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>One thread publishes, one polls.</li>
 *   <li>A worker that picks a generation up sees all that was written before it was published.</li>
 *   <li>A publisher that sees a number acknowledged knows that the worker uses no earlier generation any more, and sees
 *       all that the worker wrote while it did.</li>
 *   <li>A worker may skip generations that were replaced before it looked; it acknowledges the newest.</li>
 * </ol>
 */
public final class GenerationSlot {

    private static final VarHandle PUBLISHED;
    private static final VarHandle ACKNOWLEDGED;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUBLISHED = lookup.findVarHandle(GenerationSlot.class, "published", Generation.class);
            ACKNOWLEDGED = lookup.findVarHandle(GenerationSlot.class, "acknowledged", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Generation published;
    private long acknowledged;
    private Generation current;

    /** Control: makes a generation the next one. Pairs with the acquire in {@link #poll}. */
    public void publishRelease(final Generation generation) {
        PUBLISHED.setRelease(this, generation);
    }

    /** Worker: the newest generation when it is another than the last one polled, else null. */
    public Generation poll() {
        final Generation newest = (Generation) PUBLISHED.getAcquire(this);
        if (newest == current) {
            return null;
        }
        current = newest;
        return newest;
    }

    /** Worker: nothing earlier is used any more. Pairs with {@link #acknowledgedAcquire}. */
    public void acknowledgeRelease(final long number) {
        ACKNOWLEDGED.setRelease(this, number);
    }

    /** Control: the newest number that the worker has acknowledged. */
    public long acknowledgedAcquire() {
        return (long) ACKNOWLEDGED.getAcquire(this);
    }
}
