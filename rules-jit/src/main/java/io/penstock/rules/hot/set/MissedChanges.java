package io.penstock.rules.hot.set;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How often a worker let a change be because somebody else was changing the set. Threads: any. */
public final class MissedChanges {

    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(MissedChanges.class, "count", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long count;

    /** One more. */
    void add() {
        COUNT.getAndAdd(this, 1L);
    }

    /** How many. */
    public long count() {
        return (long) COUNT.getOpaque(this);
    }
}
