package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * Whether a segment lies in the window that its receiver has announced, and what it says about the windows.
 *
 * <p>For a segment with bytes from {@code sequence} to {@code end}, an acknowledgment {@code ack} (or the highest SACK edge), sent by S to R:
 * <ol>
 *   <li>{@code sequence <= S.maxEnd}: no more than R has room for. Beyond it, invalid; but passed and remembered if it starts early enough to be the
 *       work of a sender that overshoots by less than R's window.</li>
 *   <li>{@code ack <= R.end}: nothing is acknowledged that was not sent. Otherwise invalid.</li>
 *   <li>{@code end > S.end - R.maxWindow - 1}: not older than a window. Otherwise a repetition: passed, not believed.</li>
 *   <li>{@code ack > R.end - max(S.maxWindow, 66,000) - 1}: not an older acknowledgment than that. Otherwise a late one: passed, not believed.</li>
 * </ol>
 *
 * <p>Both ends must offer window scaling for either to scale. A direction that is first seen in the middle of a connection is taken from what its
 * first segment says.
 *
 * <p>Source: G. van Rooij, "Real stateful TCP packet filtering in IP filter", 2001 (I to IV above are his); RFC 9293, 3.10.7.4; RFC 7323, 2; {@code
 * tcp_in_window}.
 */
final class TcpWindow {

    /** What {@link #check} returns when there is nothing to say; {@link TrackResult#ignored} and {@link TrackResult#invalid} otherwise. */
    static final int IN_WINDOW = 0;

    /** An acknowledgment may be this late in any case (bytes): the largest unscaled window and some. Source: {@code MAXACKWINCONST}. */
    private static final int LATE_ACK_BYTES = 66_000;
    private static final int MAX_REPETITIONS = 255;

    private TcpWindow() {
    }

    /** Whether a sequence number is after another one. Of two that are half of all apart, each is after the other, as in the kernel. */
    static boolean isAfter(final int one, final int other) {
        return other - one < 0;
    }

    /** The sequence number behind a segment's last byte; SYN and FIN are one each. */
    static int end(final long tcp, final int length, final int flags) {
        return TcpLayout.sequence(tcp) + length - TcpLayout.headerBytes(tcp)
                + ((flags & TcpLayout.SYN) != 0 ? 1 : 0) + ((flags & TcpLayout.FIN) != 0 ? 1 : 0);
    }

    /**
     * Judges a segment and takes from it what it says.
     *
     * @param state   the connection's state before it
     * @param event   of {@link TcpTransitions}
     * @param liberal segments out of the window are believed
     */
    static int check(
            final long entry, final int direction, final int state, final int event, final long tcp, final int length, final boolean liberal) {
        final long sender = TcpRecord.half(entry, direction);
        final long receiver = TcpRecord.half(entry, ConnDirection.opposite(direction));
        final int flags = TcpLayout.flags(tcp);
        final int window = TcpLayout.window(tcp);
        int end = end(tcp, length, flags);
        int sequence = TcpLayout.sequence(tcp);
        int ack = TcpLayout.acknowledgment(tcp);
        int sack = (TcpRecord.flags(receiver) & TcpRecord.SACK_PERMITTED) != 0 ? TcpOptions.highestAck(tcp, ack) : ack;

        if (TcpRecord.maxWindow(sender) == 0 || (flags & TcpLayout.SYN) != 0) {
            final boolean accepted = startSlow(sender, receiver, direction, state, tcp, end, sack);
            if (accepted) {
                return IN_WINDOW;
            }
        }
        final int sent = TcpRecord.end(receiver);
        if ((flags & TcpLayout.ACK) == 0 || (flags & TcpLayout.RST) != 0 && ack == 0) {
            // No acknowledgment, or the 0 that some ends put into an RST: as if it were right.
            ack = sent;
            sack = sent;
        }
        if ((flags & TcpLayout.RST) != 0 && sequence == 0 && state == TcpState.SYN_SENT) {
            // The answer to a SYN: its sender has no sequence number.
            end = TcpRecord.end(sender);
            sequence = end;
        }
        final int senderWindow = TcpRecord.maxWindow(sender);
        final int receiverWindow = TcpRecord.maxWindow(receiver);
        final boolean believed = liberal || (TcpRecord.flags(sender) & TcpRecord.BE_LIBERAL) != 0;
        final boolean ackIsRecent = isAfter(sack, sent - Math.max(senderWindow, LATE_ACK_BYTES) - 1);
        final boolean endIsRecent = isAfter(end, TcpRecord.end(sender) - receiverWindow - 1);
        if (sequence - (TcpRecord.maxEnd(sender) + 1) >= 0) {
            final int overshot = end - TcpRecord.maxEnd(sender) + 1;
            final boolean passes = receiverWindow != 0
                    && endIsRecent
                    && ackIsRecent
                    && Integer.compareUnsigned(overshot, receiverWindow) <= 0
                    && sack - (sent + 1) < 0;
            if (passes) {
                // If the receiver takes it after all, its acknowledgment must not be too high.
                TcpRecord.setEnd(sender, end);
                TcpRecord.setFlags(sender, TcpRecord.flags(sender) | TcpRecord.DATA_UNACKNOWLEDGED);
            }
            return believed ? IN_WINDOW
                    : passes ? TrackResult.ignored(Complaint.TCP_OVERSHOT) : TrackResult.invalid(Complaint.TCP_AHEAD);
        }
        if (sack - (sent + 1) >= 0) {
            return believed ? IN_WINDOW : TrackResult.invalid(Complaint.TCP_ACK_AHEAD);
        }
        if (receiverWindow != 0 && !endIsRecent || !ackIsRecent) {
            final boolean isOld = receiverWindow != 0 && !endIsRecent;
            return believed ? IN_WINDOW : TrackResult.ignored(isOld ? Complaint.TCP_BEHIND : Complaint.TCP_ACK_BEHIND);
        }
        final int scaled = (flags & TcpLayout.SYN) != 0 ? window : window << TcpRecord.scale(sender);
        updateSender(sender, senderWindow, scaled + (sack - ack), end, ack, (flags & TcpLayout.ACK) != 0);
        updateReceiver(receiver, receiverWindow, end - TcpRecord.maxEnd(sender), sack + scaled, scaled, ack == sent);
        if (event == TcpTransitions.ACK) {
            countRepetitions(entry, direction, sequence, ack, end, window);
        }
        return IN_WINDOW;
    }

    /**
     * Takes from a segment what segments have said that went by unjudged: what it acknowledges has been sent, and what it sends was allowed. What it
     * says besides has to be right.
     */
    static void makeUp(final long entry, final int direction, final long tcp, final int length) {
        final long sender = TcpRecord.half(entry, direction);
        final long receiver = TcpRecord.half(entry, ConnDirection.opposite(direction));
        final int flags = TcpLayout.flags(tcp);
        final int ack = TcpLayout.acknowledgment(tcp);
        final int end = end(tcp, length, flags);
        if ((flags & TcpLayout.ACK) != 0 && isAfter(ack, TcpRecord.end(receiver))) {
            TcpRecord.setEnd(receiver, ack);
        }
        if (isAfter(end, TcpRecord.maxEnd(sender))) {
            TcpRecord.setMaxEnd(sender, end);
        }
    }

    /** An acknowledgment up to this is too late to be believed. */
    static int lateAck(final long sender, final long receiver) {
        return TcpRecord.end(receiver) - Math.max(TcpRecord.maxWindow(sender), LATE_ACK_BYTES) - 1;
    }

    /** What a direction starts with: the sender of a SYN. */
    static void startWithSyn(final long half, final long tcp, final int end) {
        TcpRecord.setEnd(half, end);
        TcpRecord.setMaxEnd(half, end);
        TcpRecord.setMaxWindow(half, Math.max(TcpLayout.window(tcp), 1));
        // A SYN without any option leaves what an earlier one has offered.
        if (TcpLayout.headerBytes(tcp) > TcpLayout.HEADER_BYTES) {
            final int offers = TcpOptions.offers(tcp);
            TcpRecord.setScale(half, TcpOptions.scale(offers));
            TcpRecord.setFlags(half, TcpRecord.flags(half) & TcpRecord.BE_LIBERAL | TcpOptions.flags(offers));
        }
    }

    /** Takes a direction's first segment, or a SYN that replaces one; true if nothing is left to be judged. */
    private static boolean startSlow(
            final long sender, final long receiver, final int direction, final int state, final long tcp, final int end, final int sack) {
        final int flags = TcpLayout.flags(tcp);
        final boolean syn = (flags & TcpLayout.SYN) != 0;
        final boolean unseen = TcpRecord.maxWindow(sender) == 0;
        if (syn) {
            final boolean opening = state == TcpState.SYN_SENT || state == TcpState.SYN_RECV;
            if (!unseen && !(opening && isAfter(end, TcpRecord.end(sender)))) {
                return false;
            }
            startWithSyn(sender, tcp, end);
            final boolean scaled = (TcpRecord.flags(sender) & TcpRecord.flags(receiver) & TcpRecord.WINDOW_SCALE) != 0;
            if (direction == ConnDirection.REPLY && !scaled) {
                TcpRecord.setScale(sender, 0);
                TcpRecord.setScale(receiver, 0);
            }
            return (flags & TcpLayout.ACK) == 0 && (unseen || direction == ConnDirection.REPLY);
        }
        final int window = Math.max(TcpLayout.window(tcp) << TcpRecord.scale(sender), 1);
        TcpRecord.setEnd(sender, end);
        TcpRecord.setMaxWindow(sender, window);
        TcpRecord.setMaxEnd(sender, end + window);
        if (TcpRecord.maxWindow(receiver) == 0) {
            TcpRecord.setEnd(receiver, sack);
            TcpRecord.setMaxEnd(receiver, sack);
        } else if (sack == TcpRecord.end(receiver) + 1) {
            // Probably the answer to a keep-alive, which is a byte before what was sent.
            TcpRecord.setEnd(receiver, sack);
        }
        return false;
    }

    private static void updateSender(
            final long sender, final int maxWindow, final int window, final int end, final int ack, final boolean hasAck) {
        if (Integer.compareUnsigned(maxWindow, window) < 0) {
            TcpRecord.setMaxWindow(sender, window);
        }
        final int flags = TcpRecord.flags(sender);
        int changed = flags;
        if (isAfter(end, TcpRecord.end(sender))) {
            TcpRecord.setEnd(sender, end);
            changed |= TcpRecord.DATA_UNACKNOWLEDGED;
        }
        if (hasAck && ((flags & TcpRecord.MAX_ACK_SET) == 0 || isAfter(ack, TcpRecord.maxAck(sender)))) {
            TcpRecord.setMaxAck(sender, ack);
            changed |= TcpRecord.MAX_ACK_SET;
        }
        if (changed != flags) {
            TcpRecord.setFlags(sender, changed);
        }
    }

    private static void updateReceiver(
            final long receiver, final int maxWindow, final int beyond, final int maxEnd, final int window, final boolean allAcknowledged) {
        if (maxWindow != 0 && isAfter(beyond, 0)) {
            TcpRecord.setMaxWindow(receiver, maxWindow + beyond);
        }
        if (isAfter(maxEnd, TcpRecord.maxEnd(receiver) - 1)) {
            // Into a closed window, one byte may be sent to see whether it has opened.
            TcpRecord.setMaxEnd(receiver, window == 0 ? maxEnd + 1 : maxEnd);
        }
        if (allAcknowledged) {
            final int flags = TcpRecord.flags(receiver);
            if ((flags & TcpRecord.DATA_UNACKNOWLEDGED) != 0) {
                TcpRecord.setFlags(receiver, flags & ~TcpRecord.DATA_UNACKNOWLEDGED);
            }
        }
    }

    private static void countRepetitions(
            final long entry, final int direction, final int sequence, final int ack, final int end, final int window) {
        final boolean same = TcpRecord.lastDirection(entry) == direction
                && TcpRecord.lastSequence(entry) == sequence
                && TcpRecord.lastAck(entry) == ack
                && TcpRecord.lastEnd(entry) == end
                && TcpRecord.lastWindow(entry) == window;
        if (same) {
            TcpRecord.setRepetitions(entry, Math.min(TcpRecord.repetitions(entry) + 1, MAX_REPETITIONS));
        } else {
            TcpRecord.setLastDirection(entry, direction);
            TcpRecord.setLastSequence(entry, sequence);
            TcpRecord.setLastAck(entry, ack);
            TcpRecord.setLastEnd(entry, end);
            TcpRecord.setLastWindow(entry, window);
            TcpRecord.setRepetitions(entry, 0);
        }
    }
}
