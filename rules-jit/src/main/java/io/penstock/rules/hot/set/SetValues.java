package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;

/** What an element gets besides its key. One object for many; whose, says who has one. */
public final class SetValues {

    /** {@link #packets}, {@link #bytes}: left as they are. */
    public static final long AS_IT_IS = -1;
    /** The longest timeout: the kernel's clock counts milliseconds in 31 bits. Unit: s. */
    public static final long MAX_TIMEOUT = 2_147_483;

    private static final long NS_PER_SECOND = 1_000_000_000;

    /** Seconds that it stays, 0 for ever. */
    public long timeout;
    /** Packets, or {@link #AS_IT_IS}. */
    public long packets;
    /** Bytes, or {@link #AS_IT_IS}. */
    public long bytes;
    /** The comment's number; 0 for none. */
    public int comment;
    /** Whether an element that is there keeps the comment that it has, whatever {@link #comment} says. */
    public boolean keepsComment;
    /** A mark for packets. */
    public int skbMark;
    /** In which bits. */
    public int skbMask;
    /** A priority for packets. */
    public int skbPrio;
    /** A queue for packets. */
    public int skbQueue;
    /** Whether it is an exception. */
    public boolean nomatch;
    /** Whether its device is the beginning of names. */
    public boolean wildcard;
    /** Answered: the number of the comment that it had, 0 for none. */
    public int oldComment;

    /** Nothing said. */
    public void clear(final long ownTimeout) {
        timeout = ownTimeout;
        packets = AS_IT_IS;
        bytes = AS_IT_IS;
        comment = 0;
        keepsComment = false;
        skbMark = 0;
        skbMask = 0;
        skbPrio = 0;
        skbQueue = 0;
        nomatch = false;
        wildcard = false;
        oldComment = 0;
    }

    /** What an element that a packet adds gets: it counts that packet. */
    void fill(final RulePacket packet, final SetQuery query, final long ownTimeout) {
        clear(query.timeout() == SetQuery.NO_TIMEOUT ? ownTimeout : Math.min(query.timeout(), MAX_TIMEOUT));
        packets = 1;
        bytes = packet.length;
    }

    /** When it is over; 0 for never. */
    public static long expiryNs(final long seconds, final long nowNs) {
        if (seconds == 0) {
            return 0;
        }
        final long expiryNs = nowNs + seconds * NS_PER_SECOND;
        return expiryNs == 0 ? 1 : expiryNs;
    }

    /** An end that is over now. */
    static long past(final long nowNs) {
        return nowNs == 0 ? -1 : nowNs;
    }

    /** Seconds that are left, as listings tell them: rounded down, and 1 at least; 0 for ever. */
    public static long secondsLeft(final long expiryNs, final long nowNs) {
        return expiryNs == 0 ? 0 : Math.max(1, (expiryNs - nowNs) / NS_PER_SECOND);
    }
}
