package io.penstock.dataplane.packetdrill;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The host's TCP, as much of it as tells what the host has to answer: one connection at a time, begun by either end.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Only a segment that was delivered changes anything: a segment that a rule has dropped gets no answer.</li>
 *   <li>What answers a segment is owed until it is sent; data carries every acknowledgement that is owed.</li>
 *   <li>Numbers are those in packets.</li>
 * </ol>
 *
 * <p>Source: RFC 9293; of resets and SYNs within a connection RFC 5961.
 */
final class DrillHost {

    /** From one connection's first number to the next one's: further than windows reach. */
    private static final int NEXT_START = 0x1000_0000;

    /** A segment of the host's. */
    record Sent(int flags, int sequence, int bytes, int acked) {

        @Override
        public String toString() {
            return DrillFlags.text(flags) + " sequence=" + Integer.toUnsignedString(sequence) + " bytes=" + bytes + " ack="
                    + Integer.toUnsignedString(acked);
        }
    }

    private enum State { CLOSED, SYN_SENT, SYN_RECEIVED, OPEN }

    private final Deque<Sent> owed = new ArrayDeque<>();
    private final Set<Integer> descriptors = new HashSet<>();
    private State state = State.CLOSED;
    private boolean isListening;
    private boolean isHasty;
    /** The host's first number. */
    private int start;
    private int next;
    private int awaited;
    private int unread;

    /** A host with nothing open. */
    DrillHost(final int start) {
        this.start = start;
    }

    /** The first number of the connection that there is or was last. */
    int start() {
        return start;
    }

    /** Whether a SYN of the host's waits for its answer. */
    boolean isConnecting() {
        return state == State.SYN_SENT;
    }

    /**
     * Whether the SYN is to be repeated at once, asked once: what the other end remembered of an old connection is reset by now. Linux does so, within two
     * ticks (tcp_input.c, {@code tcp_rcv_synsent_state_process}).
     */
    boolean takeHaste() {
        final boolean was = isHasty;
        isHasty = false;
        return was;
    }

    /** What the host owes, the oldest first. */
    Deque<Sent> owed() {
        return owed;
    }

    /** What is owed is sent: it, and what was owed before it, which it makes needless. */
    void settle(final Predicate<Sent> isSent) {
        while (!isSent.test(owed.removeFirst())) {
            // An older acknowledgement.
        }
    }

    /** A socket is there. */
    int open(final int descriptor) {
        descriptors.add(descriptor);
        return descriptor;
    }

    /** Whether there is a socket. */
    boolean has(final int descriptor) {
        return descriptors.contains(descriptor);
    }

    /** Connections may begin. */
    void listen() {
        isListening = true;
    }

    /** The SYN of a connection that the host begins. */
    Sent connect() {
        state = State.SYN_SENT;
        next = start + 1;
        return syn();
    }

    /** The SYN again. */
    Sent syn() {
        return new Sent(DrillFlags.SYN, start, 0, 0);
    }

    /** Whether both ends agree on a connection. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    /** How many bytes a program gets that asks for so many. */
    int read(final int bytes) {
        final int read = Math.min(unread, bytes);
        unread -= read;
        return read;
    }

    /** The segment with bytes that a program writes. */
    Sent write(final int bytes) {
        final Sent data = new Sent(DrillFlags.PSH | DrillFlags.ACK, next, bytes, awaited);
        next += bytes;
        owed.clear();
        return data;
    }

    /** The end that a program puts to the connection: a reset when it has not read all, nothing when there is none any more. */
    Sent close(final int descriptor) {
        descriptors.remove(descriptor);
        if (state != State.OPEN) {
            return null;
        }
        owed.clear();
        if (unread != 0) {
            unread = 0;
            state = State.CLOSED;
            return new Sent(DrillFlags.RST | DrillFlags.ACK, next, 0, awaited);
        }
        return new Sent(DrillFlags.FIN | DrillFlags.ACK, next++, 0, awaited);
    }

    /** A segment has come. */
    void deliver(final int flags, final int sequence, final int bytes, final int acked) {
        final boolean isReset = (flags & DrillFlags.RST) != 0;
        final boolean isAck = (flags & DrillFlags.ACK) != 0;
        if (state == State.SYN_SENT) {
            answerToSyn(flags, sequence, acked);
        } else if (isReset) {
            reset(sequence);
        } else if ((flags & DrillFlags.SYN) != 0) {
            begin(sequence);
        } else if (state != State.CLOSED && isAck) {
            if (state == State.SYN_RECEIVED && acked == start + 1) {
                state = State.OPEN;
            }
            data(flags, sequence, bytes);
        }
    }

    private void answerToSyn(final int flags, final int sequence, final int acked) {
        final boolean isAck = (flags & DrillFlags.ACK) != 0;
        final boolean isReset = (flags & DrillFlags.RST) != 0;
        if (isAck && acked != next) {
            if (!isReset) {
                owed.add(new Sent(DrillFlags.RST, acked, 0, 0));
                isHasty = true;
            }
        } else if (isAck && isReset) {
            state = State.CLOSED;
        } else if (isAck && (flags & DrillFlags.SYN) != 0) {
            state = State.OPEN;
            awaited = sequence + 1;
            acknowledge();
        }
    }

    private void reset(final int sequence) {
        if (sequence == awaited) {
            state = State.CLOSED;
            owed.clear();
        } else if (state != State.CLOSED) {
            acknowledge();
        }
    }

    private void begin(final int sequence) {
        if (state != State.CLOSED) {
            acknowledge();
        } else if (isListening) {
            if (next != 0) {
                start += NEXT_START;
            }
            state = State.SYN_RECEIVED;
            next = start + 1;
            awaited = sequence + 1;
            unread = 0;
            owed.add(new Sent(DrillFlags.SYN | DrillFlags.ACK, start, 0, awaited));
        }
    }

    private void data(final int flags, final int sequence, final int bytes) {
        final int end = (flags & DrillFlags.FIN) == 0 ? bytes : bytes + 1;
        if (sequence == awaited) {
            awaited += end;
            unread += bytes;
        }
        if (end != 0 || sequence != awaited) {
            acknowledge();
        }
    }

    private void acknowledge() {
        owed.add(new Sent(DrillFlags.ACK, next, 0, awaited));
    }
}
