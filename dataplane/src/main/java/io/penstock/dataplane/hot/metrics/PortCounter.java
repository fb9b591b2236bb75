package io.penstock.dataplane.hot.metrics;

import java.util.Locale;

/**
 * What is counted for one port by one worker. The worker writes those of the first cache line; the control thread copies
 * those of the second from the socket's {@code XDP_STATISTICS} (linux/if_xdp.h, struct xdp_statistics).
 */
public enum PortCounter implements Counter {
    RX_PACKETS(Unit.PACKETS, 0, "Packets taken from the receive ring."),
    RX_BYTES(Unit.BYTES, 1, "Bytes taken from the receive ring."),
    TX_PACKETS(Unit.PACKETS, 2, "Packets placed on the transmit ring."),
    TX_BYTES(Unit.BYTES, 3, "Bytes placed on the transmit ring."),
    TX_FULL(Unit.PACKETS, 4, "Packets dropped because the transmit ring had no room."),
    HANDED_OFF(Unit.PACKETS, 5, "Packets copied to another worker to be sent, because there are fewer queues than workers."),
    XDP_RX_DROPPED(Unit.PACKETS, 8, "Kernel: packets for the socket dropped for reasons other than a full ring."),
    XDP_RX_INVALID_DESCS(Unit.EVENTS, 9, "Kernel: descriptors on the fill ring that named no frame."),
    XDP_TX_INVALID_DESCS(Unit.EVENTS, 10, "Kernel: descriptors on the transmit ring that named no frame."),
    XDP_RX_RING_FULL(Unit.PACKETS, 11, "Kernel: packets dropped because the receive ring was full: the worker is too slow."),
    XDP_RX_FILL_RING_EMPTY_DESCS(Unit.EVENTS, 12, "Kernel: packets that found the fill ring empty: too few free frames."),
    XDP_TX_RING_EMPTY_DESCS(Unit.EVENTS, 13, "Kernel: transmissions that found the transmit ring empty.");

    private static final PortCounter[] VALUES = values();
    private static final String XDP = "XDP_";

    private final Unit unit;
    private final String sentence;
    private final String metric;
    private final long offset;

    PortCounter(final Unit unit, final int slot, final String sentence) {
        this.unit = unit;
        this.sentence = sentence;
        this.metric = name().toLowerCase(Locale.ROOT);
        this.offset = (long) slot * Long.BYTES;
    }

    /** How many there are. */
    public static int count() {
        return VALUES.length;
    }

    /** True for what the kernel counts and the control thread copies. */
    public boolean isXdpStatistic() {
        return name().startsWith(XDP);
    }

    /** The kernel's own name of an XDP statistic. */
    public String xdpName() {
        return metric.substring(XDP.length());
    }

    @Override
    public int id() {
        return ordinal();
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public Unit unit() {
        return unit;
    }

    @Override
    public String sentence() {
        return sentence;
    }

    @Override
    public long offset() {
        return offset;
    }
}
