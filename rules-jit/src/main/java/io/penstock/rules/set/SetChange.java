package io.penstock.rules.set;

import java.util.concurrent.locks.LockSupport;

/**
 * Elements that are added to a set, or deleted from it: one, or those of a range in parts, between which others have their turn.
 *
 * <p>Whatever name the set has meanwhile, it goes on with the same one; where that is destroyed it ends, as there is no such set. Differs from
 * Linux, which does not let a set be destroyed, renamed or swapped that such a command is at ({@code call_ad}), and lets nobody end the command.
 *
 * <p>Threads: one.
 */
@FunctionalInterface
public interface SetChange {

    /** Between two parts, so that who waits for a lock that is free for a moment gets it; a part takes some milliseconds. Unit: ns. */
    long PAUSE_NS = 100_000;

    /** Does the next part; whether there is more. */
    boolean next() throws SetProblem;

    /** Does all that is left. */
    default void finish() throws SetProblem {
        while (next()) {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
