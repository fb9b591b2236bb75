package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import java.util.Arrays;

/** An SCTP association: chunks in their order for the most part, any others now and then. Source: RFC 9260. Threads: one. */
final class SctpFlow extends Flow {

    private static final int DATA = 0;
    private static final int INIT = 1;
    private static final int INIT_ACK = 2;
    private static final int SACK = 3;
    private static final int HEARTBEAT = 4;
    private static final int HEARTBEAT_ACK = 5;
    private static final int ABORT = 6;
    private static final int SHUTDOWN = 7;
    private static final int SHUTDOWN_ACK = 8;
    private static final int COOKIE_ECHO = 10;
    private static final int COOKIE_ACK = 11;
    private static final int SHUTDOWN_COMPLETE = 14;
    private static final int CHUNKS = 12;
    private static final int INIT_BYTES = 20;
    private static final int[] ANY = {DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, 9, COOKIE_ECHO,
        COOKIE_ACK, 12, 13, SHUTDOWN_COMPLETE, 130, 192};

    private int nearTag;
    private int farTag;
    private int nearSaw = -1;
    private int farSaw = -1;

    SctpFlow(final Dice dice) {
        super(dice, TransportBytes.SCTP);
        tags();
    }

    private void tags() {
        nearTag = dice.oneIn(30) ? 0 : dice.bits();
        farTag = dice.oneIn(30) ? 0 : dice.bits();
    }

    @Override
    boolean isOver() {
        return nearSaw == SHUTDOWN_COMPLETE || farSaw == SHUTDOWN_COMPLETE || nearSaw == ABORT || farSaw == ABORT;
    }

    @Override
    byte[] next(final FlowEnd from) {
        if (isOver() && from == near && dice.oneIn(2)) {
            tags();
            nearSaw = -1;
            farSaw = -1;
        }
        final boolean isNear = from == near;
        final int saw = isNear ? nearSaw : farSaw;
        if (saw < 0 && !isNear && !dice.oneIn(4)) {
            return null;
        }
        final int first = dice.oneIn(9) ? dice.of(ANY) : usual(saw, isNear);
        int tag = first == INIT ? 0 : isNear ? farTag : nearTag;
        if (dice.oneIn(20)) {
            tag = dice.of(0, nearTag, farTag, dice.bits());
        }
        final byte[] all = new byte[CHUNKS + 200];
        Wire.put16(all, 0, from.localKey);
        Wire.put16(all, 2, from.peerKey);
        Wire.put32(all, 4, tag);
        int at = chunk(all, CHUNKS, first, isNear ? nearTag : farTag);
        for (int i = dice.of(0, 0, 0, 0, 1, 2); i > 0 && at < CHUNKS + 100; i--) {
            at = chunk(all, at, dice.of(DATA, SACK, HEARTBEAT, dice.of(ANY)), isNear ? nearTag : farTag);
        }
        return Arrays.copyOf(all, dice.oneIn(40) ? dice.below(at) : at);
    }

    private int usual(final int saw, final boolean isNear) {
        return switch (saw) {
            case -1 -> INIT;
            case INIT -> INIT_ACK;
            case INIT_ACK -> COOKIE_ECHO;
            case COOKIE_ECHO -> COOKIE_ACK;
            case HEARTBEAT -> HEARTBEAT_ACK;
            case SHUTDOWN -> SHUTDOWN_ACK;
            case SHUTDOWN_ACK -> SHUTDOWN_COMPLETE;
            default -> dice.oneIn(10) ? SHUTDOWN : dice.oneIn(40) ? ABORT : dice.of(DATA, DATA, SACK, HEARTBEAT);
        };
    }

    private int chunk(final byte[] all, final int at, final int type, final int tag) {
        final int bytes = type == INIT || type == INIT_ACK ? INIT_BYTES : 4 + dice.below(5) * 4;
        Wire.put8(all, at, type);
        Wire.put8(all, at + 1, dice.oneIn(6) ? dice.below(8) : 0);
        Wire.put16(all, at + 2, dice.oneIn(60) ? dice.below(40) : bytes);
        dice.fill(all, at + 4, at + bytes);
        if (bytes == INIT_BYTES) {
            Wire.put32(all, at + 4, tag);
        }
        return at + bytes;
    }

    @Override
    void saw(final FlowEnd at, final byte[] packet, final int transport) {
        if (packet.length >= transport + CHUNKS + 4) {
            final int type = Wire.u8(packet, transport + CHUNKS);
            if (at == near) {
                nearSaw = type;
            } else {
                farSaw = type;
            }
        }
    }
}
