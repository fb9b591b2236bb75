package io.penstock.conntrack.hot;

/** The two directions of a connection. Source: {@code enum ip_conntrack_dir}. */
public final class ConnDirection {

    /** As the packet that began it. */
    public static final int ORIGINAL = 0;
    /** As what answers it. */
    public static final int REPLY = 1;

    private ConnDirection() {
    }

    /** The other direction. */
    public static int opposite(final int direction) {
        return direction ^ 1;
    }
}
