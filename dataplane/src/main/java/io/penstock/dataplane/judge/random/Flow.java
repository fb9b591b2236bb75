package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import java.util.Arrays;

/** A conversation of two hosts, of which the far one is not known before a packet has come there. Threads: one. */
abstract class Flow {

    final Dice dice;
    final int protocol;
    final FlowEnd near = new FlowEnd();
    final FlowEnd far = new FlowEnd();

    Flow(final Dice dice, final int protocol) {
        this.dice = dice;
        this.protocol = protocol;
    }

    /** What an end sends next: the transport header, its checksum not yet right, and data; null for nothing. */
    abstract byte[] next(FlowEnd from);

    /** A packet has come to an end, which knows it already. */
    void saw(final FlowEnd at, final byte[] packet, final int transport) {
        // Most do not mind.
    }

    /** Whether it may begin anew with the same ports. */
    boolean isOver() {
        return false;
    }

    /** The end that is not this one. */
    FlowEnd other(final FlowEnd end) {
        return end == near ? far : near;
    }

    /** A header with the ends' keys as ports, and random data behind it. */
    final byte[] withData(final FlowEnd from, final byte[] header, final int most) {
        final byte[] all = Arrays.copyOf(header, header.length + dice.below(most + 1));
        dice.fill(all, header.length, all.length);
        Wire.put16(all, 0, from.localKey);
        Wire.put16(all, 2, from.peerKey);
        return all;
    }
}
