package io.penstock.dataplane.hot.icmp;

/**
 * A host's token bucket and count of redirects, in one word that changes by one exchange.
 *
 * <pre>
 *   63                      32 31                   8 7        0
 *  +--------------------------+----------------------+----------+
 *  | when it was changed (ms) | tokens (ms of pause) | redirects|
 *  +--------------------------+----------------------+----------+
 * </pre>
 *
 * <p>A token is a millisecond in which nothing was said. The clock wraps after 49 days: a host that comes back in just
 * that second loses at most its burst. Errors, route errors and redirects share the word, so one
 * kind uses up what another would have had: the kernel has one bucket for all as well.
 *
 * <p>Source: net/ipv4/inetpeer.c inet_peer_xrlim_allow; net/ipv4/route.c ip_error and ip_rt_send_redirect. Differs from
 * Linux: time is counted in milliseconds, not in ticks.
 */
final class PeerState {

    /** The most tokens: 4 hours and 39 minutes. Longer bursts are cut to it. */
    static final int MAX_TOKENS = (1 << 24) - 1;
    /** Messages that may follow each other after a pause. */
    static final int BURST = 6;
    /** The longest time from one message to the next, as a burst of them must be countable. */
    static final int MAX_TIMEOUT_MS = MAX_TOKENS / BURST;
    static final int MAX_REDIRECTS = 0xFF;

    /** A host that is new has been silent for so long, so its first messages are not held back. Unit: ms. */
    private static final int FRESH_SILENCE_MS = 60_000;
    /**
     * Workers' clocks differ by a batch, so what was changed may lie ahead, but not farther than this. Unit: ms. Farther ahead is
     * the past before the clock wrapped; lower would take a stalled worker's time for that and fill the bucket.
     */
    private static final int MAX_AHEAD_MS = 10_000;
    private static final int TOKENS_SHIFT = 8;

    private PeerState() {
    }

    static long of(final int changedMs, final int tokens, final int redirects) {
        return (long) changedMs << Integer.SIZE | (long) tokens << TOKENS_SHIFT | redirects;
    }

    static long fresh(final int nowMs) {
        return of(nowMs - FRESH_SILENCE_MS, 0, 0);
    }

    static int changedMs(final long state) {
        return (int) (state >>> Integer.SIZE);
    }

    static int tokens(final long state) {
        return (int) (state >>> TOKENS_SHIFT) & MAX_TOKENS;
    }

    static int redirects(final long state) {
        return (int) state & MAX_REDIRECTS;
    }

    /** Milliseconds since the last change: 0 to 2^31 - 1. */
    static int silentMs(final long state, final int nowMs) {
        final int silentMs = nowMs - changedMs(state);
        if (silentMs >= 0) {
            return silentMs;
        }
        return silentMs >= -MAX_AHEAD_MS ? 0 : Integer.MAX_VALUE;
    }

    /** The tokens with those for the silence, at most so many. */
    static int filled(final long state, final int nowMs, final int most) {
        return (int) Math.min((long) tokens(state) + silentMs(state, nowMs), most);
    }
}
