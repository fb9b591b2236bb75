package io.penstock.os.xdp;

import io.penstock.os.hot.ring.CompletionRing;
import io.penstock.os.hot.ring.Doorbell;
import io.penstock.os.hot.ring.FillRing;
import io.penstock.os.hot.ring.RingOffsets;
import io.penstock.os.hot.ring.RxRing;
import io.penstock.os.hot.ring.TxRing;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One queue of one device through AF_XDP: four rings over the frames of a {@link Umem}.
 *
 * <p>The socket receives nothing until an XDP program on the device redirects to it through an XSKMAP that holds
 * {@link #fd}, and until the worker has put frames into {@link #fill}.
 *
 * <p>Threads: opened and closed by one thread at a time in the device's network namespace. The rings and the doorbell belong
 * to one worker, which must have left them before {@link #close}: after it they are unmapped. {@link #statistics} may be
 * called by any thread.
 *
 * <p>Source: kernel Documentation/networking/af_xdp.rst, linux/if_xdp.h.
 */
public final class XskSocket implements AutoCloseable {

    private final int ifindex;
    private final String device;
    private final int queue;
    private final Umem umem;
    private final XskOptions options;
    private final int fd;
    private final List<MappedMemory> mappings;
    private final XskMode mode;
    private final String modeReason;
    private final List<String> notes;
    private final RxRing rx;
    private final TxRing tx;
    private final FillRing fill;
    private final CompletionRing completion;
    private final Doorbell doorbell;
    private boolean open = true;

    XskSocket(
            final int ifindex,
            final String device,
            final int queue,
            final Umem umem,
            final XskOptions options,
            final int fd,
            final List<MappedMemory> mappings,
            final RingOffsets[] offsets,
            final XskMode mode,
            final String modeReason,
            final List<String> notes) {
        this.ifindex = ifindex;
        this.device = device;
        this.queue = queue;
        this.umem = umem;
        this.options = options;
        this.fd = fd;
        this.mappings = mappings;
        this.mode = mode;
        this.modeReason = modeReason;
        this.notes = List.copyOf(notes);
        final long frames = umem.address();
        this.rx = new RxRing(mappings.get(0).address(), offsets[0], options.rxSize(), frames);
        this.tx = new TxRing(mappings.get(1).address(), offsets[1], options.txSize(), frames);
        this.fill = new FillRing(mappings.get(2).address(), offsets[2], options.fillSize(), frames);
        this.completion = new CompletionRing(mappings.get(3).address(), offsets[3], options.completionSize(), frames);
        this.doorbell = new Doorbell(fd);
    }

    /**
     * Opens a socket and binds it. Waits up to a second for a queue that the kernel has not given back yet.
     *
     * @param ifindex the device, of the calling thread's network namespace
     * @param device  its name
     * @param queue   the device's queue, from 0
     * @param umem    the worker's frames
     * @param options mode and sizes
     * @throws XskException when it cannot be had, saying why and what mends it
     */
    public static XskSocket open(
            final int ifindex, final String device, final int queue, final Umem umem, final XskOptions options) {
        synchronized (umem) {
            final XskSocket socket = new XskOpener(ifindex, device, queue, umem, options).open();
            umem.add(socket);
            return socket;
        }
    }

    /** The device's index. */
    public int ifindex() {
        return ifindex;
    }

    /** The device's name when the socket was opened. */
    public String device() {
        return device;
    }

    /** The device's queue. */
    public int queue() {
        return queue;
    }

    /** The frames. */
    public Umem umem() {
        return umem;
    }

    /** What it was opened with; without busy polling where the kernel refused that. */
    public XskOptions options() {
        return options;
    }

    /** For the XSKMAP, and for poll(2): readable when packets wait, and polling wakes the driver as a kick does. */
    public int fd() {
        return fd;
    }

    /** The mode that runs: zero-copy or copy. */
    public XskMode mode() {
        return mode;
    }

    /** Why that mode runs, for people. */
    public String modeReason() {
        return modeReason;
    }

    /** What was asked for and is not in force, one sentence each; empty when all is. */
    public List<String> notes() {
        return notes;
    }

    /** Received packets. */
    public RxRing rx() {
        return rx;
    }

    /** Packets to send. */
    public TxRing tx() {
        return tx;
    }

    /** Empty frames to receive into. */
    public FillRing fill() {
        return fill;
    }

    /** Sent frames. */
    public CompletionRing completion() {
        return completion;
    }

    /** The system calls that wake the kernel, for hot code. */
    public Doorbell doorbell() {
        return doorbell;
    }

    /** {@link Doorbell#kickTx}. */
    public int kickTx() {
        return doorbell.kickTx();
    }

    /** {@link Doorbell#kickRx}. */
    public int kickRx() {
        return doorbell.kickRx();
    }

    /** Frames in the fill ring, in the kernel's hands, or in the RX ring and not released. The worker's thread. */
    public int framesReceiving() {
        return fill.produced() - rx.consumed();
    }

    /** Frames in the TX ring, on the way, or in the completion ring and not released. The worker's thread. */
    public int framesSending() {
        return tx.produced() - completion.consumed();
    }

    /**
     * Takes the frames back to the UMEM's free ones when the device is gone. The worker's thread; the rings are of no use after
     * it.
     *
     * @return how many the kernel had taken and did not give back: those are lost to the UMEM. With copies it is next to none;
     *     with zero-copy what the driver had in its own rings
     */
    public int recover() {
        completion.drain(umem.free(), completion.size());
        final int sending = framesSending() - tx.takeBack(umem.free());
        final int received = rx.peek(rx.size());
        for (int i = 0; i < received; i++) {
            umem.free().push(rx.address(i));
        }
        rx.release(received);
        return sending + framesReceiving() - fill.takeBack(umem.free());
    }

    /** The kernel's counts since the socket was opened. */
    public synchronized XskStatistics statistics() {
        if (!open) {
            throw new IllegalStateException("the socket is closed: " + this);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment s = arena.allocate(XskLayout.STATISTICS_BYTES, 8);
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, XskLayout.STATISTICS_BYTES);
            Linux.check(Linux.getsockopt(fd, XskLayout.SOL_XDP, XskLayout.STATISTICS, s.address(), length.address()),
                    "getsockopt(XDP_STATISTICS, device=" + device + ", queue=" + queue + ')');
            return new XskStatistics(
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_RX_DROPPED),
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_RX_INVALID),
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_TX_INVALID),
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_RX_FULL),
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_FILL_EMPTY),
                    s.get(ValueLayout.JAVA_LONG, XskLayout.STATISTICS_TX_EMPTY));
        }
    }

    /**
     * Unmaps the rings, then closes the socket: a mapping alone would keep the queue bound. The frames that the kernel has
     * ({@link #framesReceiving}, {@link #framesSending}) do not come back to the UMEM's free ones; before a UMEM goes on without
     * this socket, {@link #recover} them.
     */
    @Override
    public void close() {
        synchronized (umem) {
            synchronized (this) {
                if (open) {
                    open = false;
                    mappings.forEach(MappedMemory::close);
                    Linux.close(fd);
                    umem.remove(this);
                }
            }
        }
    }

    @Override
    public String toString() {
        return device + ':' + queue + " (" + mode.text() + ')';
    }
}
