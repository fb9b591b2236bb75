package io.penstock.conntrack.model;

/**
 * One CPU's counts, in the order in which they are told.
 *
 * @param cpu           the CPU
 * @param found         new connections' first packets that turned out to be known
 * @param invalid       packets that could not be tracked
 * @param insert        connections put in by commands
 * @param insertFailed  connections not put in because their tuples were taken
 * @param drop          packets dropped because a connection could not be put in
 * @param earlyDrop     connections removed to make room
 * @param error         packets refused by a tracker
 * @param searchRestart look-ups begun anew because the index was being resized
 * @param clashResolve  clashes that were resolved
 * @param chainTooLong  connections not put in because too many were in one place
 */
public record ConnectionStatistics(int cpu, long found, long invalid, long insert, long insertFailed, long drop, long earlyDrop, long error,
        long searchRestart, long clashResolve, long chainTooLong) {
}
