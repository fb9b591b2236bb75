package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * TCP: the connection's state ({@link TcpState}, by {@link TcpTransitions}), whether segments lie in the window ({@link TcpWindow}), and how long
 * the connection lives.
 *
 * <p>What goes beyond the table:
 * <ul>
 *   <li>A SYN in the middle of a connection passes, and its options are remembered: if a SYN/ACK answers it, the connection starts anew with
 *     them. If an ACK answers it (the challenge of RFC 5961, 4), nothing changes, not even in LAST_ACK, where an ACK would end the connection.</li>
 *   <li>An RST in an established connection is only believed at exactly the next sequence number (RFC 5961, 3); in the rest of the window the
 *     receiver challenges it, and the state stays.</li>
 *   <li>An RST that answers a segment which we let pass ends the connection wherever its sequence number is.</li>
 *   <li>A SYN after TIME_WAIT or CLOSE begins another connection (RFC 9293, 3.6.1).</li>
 *   <li>A repeated SYN that nobody answers does not prolong the connection, so that a port that is used again does not keep an old NAT binding.</li>
 * </ul>
 *
 * <p>Packets have passed {@link PacketCheck}. Source: nf_conntrack_proto_tcp.c, {@code nf_conntrack_tcp_packet}; RFC 9293; RFC 5961. Differs from
 * Linux: repetitions of an ACK are counted up to 255 and not from 0 again; connections of the SYNPROXY target and sequence numbers that a helper
 * has changed are for those to handle.
 */
public final class TcpTracker {

    /** Below this, a time-out is left as it is when both ends insist that the connection is over (ns). Source: {@code nf_tcp_handle_invalid}. */
    private static final long INSISTED_NS = 120 * Deadline.SECOND_NS;

    /** What {@link #judgeSlow} returns for a final result; a next state otherwise. */
    private static final int FINAL = 1 << 31;
    /** Beside a next state: the window does not matter. */
    private static final int ANY_WINDOW = 1 << 8;
    /** Beside a next state: as if a SYN of the other direction had just been seen. */
    private static final int FROM_SYN = 1 << 9;
    private static final int STATE_MASK = 0xFF;

    private TcpTracker() {
    }

    /** The segment that begins a connection, of which the entry knows nothing yet. */
    public static int first(final long entry, final long tcp, final int length, final TrackerSettings settings, final long nowNs) {
        final int flags = TcpLayout.flags(tcp);
        final int event = TcpTransitions.event(flags);
        final int next = TcpTransitions.next(ConnDirection.ORIGINAL, TcpState.NONE, event);
        final boolean picksUp = next == TcpState.ESTABLISHED;
        if (next == TcpTransitions.INVALID) {
            return TrackResult.invalid(Complaint.TCP_NEW);
        }
        if (picksUp && settings.tcpLoose == 0) {
            return TrackResult.INVALID;
        }
        final long sender = TcpRecord.half(entry, ConnDirection.ORIGINAL);
        final int end = TcpWindow.end(tcp, length, flags);
        if (picksUp) {
            final int window = Math.max(TcpLayout.window(tcp), 1);
            TcpRecord.setEnd(sender, end);
            TcpRecord.setMaxWindow(sender, window);
            TcpRecord.setMaxEnd(sender, end + window);
            // The SYNs were missed, and with them the scale: no window is believed, and SACK is looked for.
            final int unknown = TcpRecord.SACK_PERMITTED | TcpRecord.BE_LIBERAL;
            TcpRecord.setFlags(sender, unknown);
            TcpRecord.setFlags(TcpRecord.half(entry, ConnDirection.REPLY), unknown);
        } else {
            TcpWindow.startWithSyn(sender, tcp, end);
        }
        TcpRecord.setLastEvent(entry, TcpTransitions.NO_EVENT);
        return inWindow(entry, ConnDirection.ORIGINAL, TcpState.NONE, next, event, tcp, length, settings, nowNs);
    }

    /** Another segment of a connection. */
    public static int packet(
            final long entry, final int direction, final long tcp, final int length, final TrackerSettings settings, final long nowNs) {
        final int event = TcpTransitions.event(TcpLayout.flags(tcp));
        final int state = ConnLayout.trackerState(entry);
        final int next = TcpTransitions.next(direction, state, event);
        if (event == TcpTransitions.ACK && next == state) {
            final int to = next == TcpState.SYN_RECV ? opened(entry, direction) : next;
            return inWindow(entry, direction, state, to, event, tcp, length, settings, nowNs);
        }
        final int judged = judgeSlow(entry, direction, state, next, event, tcp, length, settings);
        if (judged < 0) {
            return judged & ~FINAL;
        }
        final int from = (judged & FROM_SYN) != 0 ? TcpState.SYN_SENT : state;
        if ((judged & ANY_WINDOW) != 0) {
            return accept(entry, direction, from, judged & STATE_MASK, event, settings, nowNs);
        }
        return inWindow(entry, direction, from, judged & STATE_MASK, event, tcp, length, settings, nowNs);
    }

    /** An ACK of the reply direction ends a simultaneous open, as one of the original direction ends any. */
    private static int opened(final long entry, final int direction) {
        final boolean simultaneous = (TcpRecord.lastFlags(entry) & TcpRecord.SIMULTANEOUS_OPEN) != 0;
        return direction == ConnDirection.REPLY && simultaneous ? TcpState.ESTABLISHED : TcpState.SYN_RECV;
    }

    /**
     * A rule has reset the connection for both ends; one that is not in the table yet stays as it is. Source: nf_conntrack_proto_tcp.c,
     * {@code nf_conntrack_tcp_set_closing}.
     *
     * @return whether that is new
     */
    public static boolean close(final long entry, final TrackerSettings settings, final long nowNs) {
        if (!ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)) {
            return false;
        }
        final int before = ConnLayout.trackerState(entry);
        ConnLayout.setTrackerState(entry, TcpState.CLOSE);
        if (before == TcpState.CLOSE || (ConnLayout.status(entry) & ConnStatus.FIXED_TIMEOUT) != 0) {
            return false;
        }
        Deadline.set(entry, settings.tcpTimeoutClose * Deadline.SECOND_NS, nowNs);
        return true;
    }

    /** What the table does not know: a next state with flags, or {@link #FINAL} with a result. */
    private static int judgeSlow(
            final long entry,
            final int direction,
            final int state,
            final int next,
            final int event,
            final long tcp,
            final int length,
            final TrackerSettings settings) {
        switch (next) {
            case TcpTransitions.INVALID:
                return FINAL | TrackResult.invalid(Complaint.TCP_INVALID);
            case TcpTransitions.IGNORED:
                return ignore(entry, direction, state, event, tcp, length);
            case TcpState.SYN_SENT:
                if (state < TcpState.TIME_WAIT) {
                    return next;
                }
                return isOver(entry, direction) ? FINAL | TrackResult.REPEAT : ignore(entry, direction, state, event, tcp, length);
            case TcpState.TIME_WAIT:
                return isChallenge(entry, direction, state, event) ? FINAL | TrackResult.ignored(Complaint.TCP_CHALLENGE) : next;
            case TcpState.SYN_SENT2:
                TcpRecord.setLastFlags(entry, TcpRecord.lastFlags(entry) | TcpRecord.SIMULTANEOUS_OPEN);
                return next;
            case TcpState.CLOSE:
                return event == TcpTransitions.RST ? reset(entry, direction, state, tcp, settings) : next;
            default:
                return next;
        }
    }

    /** Whether a connection in TIME_WAIT or CLOSE has ended for both: one of its ends closed it, or the direction's own RST was the last we saw. */
    private static boolean isOver(final long entry, final int direction) {
        final int flags = TcpRecord.flags(entry, ConnDirection.ORIGINAL) | TcpRecord.flags(entry, ConnDirection.REPLY);
        return (flags & TcpRecord.CLOSE_INITIATED) != 0
                || TcpRecord.lastDirection(entry) == direction && TcpRecord.lastEvent(entry) == TcpTransitions.RST;
    }

    /** Whether an ACK in LAST_ACK answers a SYN that we let pass. */
    private static boolean isChallenge(final long entry, final int direction, final int state, final int event) {
        final int flags = TcpRecord.lastFlags(entry);
        final boolean challenge = state == TcpState.LAST_ACK
                && event == TcpTransitions.ACK
                && TcpRecord.lastDirection(entry) != direction
                && TcpRecord.lastEvent(entry) == TcpTransitions.SYN
                && (flags & TcpRecord.CHALLENGE_EXPECTED) != 0;
        if (challenge) {
            TcpRecord.setLastFlags(entry, flags & ~TcpRecord.CHALLENGE_EXPECTED);
        }
        return challenge;
    }

    /** A segment that may make sense to the ends: it passes and is remembered; but a SYN/ACK that answers a remembered SYN starts anew. */
    private static int ignore(final long entry, final int direction, final int state, final int event, final long tcp, final int length) {
        final int ack = TcpLayout.acknowledgment(tcp);
        final boolean answersSyn = event == TcpTransitions.SYN_ACK
                && TcpRecord.lastEvent(entry) == TcpTransitions.SYN
                && TcpRecord.lastDirection(entry) != direction
                && ack == TcpRecord.lastEnd(entry);
        if (answersSyn) {
            startAnew(entry, direction);
            return TcpState.SYN_RECV | FROM_SYN;
        }
        TcpRecord.setLastEvent(entry, event);
        TcpRecord.setLastDirection(entry, direction);
        TcpRecord.setLastSequence(entry, TcpLayout.sequence(tcp));
        TcpRecord.setLastEnd(entry, TcpWindow.end(tcp, length, TcpLayout.flags(tcp)));
        TcpRecord.setLastWindow(entry, TcpLayout.window(tcp));
        if (event == TcpTransitions.SYN && direction == ConnDirection.ORIGINAL) {
            final int offers = TcpOptions.offers(tcp);
            TcpRecord.setLastScale(entry, TcpOptions.scale(offers));
            // In LAST_ACK the answer to it could be taken for the last ACK.
            TcpRecord.setLastFlags(entry, TcpOptions.flags(offers) | (state == TcpState.LAST_ACK ? TcpRecord.CHALLENGE_EXPECTED : 0));
        }
        if (state == TcpState.SYN_SENT && event == TcpTransitions.ACK && direction == ConnDirection.REPLY) {
            TcpRecord.setLastAck(entry, ack);
        }
        return FINAL | TrackResult.ignored(Complaint.TCP_IGNORED);
    }

    private static void startAnew(final long entry, final int direction) {
        final long half = TcpRecord.half(entry, ConnDirection.opposite(direction));
        final int end = TcpRecord.lastEnd(entry);
        final int flags = TcpRecord.lastFlags(entry) & ~TcpRecord.CHALLENGE_EXPECTED;
        TcpRecord.setEnd(half, end);
        TcpRecord.setMaxEnd(half, end);
        TcpRecord.setMaxWindow(half, Math.max(TcpRecord.lastWindow(entry), 1));
        TcpRecord.setScale(half, TcpRecord.lastScale(entry));
        TcpRecord.setLastFlags(entry, flags);
        TcpRecord.setFlags(half, flags);
        final long answering = TcpRecord.half(entry, direction);
        final int kept = TcpRecord.flags(answering) & TcpRecord.BE_LIBERAL;
        TcpRecord.clear(answering);
        TcpRecord.setFlags(answering, kept);
    }

    /** An RST: whether it is believed, and in which window. */
    private static int reset(final long entry, final int direction, final int state, final long tcp, final TrackerSettings settings) {
        if (TcpState.isClosing(state)) {
            // The ends may have used the ports again: what we know of the windows may be old.
            return TcpState.CLOSE | ANY_WINDOW;
        }
        final int sequence = TcpLayout.sequence(tcp);
        final long receiver = TcpRecord.half(entry, ConnDirection.opposite(direction));
        final int lastEvent = TcpRecord.lastEvent(entry);
        final int status = ConnLayout.status(entry);
        final boolean assured = (status & ConnStatus.ASSURED) != 0;
        int next = TcpState.CLOSE;
        if ((TcpRecord.flags(receiver) & TcpRecord.MAX_ACK_SET) != 0 && lastEvent != TcpTransitions.SYN) {
            final boolean established = state == TcpState.ESTABLISHED && assured;
            final int expected = TcpRecord.maxAck(receiver);
            if (sequence == 0 && !established) {
                // The answer to a SYN that we let pass.
                return next;
            }
            if (sequence - expected < 0 && settings.tcpIgnoreInvalidRst == 0) {
                return FINAL | TrackResult.invalid(Complaint.TCP_RST);
            }
            final boolean behindOwnSegment = lastEvent == TcpTransitions.ACK
                    && TcpRecord.lastDirection(entry) == direction
                    && sequence == TcpRecord.lastEnd(entry);
            if (!established || sequence == expected || behindOwnSegment) {
                return next;
            }
            next = state;
        }
        final boolean answersSyn = lastEvent == TcpTransitions.SYN
                && TcpRecord.lastDirection(entry) != direction
                && (status & ConnStatus.SEEN_REPLY) != 0;
        final boolean lastWasIgnored = answersSyn || !assured && lastEvent == TcpTransitions.ACK;
        final boolean answersIgnored = lastWasIgnored && TcpLayout.acknowledgment(tcp) == TcpRecord.lastEnd(entry);
        final boolean answersChallenge = state == TcpState.SYN_SENT
                && lastEvent == TcpTransitions.ACK
                && TcpRecord.lastDirection(entry) == ConnDirection.REPLY
                && sequence == TcpRecord.lastAck(entry);
        return answersIgnored || answersChallenge ? next | ANY_WINDOW : next;
    }

    private static int inWindow(
            final long entry,
            final int direction,
            final int from,
            final int next,
            final int event,
            final long tcp,
            final int length,
            final TrackerSettings settings,
            final long nowNs) {
        final int state = ConnLayout.trackerState(entry);
        int window = TcpWindow.check(entry, direction, state, event, tcp, length, settings.tcpBeLiberal != 0);
        if (window != TcpWindow.IN_WINDOW && ConnLayout.takeUnjudged(entry)) {
            TcpWindow.makeUp(entry, direction, tcp, length);
            window = TcpWindow.check(entry, direction, state, event, tcp, length, settings.tcpBeLiberal != 0);
        }
        if (window == TcpWindow.IN_WINDOW) {
            return accept(entry, direction, from, next, event, settings, nowNs);
        }
        if (TrackResult.verdict(window) == TrackResult.IGNORED) {
            return window;
        }
        final boolean ends = (event == TcpTransitions.RST || event == TcpTransitions.FIN) && insist(entry, direction, event, settings, nowNs);
        return ends ? TrackResult.invalid(TrackResult.reason(window) | TrackResult.ENDS) : window;
    }

    /**
     * A FIN or RST out of the window: with another of the other direction before it, both ends are done and we have lost track of them. True if the
     * connection lives less long therefore.
     */
    private static boolean insist(final long entry, final int direction, final int event, final TrackerSettings settings, final long nowNs) {
        final int status = ConnLayout.status(entry);
        if ((status & (ConnStatus.ASSURED | ConnStatus.FIXED_TIMEOUT)) != ConnStatus.ASSURED) {
            return false;
        }
        final int lastEvent = TcpRecord.lastEvent(entry);
        if (TcpRecord.lastDirection(entry) != direction && (lastEvent == TcpTransitions.FIN || lastEvent == TcpTransitions.RST)) {
            final long left = Deadline.left(entry, nowNs);
            final long timeout = settings.tcpTimeoutUnacknowledged * Deadline.SECOND_NS;
            if (left >= INSISTED_NS && left > timeout) {
                Deadline.set(entry, timeout, nowNs);
                return true;
            }
        } else {
            TcpRecord.setLastEvent(entry, event);
            TcpRecord.setLastDirection(entry, direction);
        }
        return false;
    }

    /** The segment is believed. */
    private static int accept(
            final long entry,
            final int direction,
            final int from,
            final int next,
            final int event,
            final TrackerSettings settings,
            final long nowNs) {
        TcpRecord.setLastEvent(entry, event);
        TcpRecord.setLastDirection(entry, direction);
        int events = 0;
        if (next != from) {
            events = ConnEvents.PROTOINFO;
            if (next == TcpState.FIN_WAIT) {
                TcpRecord.setFlags(entry, direction, TcpRecord.CLOSE_INITIATED, TcpRecord.CLOSE_INITIATED);
            }
        }
        ConnLayout.setTrackerState(entry, next);
        final int status = ConnLayout.status(entry);
        int seconds = timeout(entry, next, event, settings);
        if ((status & ConnStatus.SEEN_REPLY) == 0) {
            if (event == TcpTransitions.RST) {
                return TrackResult.of(TrackResult.ACCEPT_AND_KILL, events);
            }
            if (event == TcpTransitions.SYN && from == TcpState.SYN_SENT) {
                return TrackResult.of(TrackResult.PASS, events);
            }
            if (next == TcpState.ESTABLISHED) {
                seconds = Math.min(seconds, settings.tcpTimeoutUnacknowledged);
            }
        } else if ((status & ConnStatus.ASSURED) == 0
                && next == TcpState.ESTABLISHED
                && (from == TcpState.SYN_RECV || from == TcpState.ESTABLISHED)
                && ConnLayout.setStatus(entry, ConnStatus.ASSURED)) {
            events |= ConnEvents.ASSURED;
        }
        Deadline.refresh(entry, seconds * Deadline.SECOND_NS, nowNs);
        return TrackResult.of(TrackResult.ACCEPT, events);
    }

    private static int timeout(final long entry, final int state, final int event, final TrackerSettings settings) {
        final int seconds = TcpState.timeout(state, settings);
        if (TcpRecord.repetitions(entry) >= settings.tcpMaxRetrans && seconds > settings.tcpTimeoutMaxRetrans) {
            return settings.tcpTimeoutMaxRetrans;
        }
        if (event == TcpTransitions.RST) {
            return settings.tcpTimeoutClose;
        }
        final int flags = TcpRecord.flags(entry, ConnDirection.ORIGINAL) | TcpRecord.flags(entry, ConnDirection.REPLY);
        if ((flags & TcpRecord.DATA_UNACKNOWLEDGED) != 0 && seconds > settings.tcpTimeoutUnacknowledged) {
            return settings.tcpTimeoutUnacknowledged;
        }
        return TcpRecord.lastWindow(entry) == 0 ? Math.min(seconds, settings.tcpTimeoutMaxRetrans) : seconds;
    }
}
