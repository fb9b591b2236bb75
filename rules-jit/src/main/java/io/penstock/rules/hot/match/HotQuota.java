package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes packets until so many bytes went by, all workers together. The packet that is too large for what is left ends it for good.
 *
 * <p>Wait-free: a worker subtracts once; what is left is below 0 from the first packet on that was too large, and stays there, since
 * nobody subtracts from it any more, but for those who were about to.
 *
 * <p>Differs from Linux: quotas of 2^63 bytes and more are one of 2^63 - 1.
 */
public final class HotQuota implements HotMatch {

    private final AtomicLong left;
    private final boolean inverted;

    /** A quota, unsigned. */
    public HotQuota(final long bytes, final boolean inverted) {
        this.left = new AtomicLong(bytes < 0 ? Long.MAX_VALUE : bytes);
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int bytes = packet.length;
        final boolean fits = left.getPlain() >= 0 && left.getAndAdd(-bytes) >= bytes;
        return fits != inverted;
    }
}
