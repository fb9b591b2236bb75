package io.penstock.dataplane.hot.icmp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The bucket that all limited messages of a namespace are taken from.
 *
 * <p>It is asked whether there is credit before a message is made, and paid when one is sent: by 0, 1 or 2 at random, 1 on
 * average, so that nobody can count this host's messages to others by his own (CVE-2020-25705 is what exact counting
 * allowed).
 *
 * <p>Assumptions and guarantees:
 * <ol>
 *   <li>Any number of threads; nobody waits: an exchange that fails means that another thread has just filled up.</li>
 *   <li>Several threads may see the last credit and each spend it: the credit goes below 0 by at most two for each.</li>
 *   <li>Within a second no more than {@code burst + perSecond} messages pass on average, the overdraft aside.</li>
 * </ol>
 *
 * <p>Source: net/ipv4/icmp.c icmp_global_allow and icmp_global_consume.
 */
final class GlobalBucket {

    /** The bucket is filled up at most this often. Unit: ns. As the kernel does: oftener costs more, later makes gaps. */
    private static final long MIN_PAUSE_NS = 20_000_000L;
    /** Credit for a longer pause than this is lost. Unit: ns. */
    private static final long MAX_PAUSE_NS = 1_000_000_000L;
    /** What is taken is below this. */
    private static final int COST_BOUND = 3;

    /** The words are apart by two cache lines, as the second is fetched with the first. */
    private static final int SPACING = 16;
    private static final int CREDIT = SPACING;
    private static final int FILLED_NS = 2 * SPACING;
    private static final int DICE = 3 * SPACING;
    private static final int WORDS = 4 * SPACING;
    /** No time: the bucket was never filled. */
    private static final long NEVER = Long.MIN_VALUE;

    /** The golden ratio's bits: steps that visit every number (splitmix64, Steele, Lea and Flood, 2014). */
    private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
    private static final long MIX_1 = 0xBF58_476D_1CE4_E5B9L;
    private static final long MIX_2 = 0x94D0_49BB_1331_11EBL;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words = new long[WORDS];

    GlobalBucket(final long seed) {
        words[FILLED_NS] = NEVER;
        words[DICE] = seed;
    }

    /** True when there is credit, or some is due. */
    boolean hasCredit(final long nowNs, final int perSecond, final int burst) {
        return (long) WORD.getOpaque(words, CREDIT) > 0 || fillUp(nowNs, perSecond, burst);
    }

    /** Takes what one message costs. */
    void spend() {
        final long dice = mix((long) WORD.getAndAdd(words, DICE, GAMMA));
        final long cost = (dice >>> Integer.SIZE) * COST_BOUND >>> Integer.SIZE;
        if (cost != 0) {
            WORD.getAndAdd(words, CREDIT, -cost);
        }
    }

    private boolean fillUp(final long nowNs, final int perSecond, final int burst) {
        final long filledNs = (long) WORD.getOpaque(words, FILLED_NS);
        final long pauseNs = filledNs == NEVER ? MAX_PAUSE_NS : Math.min(nowNs - filledNs, MAX_PAUSE_NS);
        if (pauseNs < MIN_PAUSE_NS) {
            return false;
        }
        final long due = perSecond * pauseNs / MAX_PAUSE_NS;
        if (due == 0) {
            return false;
        }
        if (WORD.compareAndSet(words, FILLED_NS, filledNs, nowNs)) {
            long credit;
            do {
                credit = (long) WORD.getOpaque(words, CREDIT);
            } while (!WORD.compareAndSet(words, CREDIT, credit, Math.min(credit + due, burst)));
        }
        return true;
    }

    private static long mix(final long dice) {
        final long once = (dice ^ dice >>> 30) * MIX_1;
        final long twice = (once ^ once >>> 27) * MIX_2;
        return twice ^ twice >>> 31;
    }
}
