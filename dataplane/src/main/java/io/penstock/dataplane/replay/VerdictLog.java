package io.penstock.dataplane.replay;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Outcome;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line for each input packet, in order: {@code {"n":1,"port":"lan","verdict":"forward","out":"wan"}}.
 *
 * <p>A packet that waits for its neighbour has no verdict yet: it and those behind it are held back until it has. A packet
 * that was stolen or queued keeps that verdict, whatever its owner does with it later.
 */
final class VerdictLog {

    private final Writer out;
    private final List<String> ports;
    private final Deque<Entry> heldBack = new ArrayDeque<>();
    /** By the address of the chunk that holds their frame. */
    private final Map<Long, Entry> waiting = new HashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long packets;

    /** A log of the ports with these names, by index. */
    VerdictLog(final Writer out, final List<String> ports) {
        this.out = out;
        this.ports = ports;
        for (final String verdict : new String[] {"forward", "local", "drop", "stolen", "queue"}) {
            counts.put(verdict, 0L);
        }
    }

    /** The next packet's outcome. */
    void add(final Batch b, final int slot, final long chunk) {
        final Entry entry = new Entry(++packets, b.inPort[slot]);
        entry.judged(b.outcome[slot], b.outPort[slot]);
        if (entry.isWaiting()) {
            waiting.put(chunk, entry);
        }
        heldBack.add(entry);
        writeFinal();
    }

    /** What became of a packet that waited; nothing happens when it was no input packet's own way. */
    void ended(final Batch b, final int slot, final long chunk) {
        final Entry entry = waiting.get(chunk);
        if (entry == null) {
            return;
        }
        entry.judged(b.outcome[slot], b.outPort[slot]);
        if (!entry.isWaiting()) {
            waiting.remove(chunk);
            writeFinal();
        }
    }

    /** True while a packet waits for its neighbour. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** How many packets came in. */
    long packets() {
        return packets;
    }

    /** How many lines of each verdict were written. */
    Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }

    private void writeFinal() {
        while (!heldBack.isEmpty() && !heldBack.peek().isWaiting()) {
            write(heldBack.remove());
        }
    }

    private void write(final Entry entry) {
        final String verdict = entry.verdict();
        counts.merge(verdict, 1L, Long::sum);
        final Json json = new Json().object()
                .field("n", entry.number)
                .field("port", entry.inPort == Batch.FROM_HOST ? ReplayInput.LOCAL : ports.get(entry.inPort))
                .field("verdict", verdict);
        switch (Outcome.kind(entry.outcome)) {
            case Outcome.FORWARDED, Outcome.FRAGMENTED -> json.field("out", ports.get(entry.outPort));
            case Outcome.DROPPED -> json.field("reason", DropReason.of(Outcome.payload(entry.outcome)).metric());
            default -> {
                // The verdict says it all.
            }
        }
        try {
            out.write(json.end().toString());
            out.write('\n');
        } catch (final IOException e) {
            throw new ReplayException(ExitCode.FAILED, "verdicts cannot be written: " + e.getMessage()
                    + "; check the space that is left in the folder given to --out", e);
        }
    }

    private static final class Entry {
        private final long number;
        private final int inPort;
        private int outcome;
        private int outPort;

        Entry(final long number, final int inPort) {
            this.number = number;
            this.inPort = inPort;
        }

        void judged(final int newOutcome, final int newOutPort) {
            outcome = newOutcome;
            outPort = newOutPort;
        }

        boolean isWaiting() {
            return Outcome.kind(outcome) == Outcome.PARKED;
        }

        String verdict() {
            return switch (Outcome.kind(outcome)) {
                case Outcome.FORWARDED, Outcome.FRAGMENTED -> "forward";
                case Outcome.DELIVERED -> "local";
                case Outcome.DROPPED -> "drop";
                case Outcome.STOLEN -> "stolen";
                case Outcome.QUEUED -> "queue";
                case Outcome.GATHERED -> "gathered";
                default -> throw new IllegalStateException("a packet has no verdict: n=" + number + " outcome=" + outcome);
            };
        }
    }
}
