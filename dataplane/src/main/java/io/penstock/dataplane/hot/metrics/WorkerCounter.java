package io.penstock.dataplane.hot.metrics;

import java.util.Locale;

/**
 * What one worker counts. The place in the file follows the order: what every batch writes comes first, so that it shares
 * the block's first two cache lines. Gauges say "now"; all others only grow.
 */
public enum WorkerCounter implements Counter {
    PACKETS(Unit.PACKETS, "Packets that entered the hooks: received on a port or sent by the host's own sockets."),
    FORWARDED(Unit.PACKETS, "Packets that left by a port, whoever made them."),
    BATCHES(Unit.EVENTS, "Batches with at least one packet."),
    POLLS_EMPTY(Unit.EVENTS, "Rounds over all ports that found nothing."),
    BUSY_NS(Unit.NANOSECONDS, "Time spent on rounds that found a packet."),
    IDLE_NS(Unit.NANOSECONDS, "Time spent on rounds that found nothing, asleep or spinning."),
    FRAMES_FREE(Unit.FRAMES, "UMEM frames that nobody holds now."),
    DELIVERED(Unit.PACKETS, "Packets handed to the host's own sockets."),
    STOLEN(Unit.PACKETS, "Packets that a hook function took over with verdict STOLEN."),
    QUEUED(Unit.PACKETS, "Packets handed to a queue's listener with verdict QUEUE."),
    RETURNED(Unit.PACKETS, "Stolen or queued packets that came back, to go on or to be dropped."),
    ORIGINATED(Unit.PACKETS, "Packets that the data plane made itself: ICMP errors, redirects, fragments."),
    PARKED(Unit.PACKETS, "Packets that wait for their neighbour's address now."),
    HANDED_OFF(Unit.PACKETS, "Packets handed to the worker that serves the queue which they leave by."),
    HANDED_IN(Unit.PACKETS, "Packets that other workers handed to this one to be sent."),
    HOOK_EXCEPTIONS(Unit.EVENTS, "Exceptions that hook functions threw."),
    PARTIAL_CHECKSUMS_COMPLETED(
            Unit.PACKETS, "Packets whose L4 checksum held only the pseudo-header sum, completed before sending."),
    GENERATION(Unit.NUMBER, "The configuration's generation that the worker has taken up, now."),
    FRAGMENTED(Unit.PACKETS, "Packets that were too large for the next hop and left in fragments, which count as originated."),
    ICMP_LIMITED(Unit.PACKETS, "ICMP errors and redirects that were not sent because there had been too many."),
    ICMP_NO_FRAME(
            Unit.PACKETS, "ICMP errors, redirects, resets and copies (TEE) that were not sent because no frame was free."),
    HOST_SENT(Unit.PACKETS, "Packets that the host's own sockets sent; among packets."),
    LOGS_LOST(Unit.EVENTS, "Lines of rules (LOG, TRACE) that were lost because the log was full or refused them."),
    GATHERED(Unit.PACKETS, "Fragments that wait for their packet's others or were put together with them, the last of each packet apart.");

    private static final WorkerCounter[] VALUES = values();

    private final Unit unit;
    private final String sentence;
    private final String metric;
    private final long offset;

    WorkerCounter(final Unit unit, final String sentence) {
        this.unit = unit;
        this.sentence = sentence;
        this.metric = name().toLowerCase(Locale.ROOT);
        this.offset = Long.BYTES * (1L + ordinal());
    }

    /** How many there are. */
    public static int count() {
        return VALUES.length;
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
