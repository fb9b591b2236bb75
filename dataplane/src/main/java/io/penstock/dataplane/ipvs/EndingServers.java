package io.penstock.dataplane.ipvs;

import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Numbers of servers whose connections are to end: all in one go, for each means a look at the whole table. What a change says of that counts
 * when the change is over: one that is taken back has said nothing.
 *
 * <p>Threads: the registry's.
 */
final class EndingServers {

    private final BitSet ending = new BitSet();
    /** Servers that have left in the change that is under way, and whose connections end with it. */
    private final BitSet leaving = new BitSet();
    /** Servers that take clients again by the change that is under way, so that their connections go on. */
    private final BitSet taking = new BitSet();

    /** A server's connections are to end, unless it takes clients again before. */
    void add(final int number) {
        taking.clear(number);
        ending.set(number);
    }

    /** A server has left. */
    void leave(final int number, final boolean endsAtOnce) {
        taking.clear(number);
        leaving.set(number, endsAtOnce);
    }

    /** A server that has left is there again. */
    void comeBack(final int number) {
        leaving.clear(number);
    }

    /** Whether a server takes clients again. */
    void take(final int number, final boolean does) {
        taking.set(number, does);
    }

    /** The change is over; whether connections are to end with it, and not with the next upkeep. */
    boolean decide() {
        final boolean endsAtOnce = !leaving.isEmpty();
        ending.andNot(taking);
        ending.or(leaving);
        taking.clear();
        leaving.clear();
        return endsAtOnce;
    }

    boolean isEmpty() {
        return ending.isEmpty();
    }

    /** By number. */
    IntPredicate numbers() {
        return ending::get;
    }

    /** They have ended. */
    void clear() {
        ending.clear();
    }
}
