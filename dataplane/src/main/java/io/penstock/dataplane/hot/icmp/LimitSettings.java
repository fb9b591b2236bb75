package io.penstock.dataplane.hot.icmp;

/**
 * How much a namespace says, as its sysctls have it; the values here are the kernel's defaults.
 *
 * <p>Plain fields: the control thread writes them, workers see that soon. Times are in ms; where the sysctl counts the
 * kernel's ticks (below {@code net.ipv4.route}), control has divided by their rate.
 *
 * <p>Source: Documentation/networking/ip-sysctl; net/ipv4/icmp.c icmp_sk_init; net/ipv6/icmp.c; net/ipv4/route.c.
 */
public final class LimitSettings {

    private static final int ALL = -1;

    /**
     * {@code net.ipv4.icmp_ratelimit}. Unit: ms from one error to the next to the same destination; 0 is no limit. Lower
     * floods who sends a stream that cannot be delivered; higher hides later failures.
     */
    public int ratelimitMs = 1000;

    /** {@code net.ipv4.icmp_ratemask}: bit t for ICMP type t to be limited: 3, 4, 11 and 12. */
    public int ratemask = 0x1818;

    /**
     * {@code net.ipv4.icmp_msgs_per_sec}: limited messages a second, to all destinations together, IPv6's included. Lower
     * starves traceroutes when an attack uses the messages up; higher costs more under attack.
     */
    public int messagesPerSecond = 1000;

    /** {@code net.ipv4.icmp_msgs_burst}: as many may follow each other at once after a pause. */
    public int messagesBurst = 50;

    /**
     * {@code net.ipv6.icmp.ratelimit}. Unit: ms, as {@link #ratelimitMs}. Older kernels had 1000 and halved it up to four times
     * for wide prefixes; this one has a tenth of it for all.
     */
    public int ratelimit6Ms = 100;

    /** {@code net.ipv6.icmp.ratemask}: bit t % 64 of word t / 64 for type t: all errors but packet too big (2). */
    public final long[] ratemask6 = {~(1L << 2), ALL, 0, 0};

    /** {@code net.ipv4.route.error_cost}. Unit: ms from one error about a missing route to the next, for one source. */
    public int errorCostMs = 1000;

    /** {@code net.ipv4.route.error_burst}. Unit: ms that a source can save up for {@link #errorCostMs}. */
    public int errorBurstMs = 5000;

    /** {@code net.ipv4.route.redirect_load}. Unit: ms from the first redirect to the second; doubles with each one. */
    public int redirectLoadMs = 20;

    /** {@code net.ipv4.route.redirect_number}: a host that ignores so many redirects gets no more. */
    public int redirectNumber = 9;

    /** {@code net.ipv4.route.redirect_silence}. Unit: ms without traffic to redirect after which all is forgotten. */
    public int redirectSilenceMs = 20_480;
}
