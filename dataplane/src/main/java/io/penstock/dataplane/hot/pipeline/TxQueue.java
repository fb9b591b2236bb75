package io.penstock.dataplane.hot.pipeline;

/**
 * Frames that leave by one port, in order. Owned by the lane; the port empties it once a batch, and earlier when the lane's
 * own packets fill it.
 *
 * <p>A queue to the host has more to say of each frame: see {@link #addLocal}. The other queues' arrays for that are empty.
 */
public final class TxQueue {

    /**
     * A batch may send all its frames to one port; what the lane itself makes meanwhile is sent on as soon as it takes more
     * than half, see {@link #isHalfFull}.
     */
    private static final int CAPACITY = 2 * Batch.CAPACITY;

    public int count;
    public final long[] frame = new long[CAPACITY];
    public final int[] length = new int[CAPACITY];
    /** The port that a frame for the host came in by. */
    public final int[] inPort;
    /** Its mark. */
    public final int[] mark;
    /** Bytes from its Ethernet header to the transport header whose checksum is only begun; 0 when none is. */
    public final int[] transport;
    /** Its transport protocol. */
    public final int[] protocol;

    /** A port's queue. */
    public TxQueue() {
        this(false);
    }

    /** A port's queue, or one to the host. */
    public TxQueue(final boolean toHost) {
        final int hostCapacity = toHost ? CAPACITY : 0;
        inPort = new int[hostCapacity];
        mark = new int[hostCapacity];
        transport = new int[hostCapacity];
        protocol = new int[hostCapacity];
    }

    /** Appends a frame. */
    public void add(final long frameAddress, final int bytes) {
        final int at = count;
        frame[at] = frameAddress;
        length[at] = bytes;
        count = at + 1;
    }

    /** Appends a frame for the host with what is known of it. */
    void addLocal(final Batch b, final int slot) {
        final int at = count;
        inPort[at] = b.inPort[slot];
        mark[at] = b.mark[slot];
        transport[at] = (b.flags[slot] & Batch.PARTIAL_CHECKSUM) != 0 ? b.transport[slot] : 0;
        protocol[at] = b.protocol[slot];
        add(b.frame[slot], b.length[slot]);
    }

    /** Moves frames to the end; the others keep their order. */
    public void putLast(final int at, final int frames) {
        for (int i = 0; i < frames; i++) {
            final int last = count - 1;
            final long moved = frame[at];
            for (int j = at; j < last; j++) {
                frame[j] = frame[j + 1];
            }
            frame[last] = moved;
            putLast(length, at);
            if (inPort.length != 0) {
                putLast(inPort, at);
                putLast(mark, at);
                putLast(transport, at);
                putLast(protocol, at);
            }
        }
    }

    private void putLast(final int[] of, final int at) {
        final int last = count - 1;
        final int moved = of[at];
        for (int j = at; j < last; j++) {
            of[j] = of[j + 1];
        }
        of[last] = moved;
    }

    /** True when the rest of a batch and one more frame might not fit. */
    boolean isHalfFull() {
        return count >= Batch.CAPACITY;
    }
}
