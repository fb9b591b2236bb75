package io.penstock.conntrack.hot.track;

/**
 * What is wrong with a packet that is invalid or ignored, for the log: a reason and the numbers that its sentence has. Made once, filled by {@link
 * Complaints}; {@link io.penstock.conntrack.text.ComplaintText} says it in words.
 *
 * <p>Threads: the worker that owns it.
 */
public final class Complaint {

    /** There is nothing to say. */
    public static final int NONE = 0;
    public static final int SHORT = 1;
    public static final int TRUNCATED = 2;
    public static final int MALFORMED = 3;
    public static final int CHECKSUM = 4;
    public static final int TCP_FLAGS = 5;
    public static final int TCP_NEW = 6;
    /** Numbers: event, direction, state. So have the next one. */
    public static final int TCP_INVALID = 7;
    public static final int TCP_IGNORED = 8;
    public static final int TCP_RST = 9;
    public static final int TCP_CHALLENGE = 10;
    /** Number: how many bytes. */
    public static final int TCP_OVERSHOT = 11;
    /** Number: the bound. So have the next three. */
    public static final int TCP_AHEAD = 12;
    public static final int TCP_ACK_AHEAD = 13;
    public static final int TCP_BEHIND = 14;
    public static final int TCP_ACK_BEHIND = 15;
    /** Numbers: event, direction, the event before it, seconds. */
    public static final int TCP_ENDS = 16;
    public static final int ICMP_TYPE = 17;
    /** Numbers: the address that the error should have gone to, IPv4's in the second one. */
    public static final int ICMP_DESTINATION = 18;
    public static final int COVERAGE = 19;
    public static final int NO_CHECKSUM = 20;
    /** Numbers: the chunk's place, type, length, and whether one of the packet's has to be alone. */
    public static final int SCTP_CHUNKS = 21;
    /** Numbers: the tag, what it should be, direction. */
    public static final int SCTP_TAG = 22;
    public static final int REDIRECT_SHORT = 23;
    public static final int REDIRECT_OPTIONS = 24;
    public static final int REDIRECT_SOURCE = 25;
    /** Numbers: the state before it, direction, the chunk's type. */
    public static final int SCTP_STATE = 26;

    /** One of the constants above. */
    public int reason;
    /** The sentence's first number. */
    public long first;
    /** The second. */
    public long second;
    /** The third. */
    public int third;
    /** The fourth. */
    public int fourth;

    /** Nothing yet. */
    public Complaint() {
    }

    /** Takes what another one says. */
    public void set(final Complaint other) {
        set(other.reason, other.first, other.second, other.third, other.fourth);
    }

    void set(final int why, final long one, final long two, final int three, final int four) {
        reason = why;
        first = one;
        second = two;
        third = three;
        fourth = four;
    }
}
