package io.penstock.dataplane.hot.publish;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One worker's announcement of its batch boundaries: what was unpublished before a boundary is not used after it.
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>One worker announces; any thread reads.</li>
 *   <li>An odd value says that the worker is away (asleep, or not started): it holds no reference to shared structures.</li>
 *   <li>A reader that unpublished something, executed a full fence, and then sees the worker away or a value other than
 *       the one it saw first, knows that the worker does not use it any more. The announcement is a release store
 *       and a full fence, so that no later load of the worker, plain ones included, can overtake it.</li>
 * </ol>
 */
public final class Epoch {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Epoch.class, "value", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value = 1;

    /** Worker: a batch boundary. */
    public void boundary() {
        VALUE.setRelease(this, (value | 1) + 1);
        VarHandle.fullFence();
    }

    /** Worker: goes away until the next {@link #boundary}. */
    public void away() {
        VALUE.setRelease(this, value | 1);
        VarHandle.fullFence();
    }

    /** Any thread: the current value, after a full fence. */
    public long observe() {
        VarHandle.fullFence();
        return (long) VALUE.getVolatile(this);
    }

    /** Any thread: whether the worker has let go of all that was unpublished before {@code seen} was observed. */
    public boolean hasPassed(final long seen) {
        return (seen & 1) != 0 || (long) VALUE.getVolatile(this) != seen;
    }
}
