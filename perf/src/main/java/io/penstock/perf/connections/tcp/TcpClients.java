package io.penstock.perf.connections.tcp;

import io.penstock.os.hot.ring.FrameStack;

/**
 * Clients: each connects, asks, checks what is answered, and closes; or keeps its connection until it is told what to do with it.
 *
 * <pre>
 *  closed --begin--> SYN sent --SYN,ACK--> asked --answer--> (asked again) --> FIN sent --FIN,ACK--> closed
 *                                            ^                 |
 *                                            +---- ask ---- held -- finish --> FIN sent
 * </pre>
 *
 * <p>Threads: one.
 */
public final class TcpClients extends TcpEnd {

    private static final byte CLOSED = 0;
    private static final byte SYN_SENT = 1;
    private static final byte ASKED = 2;
    private static final byte HELD = 3;
    private static final byte FIN_SENT = 4;
    /** Connections that are passed over because their last life has not ended. */
    private static final int PASSED_OVER = 64;
    /** By what a connection's first number grows from one life to the next: more than a life has bytes. */
    private static final int LIFE_STEP = 1 << 20;

    private final TcpShape shape;
    private final int[] start;
    private final int[] answerStart;
    private final short[] asked;
    private final long[] sinceNs;
    private final int[] held;
    private TcpTimes times = TcpTimes.NONE;
    private boolean holds;
    private int nextConnection;
    private int heldFrom;
    private int heldCount;
    private int active;
    private long begun;
    private long completed;
    private long transactions;

    /** Clients without connections. */
    public TcpClients(final TcpShape shape, final TcpTuples tuples, final TcpSegments segments, final FrameStack frames, final int headroom) {
        super(tuples, segments, frames, headroom);
        this.shape = shape;
        start = new int[tuples.count()];
        answerStart = new int[tuples.count()];
        asked = new short[tuples.count()];
        sinceNs = new long[tuples.count()];
        held = new int[tuples.count()];
    }

    /** Whether connections are kept open once all is answered; {@link #askAgain} and {@link #finish} then say what becomes of them. */
    public void hold(final boolean value) {
        holds = value;
    }

    /** Notes how long things take, from now on. */
    public void note(final TcpTimes value) {
        times = value;
    }

    /**
     * Begins a connection.
     *
     * @param dueNs when it should begin: what comes later of it counts as delay
     * @return false when there is none left that has ended
     */
    public boolean begin(final long dueNs) {
        for (int i = 0; i < PASSED_OVER; i++) {
            final int connection = nextConnection;
            nextConnection = connection + 1 == tuples.count() ? 0 : connection + 1;
            if (state[connection] == CLOSED) {
                begin(connection, dueNs);
                return true;
            }
        }
        return false;
    }

    /** Asks again on a connection that is held; false when none is left. Who has waited longest is first. */
    public boolean askAgain(final long nowNs) {
        if (heldCount == 0) {
            return false;
        }
        final int connection = release();
        asked[connection] = 0;
        ask(connection, nowNs);
        return true;
    }

    /** Closes a connection that is held; false when none is left. */
    public boolean finish(final long nowNs) {
        if (heldCount == 0) {
            return false;
        }
        close(release(), nowNs);
        return true;
    }

    /** Connections that have begun and not ended. */
    public int active() {
        return active;
    }

    /** Connections that are held. */
    public int heldConnections() {
        return heldCount;
    }

    /** Connections that have begun so far. */
    public long begun() {
        return begun;
    }

    /** Connections whose whole life went as it should. */
    public long completed() {
        return completed;
    }

    /** Answers that came, whole and right. */
    public long transactions() {
        return transactions;
    }

    @Override
    int connection(final long frame) {
        return sourceAddress(frame) != TcpTuples.SERVER || sourcePort(frame) != TcpTuples.SERVER_PORT ? NONE
                : tuples.number(destinationAddress(frame), destinationPort(frame));
    }

    @Override
    void take(final int connection, final long frame, final int length, final int sequence, final int acknowledgment, final long nowNs) {
        switch (state[connection]) {
            case SYN_SENT -> connected(connection, frame, length, sequence, acknowledgment, nowNs);
            case ASKED -> data(connection, frame, length, sequence, acknowledgment, nowNs);
            case FIN_SENT -> closed(connection, frame, length, sequence, acknowledgment);
            default -> late(connection, frame, length, sequence);
        }
    }

    @Override
    void again(final int connection, final long nowNs) {
        switch (state[connection]) {
            case SYN_SENT -> emit(segments.syn, connection, start[connection], 0);
            case FIN_SENT -> emit(segments.fin, connection, next[connection] - 1, expected[connection]);
            default -> {
                if (expected[connection] == answerStart[connection]) {
                    emit(segments.request, connection, next[connection] - segments.requestBytes, expected[connection]);
                } else {
                    emit(segments.ack, connection, next[connection], expected[connection]);
                }
            }
        }
    }

    @Override
    void giveUp(final int connection) {
        state[connection] = CLOSED;
        active--;
    }

    @Override
    void write(final TcpTemplate template, final long frame, final int connection, final int sequence, final int acknowledgment) {
        template.write(frame, tuples.address(connection), TcpTuples.SERVER, tuples.port(connection), TcpTuples.SERVER_PORT, sequence, acknowledgment,
                connection);
    }

    private int release() {
        final int connection = held[heldFrom];
        heldFrom = heldFrom + 1 == held.length ? 0 : heldFrom + 1;
        heldCount--;
        return connection;
    }

    private void begin(final int connection, final long dueNs) {
        start[connection] += LIFE_STEP + connection;
        next[connection] = start[connection] + 1;
        asked[connection] = 0;
        state[connection] = SYN_SENT;
        sinceNs[connection] = dueNs;
        begun++;
        active++;
        emit(segments.syn, connection, start[connection], 0);
        await(connection, dueNs);
    }

    private void connected(
            final int connection, final long frame, final int length, final int sequence, final int acknowledgment, final long nowNs) {
        if (acknowledgment != next[connection] || sequence != serverStart(start[connection])) {
            misfit(connection, frame, length);
        } else if (!segments.serverSynAck.matches(frame, length, connection)) {
            countStrange();
        } else {
            expected[connection] = sequence + 1;
            times.connected(nowNs - sinceNs[connection]);
            emit(segments.ack, connection, next[connection], expected[connection]);
            ask(connection, nowNs);
        }
    }

    private void ask(final int connection, final long nowNs) {
        emit(segments.request, connection, next[connection], expected[connection]);
        next[connection] += segments.requestBytes;
        answerStart[connection] = expected[connection];
        asked[connection]++;
        sinceNs[connection] = nowNs;
        state[connection] = ASKED;
        await(connection, nowNs);
    }

    private void data(final int connection, final long frame, final int length, final int sequence, final int acknowledgment, final long nowNs) {
        if (sequence != expected[connection] || acknowledgment != next[connection]) {
            // Sent again because an acknowledgment was lost, or later than what was lost: the server is told what is next.
            misfit(connection, frame, length);
            emit(segments.ack, connection, next[connection], expected[connection]);
            return;
        }
        final int part = (sequence - answerStart[connection]) / TcpSegments.SEGMENT_BYTES;
        final TcpTemplate segment = segments.answer[part];
        if (!segment.matches(frame, length, connection)) {
            if (segments.serverAck.matches(frame, length, connection)) {
                countStale();
            } else {
                countStrange();
            }
            return;
        }
        if (part == 0) {
            times.firstByte(nowNs - sinceNs[connection]);
        }
        expected[connection] = sequence + segment.dataBytes();
        if (part < segments.answer.length - 1) {
            await(connection, nowNs);
            if ((part & 1) != 0) {
                emit(segments.ack, connection, next[connection], expected[connection]);
            }
            return;
        }
        times.lastByte(nowNs - sinceNs[connection]);
        transactions++;
        if (asked[connection] < shape.transactions()) {
            ask(connection, nowNs);
        } else if (holds) {
            emit(segments.ack, connection, next[connection], expected[connection]);
            state[connection] = HELD;
            held[(int) (((long) heldFrom + heldCount++) % held.length)] = connection;
            answered(connection);
        } else {
            close(connection, nowNs);
        }
    }

    private void close(final int connection, final long nowNs) {
        emit(segments.fin, connection, next[connection], expected[connection]);
        next[connection]++;
        state[connection] = FIN_SENT;
        await(connection, nowNs);
    }

    private void closed(final int connection, final long frame, final int length, final int sequence, final int acknowledgment) {
        if (sequence != expected[connection] || acknowledgment != next[connection]) {
            misfit(connection, frame, length);
        } else if (!segments.serverFin.matches(frame, length, connection)) {
            countStrange();
        } else {
            expected[connection]++;
            emit(segments.ack, connection, next[connection], expected[connection]);
            state[connection] = CLOSED;
            answered(connection);
            completed++;
            active--;
        }
    }

    /** A segment whose numbers are not those of what is to come. */
    private void misfit(final int connection, final long frame, final int length) {
        if (isServers(connection, frame, length)) {
            countStale();
        } else {
            countStrange();
        }
    }

    /** What the server has sent again because it does not know that it came. */
    private void late(final int connection, final long frame, final int length, final int sequence) {
        if (!isServers(connection, frame, length)) {
            countStrange();
            return;
        }
        countStale();
        if (sequence - expected[connection] < 0) {
            emit(segments.ack, connection, next[connection], expected[connection]);
        }
    }

    /** Whether a segment is any of those that the server sends. */
    private boolean isServers(final int connection, final long frame, final int length) {
        if (segments.serverSynAck.matches(frame, length, connection) || segments.serverAck.matches(frame, length, connection)
                || segments.serverFin.matches(frame, length, connection)) {
            return true;
        }
        for (final TcpTemplate part : segments.answer) {
            if (part.matches(frame, length, connection)) {
                return true;
            }
        }
        return false;
    }
}
