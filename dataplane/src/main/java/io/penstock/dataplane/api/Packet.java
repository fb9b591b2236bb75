package io.penstock.dataplane.api;

/**
 * The packet that a hook function is asked about. One object per worker, moved from packet to packet: never keep it.
 *
 * <p>Addresses are absolute and valid during the call; read and write through {@code io.penstock.os.hot.memory.Memory}
 * and the layouts in {@code io.penstock.os.hot.packet}.
 */
public interface Packet {

    /** The Ethernet header's address. */
    long frame();

    /** Bytes from the Ethernet header to the end. */
    int length();

    /** The network header's address. */
    long network();

    /** Bytes from the network header to the end. */
    int networkLength();

    /** The transport header's address; the packet may end before the header does: see {@link #transportLength}. */
    long transport();

    /** Bytes from the transport header to the end, 0 where there is none (a later fragment, an unknown header). */
    int transportLength();

    /** The transport protocol's number. */
    int protocol();

    /** True for the second and later fragments. */
    boolean isLaterFragment();

    /** The packet mark, as iptables' {@code -m mark} sees it. */
    int mark();

    /** Sets the packet mark. */
    void mark(int mark);

    /**
     * Takes the packet over: the function must return {@link Verdict#STOLEN} next, and owns the frame until it gives the
     * token to {@link StolenPackets#release} or {@link StolenPackets#resume}. With any other verdict the token is void.
     *
     * @return the token, or -1 when no more packets can be held ({@link StolenPackets#capacity}): then judge otherwise
     */
    long steal();
}
