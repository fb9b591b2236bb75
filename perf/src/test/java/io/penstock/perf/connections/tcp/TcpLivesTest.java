package io.penstock.perf.connections.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients and servers against one another, on a link that loses, doubles and damages. */
final class TcpLivesTest {

    private static final int FRAME_BYTES = 2048;
    private static final int FRAMES = 4096;
    private static final int HEADROOM = 128;
    private static final int LIVES = 3_000;
    private static final int AT_A_TIME = 50;
    /** A round is this much later than the one before. */
    private static final long ROUND_NS = 1_000_000;
    private static final int MAX_ROUNDS = 2_000_000;

    private final MappedMemory memory = MappedMemory.reserveChunked((long) FRAME_BYTES * FRAMES, MappedMemory.Pages.NORMAL, 11);
    private final FrameStack frames = new FrameStack(memory.address(), FRAME_BYTES, FRAMES);
    private final SplittableRandom random = new SplittableRandom(4);
    private final Batch batch = new Batch();
    private TcpSegments segments;
    private TcpClients clients;
    private TcpServers servers;
    private double loss;
    private long nowNs = 1;

    @AfterEach
    void close() {
        segments.close();
        memory.close();
    }

    @Test
    void shouldLiveAllLivesWhenNothingIsLost() {
        open(1000, 1);
        run();
        assertEquals(0, clients.retransmitted() + servers.retransmitted());
        assertEquals(0, clients.stale() + servers.stale());
        // SYN, ACK, request, FIN, ACK.
        assertEquals(5L * LIVES, clients.sent());
        // SYN and ACK, the answer, FIN and ACK.
        assertEquals(3L * LIVES, servers.sent());
        assertEquals(clients.sent(), servers.received());
        assertEquals(servers.sent(), clients.received());
    }

    @Test
    void shouldLiveAllLivesWhenATenthIsLost() {
        loss = 0.1;
        open(1000, 1);
        run();
        assertTrue(clients.retransmitted() > LIVES / 10, () -> "retransmitted=" + clients.retransmitted());
        assertTrue(servers.retransmitted() > LIVES / 100, () -> "retransmitted=" + servers.retransmitted());
    }

    @Test
    void shouldTransferLargeObjectsOverAndOverWhenSomeIsLost() {
        loss = 0.01;
        open(TcpShape.MAX_OBJECT_BYTES, 3);
        run();
    }

    @Test
    void shouldKeepConnectionsAndAskAgainWhenTheyAreHeld() {
        loss = 0.05;
        open(100, 1);
        clients.hold(true);
        for (int i = 0; i < LIVES; i++) {
            assertTrue(clients.begin(nowNs));
            round();
        }
        settle();
        assertEquals(LIVES, clients.heldConnections());
        assertEquals(LIVES, servers.open());
        for (int i = 0; i < LIVES; i++) {
            assertTrue(clients.askAgain(nowNs));
            round();
        }
        settle();
        assertEquals(2 * LIVES, clients.transactions());
        assertFalse(clients.begin(nowNs), "every connection is in use");
        while (clients.finish(nowNs)) {
            round();
        }
        settle();
        assertEquals(LIVES, clients.completed());
        assertEquals(0, servers.open());
        assertEquals(FRAMES, frames.count());
    }

    @Test
    void shouldCallSegmentsStrangeWhenAByteIsChanged() {
        open(1000, 1);
        clients.begin(nowNs);
        for (int step = 0; step < 4; step++) {
            for (final boolean toServer : new boolean[] {true, false}) {
                final TcpEnd from = toServer ? clients : servers;
                final TcpEnd to = toServer ? servers : clients;
                final int n = from.give(batch, Batch.CAPACITY);
                for (int i = 0; i < n; i++) {
                    checkDamage(to, batch.frame[i], batch.length[i]);
                    to.receive(batch.frame[i], batch.length[i], nowNs);
                }
            }
        }
        assertEquals(1, clients.completed());
        assertEquals(1, servers.closed());
    }

    @Test
    void shouldGiveUpWhenNobodyAnswers() {
        loss = 1;
        open(1, 1);
        clients.begin(nowNs);
        settle();
        assertEquals(1, clients.failed());
        assertEquals(TcpEnd.MAX_TRIES, clients.retransmitted());
        assertEquals(0, clients.active());
        assertEquals(FRAMES, frames.count());
    }

    @Test
    void shouldFindConnectionsByTheirEndsWhenTheirPortsAreRandom() {
        final TcpTuples tuples = new TcpTuples(100_000);
        int ascending = 0;
        for (int i = 0; i < tuples.count(); i++) {
            assertEquals(i, tuples.number(tuples.address(i), tuples.port(i)));
            ascending += i > 0 && tuples.port(i) > tuples.port(i - 1) ? 1 : 0;
        }
        assertEquals(0.5, ascending / 100_000.0, 0.02);
        assertEquals(-1, tuples.number(TcpTuples.FIRST_CLIENT - 1, 2000));
        assertEquals(-1, tuples.number(TcpTuples.FIRST_CLIENT, 1023));
        assertEquals(-1, tuples.number(TcpTuples.SERVER, 2000));
        open(1, 1);
    }

    /** A copy of a segment with one byte changed, at each place behind the Ethernet header in turn, must be noticed. */
    private void checkDamage(final TcpEnd to, final long frame, final int length) {
        final int end = 14 + Memory.getUnsignedShortBE(frame + 16);
        for (int at = 14; at < end; at += at < 60 ? 1 : 37) {
            final long copy = frames.pop();
            Memory.copy(frame, copy, length);
            Memory.putByte(copy + at, (byte) (Memory.getByte(copy + at) ^ 4));
            final long before = to.strange() + to.stale() + to.resets();
            to.receive(copy, length, nowNs);
            final int place = at;
            assertEquals(before + 1, to.strange() + to.stale() + to.resets(), () -> "changed at=" + place + " of " + length);
        }
        // A stale segment is answered.
        final Batch other = new Batch();
        for (int n = to.give(other, Batch.CAPACITY); n > 0; n = to.give(other, Batch.CAPACITY)) {
            for (int i = 0; i < n; i++) {
                frames.push(other.frame[i]);
            }
        }
    }

    private void open(final int objectBytes, final int transactions) {
        final TcpShape shape = new TcpShape(objectBytes, transactions);
        final TcpTuples tuples = new TcpTuples(LIVES);
        segments = new TcpSegments(shape, 1, 2, 3, 4);
        clients = new TcpClients(shape, tuples, segments, frames, HEADROOM);
        servers = new TcpServers(tuples, segments, frames, HEADROOM);
    }

    private void run() {
        for (int i = 0; i < LIVES; i++) {
            while (clients.active() >= AT_A_TIME || !clients.begin(nowNs)) {
                round();
            }
        }
        settle();
        assertEquals(LIVES, clients.completed());
        assertEquals(LIVES, servers.accepted());
        assertEquals(0, clients.failed() + servers.failed());
        assertEquals(0, clients.resets() + clients.strange() + servers.strange());
        assertEquals(FRAMES, frames.count());
    }

    private void settle() {
        for (int i = 0; clients.waitingConnections() + servers.waitingConnections() + clients.pending() + servers.pending() > 0; i++) {
            assertTrue(i < MAX_ROUNDS, () -> "active=" + clients.active() + " open=" + servers.open());
            round();
        }
    }

    private void round() {
        nowNs += ROUND_NS;
        move(clients, servers);
        move(servers, clients);
        clients.tend(nowNs, Batch.CAPACITY);
        servers.tend(nowNs, Batch.CAPACITY);
    }

    private void move(final TcpEnd from, final TcpEnd to) {
        final int n = from.give(batch, Batch.CAPACITY);
        for (int i = 0; i < n; i++) {
            if (random.nextDouble() < loss) {
                frames.push(batch.frame[i]);
            } else {
                to.receive(batch.frame[i], batch.length[i], nowNs);
            }
        }
    }
}
