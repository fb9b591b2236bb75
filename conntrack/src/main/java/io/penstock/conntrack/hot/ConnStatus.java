package io.penstock.conntrack.hot;

/** The status bits of a connection, in the kernel's numbers. Source: {@code enum ip_conntrack_status}, nf_conntrack_common.h. */
public final class ConnStatus {

    /** It was expected: it has a master. */
    public static final int EXPECTED = 1;
    /** Packets have been seen both ways. */
    public static final int SEEN_REPLY = 1 << 1;
    /** Not to be dropped early. */
    public static final int ASSURED = 1 << 2;
    /** It is in the table: its first packet has left. */
    public static final int CONFIRMED = 1 << 3;
    /** The source is rewritten in the original direction. */
    public static final int SRC_NAT = 1 << 4;
    /** The destination is rewritten in the original direction. */
    public static final int DST_NAT = 1 << 5;
    /** TCP sequence numbers are adjusted. */
    public static final int SEQ_ADJUST = 1 << 6;
    /** It is settled whether the source is rewritten. */
    public static final int SRC_NAT_DONE = 1 << 7;
    /** It is settled whether the destination is rewritten. */
    public static final int DST_NAT_DONE = 1 << 8;
    /** It is removed from the table; set once, never cleared. */
    public static final int DYING = 1 << 9;
    /** Packets do not move its deadline. */
    public static final int FIXED_TIMEOUT = 1 << 10;
    /** A template of the CT target, never in the table. */
    public static final int TEMPLATE = 1 << 11;
    /** It lost a clash and is found by its reply tuple alone. */
    public static final int NAT_CLASH = 1 << 12;
    /** A helper was attached by a rule. */
    public static final int HELPER = 1 << 13;
    /** Its packets bypass the hooks. */
    public static final int OFFLOAD = 1 << 14;
    /** Its packets bypass this machine's CPU. */
    public static final int HW_OFFLOAD = 1 << 15;

    /** Either half of NAT. */
    public static final int NAT_MASK = SRC_NAT | DST_NAT;
    /** Both halves are settled. */
    public static final int NAT_DONE_MASK = SRC_NAT_DONE | DST_NAT_DONE;
    /** What user space cannot change. */
    public static final int UNCHANGEABLE_MASK =
            NAT_DONE_MASK | NAT_MASK | EXPECTED | CONFIRMED | DYING | SEQ_ADJUST | TEMPLATE | NAT_CLASH | OFFLOAD | HW_OFFLOAD;

    private ConnStatus() {
    }
}
