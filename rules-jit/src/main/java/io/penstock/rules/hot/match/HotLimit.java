package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst, all workers together ({@code limit_mt}).
 *
 * <p>The one word of state is the time at which the credit would have been nothing: the credit is what has passed since, at most the
 * burst. So a packet that is not taken writes nothing.
 *
 * <p>Differs from Linux: credit grows by the nanosecond, not by the tick. A worker that loses {@link #TRIES} races in a row does not take
 * the packet: others have just used the credit up. Any worker.
 */
public final class HotLimit implements HotMatch {

    /** More than there are workers to lose against at once; fewer would refuse packets that are due, more would only burn cycles. */
    private static final int TRIES = 64;

    private final long costNs;
    private final long burstNs;
    private final AtomicLong empty;

    /**
     * A limit with its burst unused.
     *
     * @param costNs  what a packet costs
     * @param burstNs what can be saved up
     * @param nowNs   the workers' clock
     */
    public HotLimit(final long costNs, final long burstNs, final long nowNs) {
        this.costNs = costNs;
        this.burstNs = burstNs;
        empty = new AtomicLong(nowNs - burstNs);
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long nowNs = packet.nowNs;
        for (int i = 0; i < TRIES; i++) {
            final long was = empty.get();
            final long from = nowNs - was > burstNs ? nowNs - burstNs : was;
            if (nowNs - from < costNs) {
                return false;
            }
            if (empty.compareAndSet(was, from + costNs)) {
                return true;
            }
        }
        return false;
    }
}
