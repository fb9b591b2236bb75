package io.penstock.perf.connections.tcp;

import io.penstock.os.hot.ring.FrameStack;

/**
 * The server: takes every connection, answers every request, and closes when the client does.
 *
 * <pre>
 *  closed --SYN--> SYN received --ACK or request--> open --FIN--> last ACK --ACK--> closed
 * </pre>
 *
 * <p>Threads: one.
 */
public final class TcpServers extends TcpEnd {

    private static final byte CLOSED = 0;
    private static final byte SYN_RECEIVED = 1;
    private static final byte OPEN = 2;
    private static final byte LAST_ACK = 3;
    /** Bytes under way at the most. RFC 6928's first window: ten segments. */
    private static final int WINDOW_BYTES = 10 * TcpSegments.SEGMENT_BYTES;

    private final int[] unacknowledged;
    private final int[] answerStart;
    private final int[] answerEnd;
    private long accepted;
    private long closed;
    private int open;

    /** A server without connections. */
    public TcpServers(final TcpTuples tuples, final TcpSegments segments, final FrameStack frames, final int headroom) {
        super(tuples, segments, frames, headroom);
        unacknowledged = new int[tuples.count()];
        answerStart = new int[tuples.count()];
        answerEnd = new int[tuples.count()];
    }

    /** Connections that were taken. */
    public long accepted() {
        return accepted;
    }

    /** Of them, those that ended as they should. */
    public long closed() {
        return closed;
    }

    /** Connections that there are. */
    public int open() {
        return open;
    }

    @Override
    int connection(final long frame) {
        return destinationAddress(frame) != TcpTuples.SERVER || destinationPort(frame) != TcpTuples.SERVER_PORT ? NONE
                : tuples.number(sourceAddress(frame), sourcePort(frame));
    }

    @Override
    void take(final int connection, final long frame, final int length, final int sequence, final int acknowledgment, final long nowNs) {
        if (acknowledgment == 0 && segments.syn.matches(frame, length, connection)) {
            accept(connection, sequence, nowNs);
            return;
        }
        final boolean isAck = segments.ack.matches(frame, length, connection);
        final boolean isRequest = !isAck && segments.request.matches(frame, length, connection);
        final boolean isFin = !isAck && !isRequest && segments.fin.matches(frame, length, connection);
        if (!isAck && !isRequest && !isFin) {
            countStrange();
        } else if (state[connection] == CLOSED || !acknowledge(connection, acknowledgment, nowNs)) {
            countStale();
        } else if (isRequest) {
            request(connection, sequence, nowNs);
        } else if (isFin) {
            finish(connection, sequence, nowNs);
        } else if (sequence != expected[connection]) {
            countStale();
        }
    }

    @Override
    void again(final int connection, final long nowNs) {
        switch (state[connection]) {
            case SYN_RECEIVED -> emit(segments.serverSynAck, connection, next[connection] - 1, expected[connection]);
            case LAST_ACK -> emit(segments.serverFin, connection, next[connection] - 1, expected[connection]);
            default -> {
                next[connection] = unacknowledged[connection];
                pump(connection);
            }
        }
    }

    @Override
    void giveUp(final int connection) {
        state[connection] = CLOSED;
        open--;
    }

    @Override
    void write(final TcpTemplate template, final long frame, final int connection, final int sequence, final int acknowledgment) {
        template.write(frame, TcpTuples.SERVER, tuples.address(connection), TcpTuples.SERVER_PORT, tuples.port(connection), sequence, acknowledgment,
                connection);
    }

    private void accept(final int connection, final int sequence, final long nowNs) {
        if (state[connection] != CLOSED) {
            countStale();
            if (sequence + 1 == expected[connection]) {
                // The answer to the first one was lost, or is under way.
                emit(segments.serverSynAck, connection, serverStart(sequence), expected[connection]);
                return;
            }
            // The client knows better: its last acknowledgment was lost.
            answered(connection);
            open--;
        }
        accepted++;
        open++;
        expected[connection] = sequence + 1;
        unacknowledged[connection] = serverStart(sequence);
        next[connection] = unacknowledged[connection] + 1;
        answerStart[connection] = next[connection];
        answerEnd[connection] = next[connection];
        state[connection] = SYN_RECEIVED;
        emit(segments.serverSynAck, connection, next[connection] - 1, expected[connection]);
        await(connection, nowNs);
    }

    /** Takes an acknowledgment; false when it is of what was never sent, or was acknowledged before and says nothing. */
    private boolean acknowledge(final int connection, final int acknowledgment, final long nowNs) {
        final int more = acknowledgment - unacknowledged[connection];
        if (more < 0 || more > next[connection] - unacknowledged[connection]) {
            // After going back: what is acknowledged was sent before.
            if (more < 0 || acknowledgment - answerEnd[connection] > 0) {
                return false;
            }
            next[connection] = acknowledgment;
        }
        if (more == 0) {
            return true;
        }
        unacknowledged[connection] = acknowledgment;
        if (state[connection] == SYN_RECEIVED) {
            state[connection] = OPEN;
        } else if (state[connection] == LAST_ACK && acknowledgment == next[connection]) {
            state[connection] = CLOSED;
            closed++;
            open--;
        }
        if (acknowledgment == next[connection]) {
            answered(connection);
        } else {
            await(connection, nowNs);
        }
        if (state[connection] == OPEN && next[connection] != answerEnd[connection]) {
            pump(connection);
            await(connection, nowNs);
        }
        return true;
    }

    private void request(final int connection, final int sequence, final long nowNs) {
        if (sequence != expected[connection] || state[connection] != OPEN) {
            countStale();
            emit(segments.serverAck, connection, next[connection], expected[connection]);
            return;
        }
        expected[connection] += segments.requestBytes;
        answerStart[connection] = next[connection];
        answerEnd[connection] = next[connection] + segments.answerBytes;
        pump(connection);
        await(connection, nowNs);
    }

    private void pump(final int connection) {
        while (next[connection] - answerEnd[connection] < 0 && next[connection] - unacknowledged[connection] < WINDOW_BYTES) {
            final TcpTemplate segment = segments.answer[(next[connection] - answerStart[connection]) / TcpSegments.SEGMENT_BYTES];
            emit(segment, connection, next[connection], expected[connection]);
            next[connection] += segment.dataBytes();
        }
    }

    private void finish(final int connection, final int sequence, final long nowNs) {
        if (state[connection] == LAST_ACK && sequence + 1 == expected[connection]) {
            countStale();
            emit(segments.serverFin, connection, next[connection] - 1, expected[connection]);
        } else if (state[connection] != OPEN || sequence != expected[connection] || unacknowledged[connection] != answerEnd[connection]) {
            countStale();
        } else {
            expected[connection]++;
            next[connection] = answerEnd[connection] + 1;
            emit(segments.serverFin, connection, answerEnd[connection], expected[connection]);
            state[connection] = LAST_ACK;
            await(connection, nowNs);
        }
    }
}
