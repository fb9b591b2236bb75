package io.penstock.os.xdp;

/**
 * How an AF_XDP socket is opened. {@link #DEFAULTS} suits a forwarding worker; change single values with the {@code with}
 * methods.
 *
 * @param mode             zero-copy, copy, or the better one that works; must be AUTO or what runs already for a further
 *                         socket of a UMEM, whose first socket decides
 * @param rxSize           RX ring, descriptors, a power of two. 1024 holds a pause of 100 us at 10 Mpps. Lower: bursts are
 *                         lost (rx_ring_full). Higher: more frames wait in cache-cold memory, and delay grows
 * @param fillSize         fill ring, frames, a power of two. Twice the RX ring, so that the driver's own ring can be full
 *                         while the RX ring is, too. Lower: frames are lost (rx_fill_ring_empty). Higher: more frames of
 *                         the UMEM are tied to this port
 * @param txSize           TX ring, descriptors, a power of two. 1024 is 16 full batches. Lower: a short stall of the device
 *                         drops packets. Higher: packets wait longer on a link that is too slow for them
 * @param completionSize   completion ring, frames, a power of two. As large as the TX ring: lower and the kernel stops
 *                         sending until it is drained; higher is never used
 * @param txBudget         descriptors that one kick sends in copy mode (XDP_MAX_TX_SKB_BUDGET), 32 to {@code txSize}. 256
 *                         clears four batches with one system call. Lower: more calls a batch. Higher: after a stall the
 *                         worker stays longer in the kernel, at about 1 us a frame
 * @param sendBufferBytes  SO_SNDBUF for copy mode, where frames in flight are charged to the socket; 0 is room for a full
 *                         TX ring. Lower: kicks answer "later" with frames unsent. Higher: nothing more
 * @param busyPollUs       SO_PREFER_BUSY_POLL and SO_BUSY_POLL, microseconds; 0 is off: the device's interrupts bring the
 *                         frames. On, the worker's kicks do the driver's work on the worker's own CPU; wants the device's
 *                         {@code napi_defer_hard_irqs} and {@code gro_flush_timeout} set
 * @param busyPollBudget   SO_BUSY_POLL_BUDGET, packets a kick, when busy polling is on. 64 is one batch. Lower: more system
 *                         calls. Higher: more delay for the first packet of a burst
 */
public record XskOptions(
        XskMode mode,
        int rxSize,
        int fillSize,
        int txSize,
        int completionSize,
        int txBudget,
        int sendBufferBytes,
        int busyPollUs,
        int busyPollBudget) {

    /** What the parameters' descriptions recommend; interrupts, not busy polling. */
    public static final XskOptions DEFAULTS = new XskOptions(XskMode.AUTO, 1024, 2048, 1024, 1024, 256, 0, 0, 64);

    /** The kernel's own number of descriptors a kick, and the least that it accepts. */
    static final int KERNEL_TX_BUDGET = 32;

    /** Checks what the kernel would refuse without saying which. */
    public XskOptions {
        checkSize("rxSize", rxSize);
        checkSize("fillSize", fillSize);
        checkSize("txSize", txSize);
        checkSize("completionSize", completionSize);
        if (txBudget < KERNEL_TX_BUDGET || txBudget > txSize) {
            throw new IllegalArgumentException("txBudget must be from " + KERNEL_TX_BUDGET + " to txSize=" + txSize
                    + ": txBudget=" + txBudget);
        }
        if (sendBufferBytes < 0 || busyPollUs < 0 || busyPollBudget < 1 || busyPollBudget > 0xFFFF) {
            throw new IllegalArgumentException("sendBufferBytes and busyPollUs must not be negative, and busyPollBudget must"
                    + " be from 1 to 65535: sendBufferBytes=" + sendBufferBytes + " busyPollUs=" + busyPollUs
                    + " busyPollBudget=" + busyPollBudget);
        }
    }

    /** The same with another mode. */
    public XskOptions withMode(final XskMode other) {
        return new XskOptions(other, rxSize, fillSize, txSize, completionSize, txBudget, sendBufferBytes, busyPollUs,
                busyPollBudget);
    }

    /** The same with other ring sizes; the TX budget is lowered to the TX ring's size where it was larger. */
    public XskOptions withRings(final int rx, final int fill, final int tx, final int completion) {
        return new XskOptions(mode, rx, fill, tx, completion, Math.min(txBudget, tx), sendBufferBytes, busyPollUs,
                busyPollBudget);
    }

    /** The same with another number of descriptors a kick, and another send buffer. */
    public XskOptions withSending(final int budget, final int bufferBytes) {
        return new XskOptions(mode, rxSize, fillSize, txSize, completionSize, budget, bufferBytes, busyPollUs,
                busyPollBudget);
    }

    /** The same with busy polling. */
    public XskOptions withBusyPoll(final int us, final int budget) {
        return new XskOptions(mode, rxSize, fillSize, txSize, completionSize, txBudget, sendBufferBytes, us, budget);
    }

    private static void checkSize(final String name, final int size) {
        if (Integer.bitCount(size) != 1 || size < KERNEL_TX_BUDGET || size > 1 << 20) {
            throw new IllegalArgumentException(
                    name + " must be a power of two from 32 to 1048576: " + name + '=' + size);
        }
    }
}
