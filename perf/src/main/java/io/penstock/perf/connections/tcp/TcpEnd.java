package io.penstock.perf.connections.tcp;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.ring.FrameStack;
import java.util.Arrays;

/**
 * What clients and servers have in common: numbered connections, segments to send, and those that nobody has answered.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A frame is the stack's, this end's (to be sent), or somebody else's; {@link #receive} gives back what it is given.</li>
 *   <li>A segment that is not exactly what a template says, with the connection's word, is strange; one whose numbers say that it was sent again, or is
 *       late, is stale. Neither changes a connection.</li>
 *   <li>What is not answered is sent again after {@link #RETRY_NS}, then after twice that, and so on; after {@link #MAX_TRIES} times its connection has
 *       failed.</li>
 * </ol>
 *
 * <p>Source: RFC 9293, the states that a client that closes first and its server go through; RFC 6298 for sending again, but with a first time-out of
 * Linux's least. Differs from them: no options, no window but a fixed one, no estimate of the round trip.
 *
 * <p>Threads: one.
 */
public abstract sealed class TcpEnd permits TcpClients, TcpServers {

    /** The first time-out. Unit: ns; the least that Linux uses. Shorter would send again what only a stalled machine holds up. */
    static final long RETRY_NS = 200_000_000;
    /** Times that a segment is sent again: 12.6 s in all. */
    static final int MAX_TRIES = 6;
    static final int NONE = -1;

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int TCP = IP + Ipv4Layout.HEADER_BYTES;
    private static final int MIX = 0x9E37_79B9;
    private static final int MIX_SHIFT = 15;

    final TcpTuples tuples;
    final TcpSegments segments;
    final byte[] state;
    /** What is sent next. */
    final int[] next;
    /** What is to come next. */
    final int[] expected;
    private final byte[] tries;
    private final long[] sentNs;
    private final int[] waiting;
    private final int[] place;
    private final FrameStack frames;
    private final int headroom;
    private final long[] outFrame;
    private final int[] outLength;
    private final int outMask;
    private int waitingCount;
    private int cursor;
    private long outHead;
    private long outTail;
    private long sent;
    private long received;
    private long retransmitted;
    private long strange;
    private long stale;
    private long resets;
    private long failed;
    private long starved;

    /**
     * An end.
     *
     * @param frames   to send in
     * @param headroom bytes of a frame in front of what is sent
     */
    TcpEnd(final TcpTuples tuples, final TcpSegments segments, final FrameStack frames, final int headroom) {
        this.tuples = tuples;
        this.segments = segments;
        this.frames = frames;
        this.headroom = headroom;
        final int count = tuples.count();
        state = new byte[count];
        next = new int[count];
        expected = new int[count];
        tries = new byte[count];
        sentNs = new long[count];
        waiting = new int[count];
        place = new int[count];
        Arrays.fill(place, NONE);
        final int room = Integer.highestOneBit(Math.max(1, frames.capacity() - 1)) << 1;
        outFrame = new long[room];
        outLength = new int[room];
        outMask = room - 1;
    }

    /** Segments to be sent. */
    public final int pending() {
        return (int) (outTail - outHead);
    }

    /** Moves segments that are to be sent to a batch that is to be received elsewhere; how many. */
    public final int give(final Batch batch, final int most) {
        final int n = Math.min(most, pending());
        for (int i = 0; i < n; i++) {
            final int at = (int) outHead++ & outMask;
            batch.frame[i] = outFrame[at];
            batch.length[i] = outLength[at];
        }
        return n;
    }

    /** The same to a queue, up to a batch. */
    public final void give(final TxQueue queue) {
        for (int n = Math.min(Batch.CAPACITY - queue.count, pending()); n > 0; n--) {
            final int at = (int) outHead++ & outMask;
            queue.add(outFrame[at], outLength[at]);
        }
    }

    /** Takes a segment, and its frame. */
    public final void receive(final long frame, final int length, final long nowNs) {
        received++;
        if (length < TcpTemplate.DATA || EthernetLayout.etherType(frame) != EthernetLayout.TYPE_IPV4
                || Memory.getUnsignedByte(frame + IP) != Ipv4Layout.VERSION_4_IHL_5 || Ipv4Layout.protocol(frame + IP) != IpProtocol.TCP) {
            strange++;
        } else {
            final int connection = connection(frame);
            if (connection == NONE) {
                strange++;
            } else if ((TcpLayout.flags(frame + TCP) & TcpLayout.RST) != 0) {
                resets++;
            } else {
                take(connection, frame, length, TcpLayout.sequence(frame + TCP), TcpLayout.acknowledgment(frame + TCP), nowNs);
            }
        }
        frames.push(frame);
    }

    /** Sends again what has waited for too long, among some connections: all have their turn. */
    public final void tend(final long nowNs, final int most) {
        for (int i = Math.min(most, waitingCount); i > 0 && waitingCount > 0; i--) {
            cursor = cursor + 1 >= waitingCount ? 0 : cursor + 1;
            final int connection = waiting[cursor];
            if (nowNs - sentNs[connection] >= RETRY_NS << tries[connection]) {
                if (tries[connection] == MAX_TRIES) {
                    failed++;
                    answered(connection);
                    giveUp(connection);
                } else {
                    tries[connection]++;
                    sentNs[connection] = nowNs;
                    retransmitted++;
                    again(connection, nowNs);
                }
            }
        }
    }

    /** Segments that were sent, those sent again included. */
    public final long sent() {
        return sent;
    }

    /** Segments that came. */
    public final long received() {
        return received;
    }

    /** Segments that were not what they should have been: their data, their checksums, their ends. */
    public final long strange() {
        return strange;
    }

    /** Segments that came again, or late. */
    public final long stale() {
        return stale;
    }

    /** Segments that refused a connection, or ended it before its time. */
    public final long resets() {
        return resets;
    }

    /** Times that something was sent again. */
    public final long retransmitted() {
        return retransmitted;
    }

    /** Connections that were given up. */
    public final long failed() {
        return failed;
    }

    /** Segments that there was no frame for; they were sent again later. */
    public final long starved() {
        return starved;
    }

    /** Connections that wait for an answer. */
    public final int waitingConnections() {
        return waitingCount;
    }

    /** The number of a segment's connection, or {@link #NONE}. */
    abstract int connection(long frame);

    /** Judges a segment. */
    abstract void take(int connection, long frame, int length, int sequence, int acknowledgment, long nowNs);

    /** Sends again what a connection waits for an answer to. */
    abstract void again(int connection, long nowNs);

    /** A connection has failed. */
    abstract void giveUp(int connection);

    /** Fills the ends of a segment in. */
    abstract void write(TcpTemplate template, long frame, int connection, int sequence, int acknowledgment);

    /** Sends a segment. */
    final void emit(final TcpTemplate template, final int connection, final int sequence, final int acknowledgment) {
        sent++;
        if (frames.count() == 0) {
            starved++;
            return;
        }
        final long frame = frames.pop() + headroom;
        write(template, frame, connection, sequence, acknowledgment);
        final int length = template.frameBytes();
        Regions.window(frame, length);
        final int at = (int) outTail++ & outMask;
        outFrame[at] = frame;
        outLength[at] = length;
    }

    /** A connection waits for an answer from now on. */
    final void await(final int connection, final long nowNs) {
        sentNs[connection] = nowNs;
        tries[connection] = 0;
        if (place[connection] == NONE) {
            place[connection] = waitingCount;
            waiting[waitingCount++] = connection;
        }
    }

    /** It waits no more. */
    final void answered(final int connection) {
        final int at = place[connection];
        if (at != NONE) {
            final int last = waiting[--waitingCount];
            waiting[at] = last;
            place[last] = at;
            place[connection] = NONE;
        }
    }

    final void countStrange() {
        strange++;
    }

    final void countStale() {
        stale++;
    }

    /** The server's first number, by the client's: who knows one can tell whether the other was changed. */
    static int serverStart(final int clientStart) {
        final int mixed = clientStart * MIX;
        return mixed ^ mixed >>> MIX_SHIFT;
    }

    static int sourceAddress(final long frame) {
        return Memory.getIntBE(frame + IP + Ipv4Layout.SOURCE);
    }

    static int destinationAddress(final long frame) {
        return Memory.getIntBE(frame + IP + Ipv4Layout.DESTINATION);
    }

    static int sourcePort(final long frame) {
        return TcpLayout.sourcePort(frame + TCP);
    }

    static int destinationPort(final long frame) {
        return TcpLayout.destinationPort(frame + TCP);
    }
}
