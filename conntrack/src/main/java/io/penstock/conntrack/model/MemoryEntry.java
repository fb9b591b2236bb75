package io.penstock.conntrack.model;

import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;

/** A connection of {@link MemoryConnectionStore}, whose lock guards it. */
final class MemoryEntry {

    ConnTuple original;
    ConnTuple reply;
    int originalZone;
    int replyZone;
    int status;
    Instant deadline;
    int mark;
    int state;
    int originalTag;
    int replyTag;
    int id;
    BitSet labels;
    Instant start;
    String helper;
    ConnCounters originalCounters = ConnCounters.NONE;
    ConnCounters replyCounters = ConnCounters.NONE;

    /** Another with the same in it. */
    MemoryEntry copy() {
        final MemoryEntry copy = new MemoryEntry();
        copy.original = original;
        copy.reply = reply;
        copy.originalZone = originalZone;
        copy.replyZone = replyZone;
        copy.status = status;
        copy.deadline = deadline;
        copy.mark = mark;
        copy.state = state;
        copy.originalTag = originalTag;
        copy.replyTag = replyTag;
        copy.id = id;
        copy.labels = labels;
        copy.start = start;
        copy.helper = helper;
        copy.originalCounters = originalCounters;
        copy.replyCounters = replyCounters;
        return copy;
    }

    /** Takes the state that a request says, if it says one. */
    void setState(final ConnectionRequest request) {
        if (request.protocolState() != null) {
            state = request.protocolState();
        }
        if (request.originalTag() != null && request.replyTag() != null) {
            originalTag = request.originalTag();
            replyTag = request.replyTag();
        }
    }

    /** What listings and events both tell of it. */
    Connection.Builder told(final Instant now) {
        final Connection.Builder told = Connection.of(original, reply, status)
                .zones(originalZone, replyZone)
                .timeoutSeconds(Math.max(0, Duration.between(now, deadline).toSeconds()))
                .id(id).helper(helper);
        final int protocol = original.protocol();
        if (protocol == ConnTuple.TCP || protocol == ConnTuple.SCTP) {
            told.protocolState(state);
        }
        if (protocol == ConnTuple.SCTP) {
            told.tags(originalTag, replyTag);
        }
        return told;
    }

    /** Nanoseconds since 1970. */
    static long nanoseconds(final Instant instant) {
        return instant.getEpochSecond() * Duration.ofSeconds(1).toNanos() + instant.getNano();
    }
}
