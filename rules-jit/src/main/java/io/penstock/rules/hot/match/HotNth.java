package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.util.concurrent.atomic.AtomicLong;

/** Every so manieth packet, all workers together ({@code statistic_mt}, nth). Any worker; one atomic addition a packet. */
public final class HotNth implements HotMatch {

    private final long every;
    private final boolean inverted;
    private final AtomicLong seen;

    /**
     * A match of turns.
     *
     * @param every  the length of a turn, at least 1
     * @param packet how many packets are skipped at first, less than that
     */
    public HotNth(final long every, final long packet, final boolean inverted) {
        this.every = every;
        this.inverted = inverted;
        seen = new AtomicLong(every - packet);
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return (seen.getAndIncrement() % every == 0) != inverted;
    }
}
