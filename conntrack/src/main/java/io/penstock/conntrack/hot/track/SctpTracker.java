package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.SctpLayout;

/**
 * SCTP: the association's state ({@link SctpState}, by {@link SctpTransitions}), chunk by chunk, and the verification tags.
 *
 * <pre>
 *   0 tag of the original direction u32 | 4 tag of the reply direction u32     what packets of that direction must carry
 *   8 INIT seen, original u8 | 9 INIT seen, reply u8                       since the last COOKIE ACK
 *  10 a HEARTBEAT had another tag u8 | 11 in which direction u8
 * </pre>
 *
 * <p>What goes beyond the table:
 * <ul>
 *   <li>A packet whose chunks do not go together (RFC 9260, 6.10: INIT, INIT ACK and SHUTDOWN COMPLETE are alone, cookies come first) is
 *     invalid.</li>
 *   <li>A packet must carry its direction's tag (RFC 9260, 8.5), INIT none; ABORT and SHUTDOWN COMPLETE may reflect the other's (8.5.1).</li>
 *   <li>Both ends may send INIT (5.2.1): their tags must then stay what the INITs said.</li>
 *   <li>A HEARTBEAT may come with another tag, from an end that began anew on another path: believed when a HEARTBEAT ACK answers it.</li>
 *   <li>A repeated INIT that nobody answers does not prolong the association.</li>
 * </ul>
 *
 * <p>Packets have passed {@link PacketCheck}. Source: nf_conntrack_proto_sctp.c, {@code nf_conntrack_sctp_packet}; RFC 9260.
 */
public final class SctpTracker {

    private static final int TAG = ConnLayout.TRACKER;
    private static final int TAG_BYTES = 4;
    private static final int INIT_SEEN = ConnLayout.TRACKER + 8;
    private static final int HEARTBEAT_FAILED = ConnLayout.TRACKER + 10;
    private static final int HEARTBEAT_DIRECTION = ConnLayout.TRACKER + 11;

    /** Behind the header of INIT and INIT ACK: the fields that both must have. */
    private static final int INIT_BYTES = 16;

    private static final int ALONE = 1 << SctpLayout.INIT | 1 << SctpLayout.INIT_ACK | 1 << SctpLayout.SHUTDOWN_COMPLETE;
    private static final int FIRST = 1 << SctpLayout.COOKIE_ACK | 1 << SctpLayout.COOKIE_ECHO;
    /** What answers an association that one end does not know (RFC 9260, 8.4): it begins none. */
    private static final int ANSWERS = 1 << SctpLayout.ABORT | 1 << SctpLayout.SHUTDOWN_COMPLETE | 1 << SctpLayout.COOKIE_ACK;
    /** Chunks whose packets have rules for the tag of their own. */
    private static final int OWN_TAG_RULES = 1 << SctpLayout.INIT | 1 << SctpLayout.SHUTDOWN_COMPLETE | 1 << SctpLayout.COOKIE_ECHO
            | 1 << SctpLayout.ABORT | 1 << SctpLayout.SHUTDOWN_ACK | 1 << SctpLayout.HEARTBEAT | 1 << SctpLayout.HEARTBEAT_ACK;
    private static final int DATA = 1 << SctpLayout.DATA;
    /** In a set of chunks, which has bits for types below 31: they do not go together, or there is none. */
    private static final int MALFORMED = 1 << 31;
    private static final int SET_TYPES = 31;

    /** What a chunk's tag says: all is well. */
    private static final int TAG_RIGHT = 0;
    private static final int TAG_WRONG = 1;
    /** The packet passes, this chunk counts for nothing. */
    private static final int TAG_UNSURE = 2;

    private SctpTracker() {
    }

    /** The packet that begins an association, of which the entry knows nothing yet. */
    public static int first(final long entry, final long sctp, final int length, final TrackerSettings settings, final long nowNs) {
        final int chunks = chunks(sctp, length);
        if (chunks < 0) {
            return TrackResult.invalid(Complaint.SCTP_CHUNKS);
        }
        if ((chunks & ANSWERS) != 0 || !begin(entry, sctp, length)) {
            return TrackResult.INVALID;
        }
        return judge(entry, ConnDirection.ORIGINAL, chunks, sctp, length, settings, nowNs);
    }

    /** Another packet of an association. */
    public static int packet(
            final long entry, final int direction, final long sctp, final int length, final TrackerSettings settings, final long nowNs) {
        final int chunks = chunks(sctp, length);
        return chunks < 0 ? TrackResult.invalid(Complaint.SCTP_CHUNKS) : judge(entry, direction, chunks, sctp, length, settings, nowNs);
    }

    /** The set of chunk types, or a negative number. As in the kernel, a chunk that leaves the packet counts if its first four bytes are there. */
    private static int chunks(final long sctp, final int length) {
        int set = 0;
        boolean alone = false;
        for (int chunk = SctpLayout.HEADER_BYTES; length - chunk >= SctpLayout.CHUNK_HEADER_BYTES; chunk = after(sctp, chunk)) {
            final int bit = bit(SctpLayout.chunkType(sctp, chunk));
            alone |= (bit & ALONE) != 0;
            if (chunk != SctpLayout.HEADER_BYTES && (alone || (bit & FIRST) != 0) || SctpLayout.chunkLength(sctp, chunk) == 0) {
                return MALFORMED;
            }
            set |= bit;
        }
        return length - SctpLayout.HEADER_BYTES < SctpLayout.CHUNK_HEADER_BYTES ? MALFORMED : set;
    }

    /** Which chunk is the first that does not go with the others; nothing where there is none at all. */
    static void complain(final long sctp, final int length, final Complaint into) {
        boolean alone = false;
        int place = 0;
        into.reason = Complaint.NONE;
        for (int chunk = SctpLayout.HEADER_BYTES; length - chunk >= SctpLayout.CHUNK_HEADER_BYTES; chunk = after(sctp, chunk)) {
            final int type = SctpLayout.chunkType(sctp, chunk);
            final int bytes = SctpLayout.chunkLength(sctp, chunk);
            alone |= (bit(type) & ALONE) != 0;
            if (place != 0 && (alone || (bit(type) & FIRST) != 0) || bytes == 0) {
                into.set(Complaint.SCTP_CHUNKS, place, type, bytes, alone ? 1 : 0);
                return;
            }
            place++;
        }
    }

    private static int bit(final int chunkType) {
        return chunkType < SET_TYPES ? 1 << chunkType : 0;
    }

    private static int after(final long sctp, final int chunk) {
        return chunk + (SctpLayout.chunkLength(sctp, chunk) + 3 & -4);
    }

    /** Takes the tags from the packet that begins an association; false if none begins with it. */
    private static boolean begin(final long entry, final long sctp, final int length) {
        final int tag = SctpLayout.verificationTag(sctp);
        for (int chunk = SctpLayout.HEADER_BYTES; length - chunk >= SctpLayout.CHUNK_HEADER_BYTES; chunk = after(sctp, chunk)) {
            final int type = SctpLayout.chunkType(sctp, chunk);
            final int next = SctpTransitions.next(ConnDirection.ORIGINAL, SctpState.NONE, type);
            if (next == SctpState.NONE || next == SctpTransitions.INVALID) {
                return false;
            }
            if (type == SctpLayout.INIT) {
                if (tag != 0 || !hasInitFields(chunk, length)) {
                    return false;
                }
                setTag(entry, ConnDirection.REPLY, SctpLayout.chunkInitiateTag(sctp, chunk));
                Memory.putByte(entry + INIT_SEEN + ConnDirection.ORIGINAL, (byte) 1);
            } else if (type == SctpLayout.HEARTBEAT) {
                setTag(entry, ConnDirection.ORIGINAL, tag);
            } else if (type == SctpLayout.SHUTDOWN_ACK) {
                // Who does not know the association answers with the same tag (RFC 9260, 8.4).
                setTag(entry, ConnDirection.REPLY, tag);
            }
        }
        return true;
    }

    private static int judge(
            final long entry,
            final int direction,
            final int chunks,
            final long sctp,
            final int length,
            final TrackerSettings settings,
            final long nowNs) {
        if ((chunks & OWN_TAG_RULES) == 0 && SctpLayout.verificationTag(sctp) != tag(entry, direction)) {
            return TrackResult.invalid(Complaint.SCTP_TAG);
        }
        int state = ConnLayout.trackerState(entry);
        int events = 0;
        boolean prolongs = true;
        for (int chunk = SctpLayout.HEADER_BYTES; length - chunk >= SctpLayout.CHUNK_HEADER_BYTES; chunk = after(sctp, chunk)) {
            final int type = SctpLayout.chunkType(sctp, chunk);
            final int sure = checkTag(entry, direction, type, chunk, chunks, sctp, prolongs);
            if (sure == TAG_WRONG) {
                return TrackResult.INVALID;
            }
            if (sure == TAG_UNSURE) {
                prolongs = false;
                continue;
            }
            final int next = SctpTransitions.next(direction, state, type);
            if (next == SctpTransitions.INVALID) {
                return TrackResult.invalid(Complaint.SCTP_STATE, type);
            }
            if (type == SctpLayout.INIT && !init(entry, direction, chunk, sctp, length)
                    || type == SctpLayout.INIT_ACK && !initAck(entry, direction, chunk, sctp, length)) {
                return TrackResult.INVALID;
            }
            if (type == SctpLayout.INIT
                    && next == SctpState.CLOSED
                    && state == SctpState.CLOSED
                    && ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)) {
                prolongs = false;
            }
            if (type == SctpLayout.COOKIE_ACK) {
                // What was asked for is settled.
                Memory.putShort(entry + INIT_SEEN, 0);
            }
            if (next != state) {
                events |= enter(entry, next);
            }
            state = next;
        }
        if (!prolongs) {
            return TrackResult.of(TrackResult.PASS, events);
        }
        Deadline.refresh(entry, SctpState.timeout(state, settings) * Deadline.SECOND_NS, nowNs);
        return TrackResult.of(TrackResult.ACCEPT, events);
    }

    private static int enter(final long entry, final int state) {
        ConnLayout.setTrackerState(entry, state);
        final boolean assured = state == SctpState.ESTABLISHED && ConnLayout.setStatus(entry, ConnStatus.ASSURED);
        return assured ? ConnEvents.PROTOINFO | ConnEvents.ASSURED : ConnEvents.PROTOINFO;
    }

    /** The rules for the tag that a chunk brings with it. */
    private static int checkTag(
            final long entry, final int direction, final int type, final int chunk, final int chunks, final long sctp, final boolean prolongs) {
        final int tag = SctpLayout.verificationTag(sctp);
        switch (type) {
            case SctpLayout.INIT:
                return tag == 0 ? TAG_RIGHT : TAG_WRONG;
            case SctpLayout.ABORT:
            case SctpLayout.SHUTDOWN_COMPLETE:
                final int reflected = SctpLayout.chunkFlags(sctp, chunk) & SctpLayout.FLAG_TAG_REFLECTED;
                return tag == tag(entry, direction ^ reflected) ? TAG_RIGHT : TAG_WRONG;
            case SctpLayout.COOKIE_ECHO:
                return tag == tag(entry, direction) ? TAG_RIGHT : TAG_WRONG;
            case SctpLayout.HEARTBEAT:
            case SctpLayout.HEARTBEAT_ACK:
                return checkHeartbeat(entry, direction, type, tag, (chunks & DATA) == 0 && prolongs);
            default:
                return TAG_RIGHT;
        }
    }

    private static int checkHeartbeat(final long entry, final int direction, final int type, final int tag, final boolean mayDiffer) {
        final int expected = tag(entry, direction);
        final boolean failed = Memory.getByte(entry + HEARTBEAT_FAILED) != 0;
        if (expected == 0) {
            setTag(entry, direction, tag);
            return TAG_RIGHT;
        }
        if (tag == expected) {
            if (failed) {
                Memory.putByte(entry + HEARTBEAT_FAILED, (byte) 0);
            }
            return TAG_RIGHT;
        }
        if (!mayDiffer) {
            return TAG_WRONG;
        }
        if (type == SctpLayout.HEARTBEAT) {
            Memory.putByte(entry + HEARTBEAT_FAILED, (byte) 1);
            Memory.putByte(entry + HEARTBEAT_DIRECTION, (byte) direction);
            return TAG_UNSURE;
        }
        if (!failed || Memory.getUnsignedByte(entry + HEARTBEAT_DIRECTION) == direction) {
            return TAG_WRONG;
        }
        // It answers the one with another tag: the association began anew, and the next packet of the other end says with which.
        Memory.putByte(entry + HEARTBEAT_FAILED, (byte) 0);
        setTag(entry, direction, tag);
        setTag(entry, ConnDirection.opposite(direction), 0);
        return TAG_RIGHT;
    }

    private static boolean init(final long entry, final int direction, final int chunk, final long sctp, final int length) {
        if (!hasInitFields(chunk, length)) {
            return false;
        }
        final int other = ConnDirection.opposite(direction);
        final int announced = SctpLayout.chunkInitiateTag(sctp, chunk);
        // One with the tag that is known is a repetition.
        if (announced != tag(entry, other)) {
            if (initSeen(entry, direction) && initSeen(entry, other)) {
                Memory.putByte(entry + INIT_SEEN + other, (byte) 0);
            }
            Memory.putByte(entry + INIT_SEEN + direction, (byte) 1);
            setTag(entry, other, announced);
        }
        return true;
    }

    private static boolean initAck(final long entry, final int direction, final int chunk, final long sctp, final int length) {
        if (!hasInitFields(chunk, length)) {
            return false;
        }
        final int other = ConnDirection.opposite(direction);
        final int known = tag(entry, other);
        final int announced = SctpLayout.chunkInitiateTag(sctp, chunk);
        final boolean unasked = !initSeen(entry, other) && known != 0;
        final boolean bothAsked = initSeen(entry, direction) && initSeen(entry, other);
        if ((unasked || bothAsked) && known != announced) {
            return false;
        }
        setTag(entry, other, announced);
        return true;
    }

    private static boolean hasInitFields(final int chunk, final int length) {
        return length - chunk >= SctpLayout.CHUNK_HEADER_BYTES + INIT_BYTES;
    }

    private static boolean initSeen(final long entry, final int direction) {
        return Memory.getByte(entry + INIT_SEEN + direction) != 0;
    }

    /** The verification tag that packets of a direction carry, for listings; 0 for unknown. */
    public static int tag(final long entry, final int direction) {
        return Memory.getInt(entry + TAG + direction * TAG_BYTES);
    }

    /** Sets the verification tag of a direction: for commands. */
    public static void setTag(final long entry, final int direction, final int tag) {
        Memory.putInt(entry + TAG + direction * TAG_BYTES, tag);
    }
}
