package io.penstock.conntrack.hot.frag;

/**
 * The first fragment of a packet that was given up because its time was over: what its sender is told about.
 *
 * <p>Threads: the store's. Valid until the store's next {@link FragmentStore#expire}, and its frame until it is handed back.
 */
public final class ExpiredFragment {

    private long frame;
    private int family;
    private int network;
    private int length;
    private int user;
    private int device;

    /** None yet. */
    ExpiredFragment() {
    }

    void set(final long queue) {
        final long first = Runs.first(queue);
        frame = PieceLayout.frame(first);
        network = PieceLayout.network(first);
        length = PieceLayout.data(first) + PieceLayout.length(first);
        family = QueueLayout.family(queue);
        user = QueueLayout.user(queue);
        device = QueueLayout.device(queue);
    }

    /** The frame, as it came. */
    public long frame() {
        return frame;
    }

    /** 4 or 6. */
    public int family() {
        return family;
    }

    /** Bytes from the frame to the network header. */
    public int network() {
        return network;
    }

    /** Bytes from the frame to the end of what is quoted: of IPv4, without what is past the last multiple of 8. */
    public int length() {
        return length;
    }

    /** Who gathered. */
    public int user() {
        return user;
    }

    /** The device that the last fragment of the packet came by: where its sender is answered. */
    public int device() {
        return device;
    }
}
