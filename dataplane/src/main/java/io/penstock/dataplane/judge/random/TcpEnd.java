package io.penstock.dataplane.judge.random;

import java.util.ArrayList;
import java.util.List;

/** What a TCP has sent and seen. Threads: one. */
final class TcpEnd {

    /** A segment, for sending it again. */
    record Segment(int sequence, int flags, int bytes) {
    }

    int next;
    int expected;
    boolean hasSyn;
    boolean sawSyn;
    boolean hasFin;
    boolean sawFin;
    boolean isReset;
    boolean offersScale;
    boolean offersTimes;
    boolean offersSack;
    final List<Segment> sent = new ArrayList<>();

    TcpEnd(final Dice dice) {
        next = dice.oneIn(6) ? -dice.below(2000) : dice.bits();
        offersScale = dice.oneIn(2);
        offersTimes = dice.oneIn(2);
        offersSack = dice.oneIn(2);
    }
}
