package io.penstock.conntrack.hot.nat;

import io.penstock.os.hot.memory.Memory;

/**
 * A cone: a source inside, and the address and port outside by which it sends to everybody and everybody reaches it. A line of 64 bytes.
 *
 * <pre>
 *    0 state long: bits 0-30 references | 31 BEGUN | 32-63 generation
 *    8 inside:  address, high long, low long
 *   24 outside: address, high long, low long
 *   40 inside:  port u16 | 42 outside: port u16 | 44 inside: zone u16 | 46 outside: zone u16
 *   48 next int, 52 next chain int: numbers, while it is free ({@link ConePool})
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>It is free without references and BEGUN, begun with BEGUN alone, and lives with references alone.</li>
 *   <li>What is inside does not change while it is not free, what is outside not while it lives. Who has read them and then adds a reference to the
 *       state that was read before, generation and all, has read this cone's.</li>
 *   <li>Who takes the last reference away does all the rest.</li>
 * </ol>
 *
 * <p>Addresses are two longs; of IPv4 the first is 0 and the second an unsigned number.
 */
final class ConeLayout {

    static final int BYTES = 64;

    private static final int STATE = 0;
    /** By end: {@link #INSIDE} and {@link #OUTSIDE}. */
    private static final int ADDRESS = 8;
    private static final int ADDRESS_BYTES = 16;
    private static final int PORT = 40;
    private static final int ZONE = 44;
    private static final int NEXT = 48;
    private static final int NEXT_CHAIN = 52;

    static final int INSIDE = 0;
    static final int OUTSIDE = 1;

    private static final long BEGUN = 1L << 31;
    private static final long REFERENCES = BEGUN - 1;
    private static final int GENERATION_SHIFT = 32;

    private ConeLayout() {
    }

    static long state(final long cone) {
        return Memory.getLongAcquire(cone + STATE);
    }

    static boolean isFree(final long state) {
        return (state & (BEGUN | REFERENCES)) == 0;
    }

    static boolean isBegun(final long state) {
        return (state & BEGUN) != 0;
    }

    /** Of a free one: it is begun. What is inside has been written. */
    static void begin(final long cone) {
        final long generation = (Memory.getLongOpaque(cone + STATE) >>> GENERATION_SHIFT) + 1;
        Memory.putLongRelease(cone + STATE, generation << GENERATION_SHIFT | BEGUN);
    }

    /** Of a begun one: it lives, with a reference. What is outside has been written. */
    static void publish(final long cone) {
        Memory.putLongRelease(cone + STATE, Memory.getLongOpaque(cone + STATE) & ~BEGUN | 1);
    }

    /** Of a begun one: it is free. */
    static void abandon(final long cone) {
        Memory.putLongRelease(cone + STATE, Memory.getLongOpaque(cone + STATE) & ~BEGUN);
    }

    /** Adds a reference to one that lived when its state was read; false if it has ended since. */
    static boolean tryRefer(final long cone, final long seen) {
        long state = seen;
        while (state >>> GENERATION_SHIFT == seen >>> GENERATION_SHIFT && (state & REFERENCES) != 0) {
            if (Memory.compareAndSetLong(cone + STATE, state, state + 1)) {
                return true;
            }
            state = state(cone);
        }
        return false;
    }

    /** Takes a reference away; true if it was the last one. */
    static boolean unrefer(final long cone) {
        return (Memory.getAndAddLong(cone + STATE, -1) & REFERENCES) == 1;
    }

    static long high(final long cone, final int end) {
        return Memory.getLong(cone + ADDRESS + ADDRESS_BYTES * end);
    }

    static long low(final long cone, final int end) {
        return Memory.getLong(cone + ADDRESS + ADDRESS_BYTES * end + 8);
    }

    static int port(final long cone, final int end) {
        return Memory.getUnsignedShort(cone + PORT + 2 * end);
    }

    static int zone(final long cone, final int end) {
        return Memory.getUnsignedShort(cone + ZONE + 2 * end);
    }

    static void set(final long cone, final int end, final long high, final long low, final int port, final int zone) {
        Memory.putLong(cone + ADDRESS + ADDRESS_BYTES * end, high);
        Memory.putLong(cone + ADDRESS + ADDRESS_BYTES * end + 8, low);
        Memory.putShort(cone + PORT + 2 * end, port);
        Memory.putShort(cone + ZONE + 2 * end, zone);
    }

    static boolean is(final long cone, final int end, final long high, final long low, final int port, final int zone) {
        return port(cone, end) == port && low(cone, end) == low && high(cone, end) == high && zone(cone, end) == zone;
    }

    static int next(final long cone) {
        return Memory.getIntOpaque(cone + NEXT);
    }

    static void setNext(final long cone, final int number) {
        Memory.putIntOpaque(cone + NEXT, number);
    }

    static int nextChain(final long cone) {
        return Memory.getIntOpaque(cone + NEXT_CHAIN);
    }

    static void setNextChain(final long cone, final int number) {
        Memory.putIntOpaque(cone + NEXT_CHAIN, number);
    }
}
