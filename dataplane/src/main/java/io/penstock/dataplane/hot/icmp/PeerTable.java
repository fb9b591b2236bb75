package io.penstock.dataplane.hot.icmp;

import io.penstock.os.hot.packet.FlowHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What is remembered of the hosts that messages go to: one word each, a {@link PeerState}.
 *
 * <pre>
 *  set 0: | name | state | name | state | name | state | name | state |    64 bytes
 *  set 1: ...
 * </pre>
 *
 * <p>A host's name is a keyed hash of its address; which set it belongs to is the name's low bits. A set that is full
 * forgets the host that was written to longest ago.
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>Any number of threads; nobody waits for another.</li>
 *   <li>The memory is fixed. With more hosts than places, those heard of again after being forgotten start with what a new
 *       one has: they may get up to six messages more. The bucket that all share bounds that.</li>
 *   <li>Two threads that find the same new host at once may give it two places, and a thread that finds a place whose
 *       name has just been changed may change the state of its former owner: a message too many or too few.</li>
 *   <li>Two hosts have the same name with a chance of 2^-64, and nobody who does not know the seed can make two.</li>
 * </ol>
 *
 * <p>Source: net/ipv4/inetpeer.c. Differs from Linux: the kernel's tree has no places to run out of; it forgets hosts that
 * were silent for 10 minutes, sooner when it holds more than 65,664 of them, down to 2 minutes. A seldom message to many
 * hosts is limited the same by both.
 */
final class PeerTable {

    /** Places of a set: a cache line of them. */
    private static final int WAYS = 4;
    private static final int PLACE_WORDS = 2;
    private static final int SET_WORDS = WAYS * PLACE_WORDS;
    /** The name of a free place. */
    private static final long FREE = 0;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final int setMask;
    private final long seed;

    /**
     * An empty table.
     *
     * @param peers how many hosts it has room for, a power of two from 4
     */
    PeerTable(final int peers, final long seed) {
        if (peers < WAYS || Integer.bitCount(peers) != 1) {
            throw new IllegalArgumentException("peers=" + peers + " is no power of two; give at least " + WAYS);
        }
        this.words = new long[Math.multiplyExact(peers, PLACE_WORDS)];
        this.setMask = peers / WAYS - 1;
        this.seed = seed;
    }

    /** The index of an IPv4 host's state. */
    int find(final int address, final int nowMs) {
        return find(FlowHash.hash4(address, 0, 0, 0, Integer.BYTES, seed), nowMs);
    }

    /** The index of an IPv6 host's state. */
    int find(final long high, final long low, final int nowMs) {
        return find(FlowHash.hash6(high, low, 0, 0, 0, 0, 2 * Long.BYTES, seed), nowMs);
    }

    long state(final int index) {
        return (long) WORD.getOpaque(words, index);
    }

    /** False when another thread has changed the state since. */
    boolean replace(final int index, final long state, final long next) {
        return WORD.compareAndSet(words, index, state, next);
    }

    private int find(final long hash, final int nowMs) {
        final long name = hash == FREE ? 1 : hash;
        final int first = ((int) name & setMask) * SET_WORDS;
        int victim = first;
        int longest = -1;
        for (int place = first; place < first + SET_WORDS; place += PLACE_WORDS) {
            final long owner = (long) WORD.getOpaque(words, place);
            if (owner == name) {
                return place + 1;
            }
            final int silent = owner == FREE ? Integer.MAX_VALUE : PeerState.silentMs(state(place + 1), nowMs);
            if (silent > longest) {
                longest = silent;
                victim = place;
            }
        }
        return claim(victim, name, nowMs);
    }

    /** Gives a place to a host. Who loses the race for it shares the winner's: there is no second look. */
    private int claim(final int place, final long name, final int nowMs) {
        final long owner = (long) WORD.getOpaque(words, place);
        if (owner != name && WORD.compareAndSet(words, place, owner, name)) {
            WORD.setOpaque(words, place + 1, PeerState.fresh(nowMs));
        }
        return place + 1;
    }
}
