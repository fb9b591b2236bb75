package io.penstock.dataplane.rules;

import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.model.TableSnapshot;
import java.util.concurrent.Future;

/**
 * One table in force.
 *
 * <p>Threads: control, one at a time.
 */
final class LiveTable implements AutoCloseable {

    private final CompiledTable compiled;
    private final Holds holds;
    private final long version;
    private final long[] packets;
    private final long[] bytes;
    private final boolean tracks;
    private final boolean labels;
    private HookRegistrar.Registration registration;
    private Future<?> specialization;
    private boolean specialized;

    /**
     * A table.
     *
     * @param packets what its counters began with; it has not counted a packet yet
     * @param bytes   the same in bytes
     * @param tracks  whether its rules are about connections
     * @param labels  whether they ask for labels
     */
    LiveTable(
            final CompiledTable compiled, final Holds holds, final long version, final long[] packets,
            final long[] bytes, final boolean tracks, final boolean labels) {
        this.compiled = compiled;
        this.holds = holds;
        this.version = version;
        this.packets = packets;
        this.bytes = bytes;
        this.tracks = tracks;
        this.labels = labels;
    }

    CompiledTable compiled() {
        return compiled;
    }

    /** Whether its rules are about connections. */
    boolean tracks() {
        return tracks;
    }

    /** Whether its rules ask for labels of connections. */
    boolean labels() {
        return labels;
    }

    long version() {
        return version;
    }

    /** The functions that call it. */
    HookRegistrar.Registration registration() {
        return registration;
    }

    void registration(final HookRegistrar.Registration value) {
        registration = value;
    }

    /** What is under way to make a class of its own; null for nothing. */
    void specialization(final Future<?> value) {
        specialization = value;
    }

    /** Nothing is under way. */
    boolean isSettled() {
        return specialization == null || specialization.isDone();
    }

    /** A class of its own is in force. */
    void specialized() {
        specialized = true;
    }

    boolean isSpecialized() {
        return specialized;
    }

    /** Lets a counter begin with more. */
    void begin(final int number, final long morePackets, final long moreBytes) {
        packets[number] += morePackets;
        bytes[number] += moreBytes;
    }

    /** Packets under a number, of its predecessors too. */
    long packets(final int number) {
        return packets[number] + compiled.packets(number);
    }

    /** The same in bytes. */
    long bytes(final int number) {
        return bytes[number] + compiled.bytes(number);
    }

    /** The table with its counters as of now. */
    TableSnapshot snapshot() {
        final int counters = compiled.table().counters();
        final long[] nowPackets = new long[counters];
        final long[] nowBytes = new long[counters];
        for (int number = 0; number < counters; number++) {
            nowPackets[number] = packets(number);
            nowBytes[number] = bytes(number);
        }
        return new TableSnapshot(compiled.table(), version, nowPackets, nowBytes);
    }

    /** Frees what it holds; no worker runs it any more. */
    @Override
    public void close() {
        if (specialization != null) {
            specialization.cancel(false);
        }
        compiled.close();
        holds.close();
    }
}
