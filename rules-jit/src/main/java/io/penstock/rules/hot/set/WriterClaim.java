package io.penstock.rules.hot.set;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Who may change a set without a table of keys: one at a time. Threads: any. */
final class WriterClaim {

    /** How often a worker looks again: some microseconds, in which whoever is not interrupted is done. */
    private static final int TRIES = 200;
    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(WriterClaim.class, "taken", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int taken;

    /** Worker: whether it could be had within microseconds. */
    boolean tryClaim() {
        for (int i = 0; i < TRIES; i++) {
            if ((int) TAKEN.getOpaque(this) == 0 && TAKEN.compareAndSet(this, 0, 1)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Control: has it. */
    void claim() {
        while (!tryClaim()) {
            Thread.yield();
        }
    }

    /** Gives it back. */
    void release() {
        TAKEN.setRelease(this, 0);
    }
}
