package io.penstock.conntrack.model;

import java.util.BitSet;

/**
 * A connection as it was at one moment, with all that conntrack(8) prints. What is null is not told: because the namespace does not keep
 * it (counters, times, labels), the protocol has none of it (states), or the message is an event's, which tells less than a listing.
 *
 * @param original             the first packet's tuple
 * @param reply                the answers' tuple
 * @param zone                 the zone of both directions, or null for zone 0
 * @param originalZone         the original direction's own zone, or null
 * @param replyZone            the reply direction's own zone, or null
 * @param status               the kernel's status bits (IPS_*)
 * @param timeoutSeconds       whole seconds until it expires, or null
 * @param protocolState        the tracker's state in the kernel's numbers (TCP, SCTP), or null
 * @param originalTag          SCTP's verification tag of the original direction, or null
 * @param replyTag             the same of the reply direction
 * @param greTimeoutSeconds    what a GRE connection has been told to last unreplied; 0 before its first packet, or of others
 * @param greStreamSeconds     the same, replied
 * @param originalCounters     or null
 * @param replyCounters        or null
 * @param mark                 or null
 * @param use                  how many hold it, or null
 * @param id                   a number that tells it from others with the same tuples, or null
 * @param labels               the bits that are set, or null if none is
 * @param labelWords           how many words of 32 bits the labels have
 * @param startNs              when it began, in ns since 1970, or null
 * @param stopNs               when it ended, or null
 * @param helper               its helper's name, or null
 */
public record Connection(ConnTuple original, ConnTuple reply, Integer zone, Integer originalZone, Integer replyZone, int status,
        Long timeoutSeconds, Integer protocolState, Integer originalTag, Integer replyTag, int greTimeoutSeconds, int greStreamSeconds,
        ConnCounters originalCounters, ConnCounters replyCounters, Integer mark, Integer use, Integer id, BitSet labels, int labelWords,
        Long startNs, Long stopNs, String helper) {

    /** How many words of 32 bits a connection's labels have. */
    public static final int LABEL_WORDS = 4;

    /** Takes what it was given for itself. */
    public Connection {
        labels = labels == null ? null : (BitSet) labels.clone();
    }

    @Override
    public BitSet labels() {
        return labels == null ? null : (BitSet) labels.clone();
    }

    /** Begins one. */
    public static Builder of(final ConnTuple original, final ConnTuple reply, final int status) {
        return new Builder(original, reply, status);
    }

    /** Puts one together. Not for several threads. */
    public static final class Builder {

        private final ConnTuple original;
        private final ConnTuple reply;
        private final int status;
        private Integer zone;
        private Integer originalZone;
        private Integer replyZone;
        private Long timeoutSeconds;
        private Integer protocolState;
        private Integer originalTag;
        private Integer replyTag;
        private int greTimeoutSeconds;
        private int greStreamSeconds;
        private ConnCounters originalCounters;
        private ConnCounters replyCounters;
        private Integer mark;
        private Integer use;
        private Integer id;
        private BitSet labels;
        private Long startNs;
        private Long stopNs;
        private String helper;

        private Builder(final ConnTuple original, final ConnTuple reply, final int status) {
            this.original = original;
            this.reply = reply;
            this.status = status;
        }

        /** The zones of both directions, as the kernel tells them: equal ones as one, and zone 0 not at all. */
        public Builder zones(final int ofOriginal, final int ofReply) {
            final boolean isOne = ofOriginal == ofReply;
            zone = isOne && ofOriginal != 0 ? ofOriginal : null;
            originalZone = isOne || ofOriginal == 0 ? null : (Integer) ofOriginal;
            replyZone = isOne || ofReply == 0 ? null : (Integer) ofReply;
            return this;
        }

        /** Seconds until it expires. */
        public Builder timeoutSeconds(final long seconds) {
            timeoutSeconds = seconds;
            return this;
        }

        /** The tracker's state. */
        public Builder protocolState(final int state) {
            protocolState = state;
            return this;
        }

        /** SCTP's verification tags. */
        public Builder tags(final int ofOriginal, final int ofReply) {
            originalTag = ofOriginal;
            replyTag = ofReply;
            return this;
        }

        /** What a GRE connection lasts. */
        public Builder greSeconds(final int unreplied, final int stream) {
            greTimeoutSeconds = unreplied;
            greStreamSeconds = stream;
            return this;
        }

        /** What both directions have carried. */
        public Builder counters(final ConnCounters ofOriginal, final ConnCounters ofReply) {
            originalCounters = ofOriginal;
            replyCounters = ofReply;
            return this;
        }

        /** The mark. */
        public Builder mark(final int value) {
            mark = value;
            return this;
        }

        /** How many hold it. */
        public Builder use(final int count) {
            use = count;
            return this;
        }

        /** Its number. */
        public Builder id(final int number) {
            id = number;
            return this;
        }

        /** Its labels; that there are none is not told. */
        public Builder labels(final BitSet bits) {
            labels = bits == null || bits.isEmpty() ? null : bits;
            return this;
        }

        /** When it began, in ns since 1970. */
        public Builder startNs(final long ns) {
            startNs = ns;
            return this;
        }

        /** When it ended, in ns since 1970. */
        public Builder stopNs(final long ns) {
            stopNs = ns;
            return this;
        }

        /** Its helper. */
        public Builder helper(final String name) {
            helper = name;
            return this;
        }

        /** The connection. */
        public Connection build() {
            return new Connection(original, reply, zone, originalZone, replyZone, status, timeoutSeconds, protocolState, originalTag,
                    replyTag, greTimeoutSeconds, greStreamSeconds, originalCounters, replyCounters, mark, use, id, labels,
                    labels == null ? 0 : LABEL_WORDS, startNs, stopNs, helper);
        }
    }
}
