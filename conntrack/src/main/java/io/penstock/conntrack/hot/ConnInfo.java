package io.penstock.conntrack.hot;

/**
 * How a packet belongs to its connection. A packet without a connection is invalid, unless it is {@link #UNTRACKED}.
 *
 * <p>Source: {@code enum ip_conntrack_info}, nf_conntrack_common.h.
 */
public final class ConnInfo {

    /** Original direction, of a connection that has been answered. */
    public static final int ESTABLISHED = 0;
    /** Original direction: an error about a connection, or the first packets of an expected one. */
    public static final int RELATED = 1;
    /** Original direction, of a connection that has not been answered. */
    public static final int NEW = 2;
    /** Reply direction. */
    public static final int ESTABLISHED_REPLY = 3;
    /** Reply direction: an error about a connection. */
    public static final int RELATED_REPLY = 4;
    /** A rule has taken it out of tracking. */
    public static final int UNTRACKED = 7;
    /** Not tracked yet, or invalid. Not the kernel's number: it has none. */
    public static final int NONE = 8;
    /** Not tracked yet, and a rule has said how it is to be: {@link ConnTemplate}. */
    public static final int TEMPLATE = 9;
    /** As {@link #NONE}, and no rule is to say more: this host's answer to a packet that is untracked. */
    public static final int SETTLED = 10;

    /** From here on the packet goes in the reply direction; {@link #UNTRACKED} apart. */
    public static final int FIRST_OF_REPLY = 3;

    private ConnInfo() {
    }

    /** Whether a packet has a connection. */
    public static boolean hasConnection(final int info) {
        return info < UNTRACKED;
    }

    /** The direction of a packet that has a connection. */
    public static int direction(final int info) {
        return info >= FIRST_OF_REPLY ? ConnDirection.REPLY : ConnDirection.ORIGINAL;
    }
}
