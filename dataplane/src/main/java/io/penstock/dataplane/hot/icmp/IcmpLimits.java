package io.penstock.dataplane.hot.icmp;

import io.penstock.os.hot.packet.IcmpLayout;

/**
 * How many errors and redirects the workers of a namespace send, to one host and to all together.
 *
 * <p>For an error: {@link #begin4} or {@link #begin6} before it is made, {@link #peer4} or {@link #peer6} when its
 * destination is known; only if both say so it is sent, and then it has been counted. An error about a missing route asks
 * {@link #routeError4} before that, an IPv4 redirect {@link #redirect4}. An IPv6 redirect asks {@link #redirect6} alone, twice.
 *
 * <p>All workers share one object. Nobody waits: what races can do is said at {@link GlobalBucket} and {@link PeerTable}.
 * Time is the batch's.
 *
 * <p>Source: RFC 1812, 4.3.2.8; RFC 4443, 2.4 (f); net/ipv4/icmp.c icmpv4_global_allow and icmpv4_xrlim_allow;
 * net/ipv6/icmp.c icmpv6_global_allow and icmpv6_xrlim_allow. Threads: any.
 */
public final class IcmpLimits {

    /** Nothing may be sent now. */
    public static final int REFUSED = 0;
    /** The type is not limited. */
    public static final int EXEMPT = 1;
    /** There is credit; the destination is to be asked for. */
    public static final int LIMITED = 2;

    /** Types above are not limited: the kernel knows none. */
    private static final int LAST_TYPE4 = IcmpLayout.MASK_REPLY;
    private static final int LAST_TYPE6 = 255;
    private static final int NS_PER_MS = 1_000_000;
    /** From one IPv6 redirect to the next. Unit: ms. The kernel's; no sysctl changes it. */
    private static final int REDIRECT6_MS = 1000;

    /** What control sets. */
    public final LimitSettings settings;

    private final GlobalBucket global;
    private final PeerTable peers;

    /**
     * Limits that nothing has been counted against.
     *
     * @param peers how many hosts are remembered, a power of two from 4, at 16 bytes each; with too few of them hosts get
     *              more messages than they should
     * @param seed  a secret
     */
    public IcmpLimits(final LimitSettings settings, final int peers, final long seed) {
        this.settings = settings;
        this.global = new GlobalBucket(seed);
        this.peers = new PeerTable(peers, seed);
    }

    /**
     * Whether an ICMP message may be sent as far as the bucket of all is concerned. Fragmentation needed always may: path MTU
     * discovery stands still without it.
     *
     * @return {@link #REFUSED}, or for {@link #peer4} {@link #EXEMPT} or {@link #LIMITED}
     */
    public int begin4(final int type, final int code, final long nowNs) {
        if (type > LAST_TYPE4 || (settings.ratemask >>> type & 1) == 0
                || type == IcmpLayout.DESTINATION_UNREACHABLE && code == IcmpLayout.CODE_FRAGMENTATION_NEEDED) {
            return EXEMPT;
        }
        return begin(nowNs);
    }

    /** As {@link #begin4}, for ICMPv6; packet too big is exempt by default, by {@link LimitSettings#ratemask6}. */
    public int begin6(final int type, final long nowNs) {
        final boolean limited =
                type <= LAST_TYPE6 && (settings.ratemask6[type / Long.SIZE] >>> type % Long.SIZE & 1) != 0;
        return limited ? begin(nowNs) : EXEMPT;
    }

    /**
     * Whether a message may be sent as far as its destination is concerned, and counts it if so.
     *
     * @param verdict what {@link #begin4} said
     */
    public boolean peer4(final int verdict, final int destination, final long nowNs) {
        if (verdict != LIMITED) {
            return verdict == EXEMPT;
        }
        final int nowMs = milliseconds(nowNs);
        return paid(take(peers.find(destination, nowMs), settings.ratelimitMs, nowMs));
    }

    /**
     * As {@link #peer4} for a message to this host itself, which may have any number.
     *
     * @param verdict what {@link #begin4} said
     */
    public boolean local(final int verdict) {
        return verdict == EXEMPT || paid(verdict == LIMITED);
    }

    /** As {@link #peer4}, for ICMPv6. */
    public boolean peer6(final int verdict, final long high, final long low, final long nowNs) {
        if (verdict != LIMITED) {
            return verdict == EXEMPT;
        }
        final int nowMs = milliseconds(nowNs);
        return paid(take(peers.find(high, low, nowMs), settings.ratelimit6Ms, nowMs));
    }

    /** Whether a host may be told that it has sent where no route leads. */
    public boolean routeError4(final int source, final long nowNs) {
        final int nowMs = milliseconds(nowNs);
        final int index = peers.find(source, nowMs);
        final int cost = settings.errorCostMs;
        final int burst = Math.min(settings.errorBurstMs, PeerState.MAX_TOKENS);
        while (true) {
            final long state = peers.state(index);
            final int tokens = PeerState.filled(state, nowMs, burst);
            final boolean allowed = tokens >= cost;
            final long next = PeerState.of(nowMs, allowed ? tokens - cost : tokens, PeerState.redirects(state));
            if (peers.replace(index, state, next)) {
                return allowed;
            }
        }
    }

    /** Whether a host may be told of a better first hop: ever more seldom while it does not listen. */
    public boolean redirect4(final int source, final long nowNs) {
        final int nowMs = milliseconds(nowNs);
        final int index = peers.find(source, nowMs);
        while (true) {
            final long state = peers.state(index);
            final int silentMs = PeerState.silentMs(state, nowMs);
            final boolean forgotten = silentMs > settings.redirectSilenceMs;
            final int tokens = forgotten ? 0 : PeerState.tokens(state);
            final int sent = forgotten ? 0 : PeerState.redirects(state);
            final boolean ignored = sent >= settings.redirectNumber;
            final boolean allowed = !ignored && (sent == 0 || silentMs > pauseMs(sent));
            final int changedMs = allowed || ignored ? nowMs : PeerState.changedMs(state);
            final long next = PeerState.of(changedMs, tokens, allowed ? Math.min(sent + 1, PeerState.MAX_REDIRECTS) : sent);
            if (state == next || peers.replace(index, state, next)) {
                return allowed;
            }
        }
    }

    /**
     * Whether an IPv6 redirect may be sent: asked first for the destination that is redirected, then, when the redirect is known
     * to be possible, for the host that is told.
     */
    public boolean redirect6(final long high, final long low, final long nowNs) {
        final int nowMs = milliseconds(nowNs);
        return take(peers.find(high, low, nowMs), REDIRECT6_MS, nowMs);
    }

    private int begin(final long nowNs) {
        return global.hasCredit(nowNs, settings.messagesPerSecond, settings.messagesBurst) ? LIMITED : REFUSED;
    }

    private boolean paid(final boolean allowed) {
        if (allowed) {
            global.spend();
        }
        return allowed;
    }

    private boolean take(final int index, final int wantedMs, final int nowMs) {
        final int timeoutMs = Math.min(wantedMs, PeerState.MAX_TIMEOUT_MS);
        while (true) {
            final long state = peers.state(index);
            final boolean later = PeerState.silentMs(state, nowMs) != 0;
            final int tokens = later
                    ? PeerState.filled(state, nowMs, PeerState.BURST * timeoutMs) : PeerState.tokens(state);
            final boolean allowed = tokens >= timeoutMs;
            final int changedMs = later ? nowMs : PeerState.changedMs(state);
            final long next = PeerState.of(changedMs, allowed ? tokens - timeoutMs : tokens, PeerState.redirects(state));
            if (state == next || peers.replace(index, state, next)) {
                return allowed;
            }
        }
    }

    /** Doubles with each redirect that was sent. */
    private long pauseMs(final int sent) {
        return (long) settings.redirectLoadMs << Math.min(sent, Integer.SIZE - 1);
    }

    /** A clock that wraps. */
    private static int milliseconds(final long nowNs) {
        return (int) Math.floorDiv(nowNs, (long) NS_PER_MS);
    }
}
