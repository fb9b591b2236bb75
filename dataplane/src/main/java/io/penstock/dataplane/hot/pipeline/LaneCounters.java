package io.penstock.dataplane.hot.pipeline;

/**
 * What a lane has counted since it started. Plain fields of one writer; the worker copies them to the counter file.
 *
 * <p>Every packet is accounted for: {@code received + originated + returned + unparked + handedIn} equals {@code forwarded +
 * delivered + stolen + queued + parked + handedOff + fragmented + gathered + the sum of dropped} at every batch boundary. A packet
 * that crosses to another worker is handed off by one lane, handed in and then forwarded or dropped by the other: over all
 * lanes each is forwarded once, and {@code handedOff} less {@code handedIn} are on their way between two workers.
 */
public final class LaneCounters {

    /** Packets that ports gave. */
    public long received;
    /** Packets that this host's sockets or the lane itself sent: answers and copies, which enter at LOCAL_OUT; fragments. */
    public long originated;
    /** Those of {@code originated} that this host's sockets sent. */
    public long hostSent;
    /** Stolen or queued packets that came back. */
    public long returned;
    /** Packets that waited for a neighbour and wait no more. */
    public long unparked;
    /** Packets that another lane handed off to this one. */
    public long handedIn;
    public long forwarded;
    public long delivered;
    public long stolen;
    public long queued;
    public long parked;
    /** Packets that another worker took over to send. */
    public long handedOff;
    /** Fragments that are part of packets by now, less those that were the last of theirs; and such that wait for others. */
    public long gathered;
    /** Packets that left in fragments, which are {@code originated}. */
    public long fragmented;
    /** Drops by {@link DropReason#id()}. */
    public final long[] dropped = new long[DropReason.count()];
    /** Begun transport checksums that were completed. */
    public long partialChecksums;
    /** Batches of at least one packet. */
    public long batches;
    /** Exceptions from hook functions. */
    public long hookExceptions;
    /** ICMP errors and redirects that were not sent because there had been too many. */
    public long icmpLimited;
    /** ICMP errors, redirects, resets and copies that were not sent because no frame was free. */
    public long icmpNoFrame;
    /** Answers of rules (REJECT) to what the lane itself answers, of which there are none. */
    public long answersToAnswers;
    /** Lines of rules (LOG, TRACE) that were lost because the log was full. */
    public long logsLost;
    /** Tokens that were used twice or never given. */
    public long badTokens;

    /** Packets whose fate is not known: 0, or a defect. */
    public long unaccounted() {
        long ended = forwarded + delivered + stolen + queued + parked + handedOff + fragmented + gathered;
        for (final long count : dropped) {
            ended += count;
        }
        return received + originated + returned + unparked + handedIn - ended;
    }

    /** The sum over all reasons. */
    public long droppedTotal() {
        long total = 0;
        for (final long count : dropped) {
            total += count;
        }
        return total;
    }
}
