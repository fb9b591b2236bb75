package io.penstock.dataplane.demo;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the clients have seen: answers by time and server, connections by stage and server, failures.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Its size does not grow with what goes right.</li>
 *   <li>A connection is of a stage when it began and was established in it; what began while the dead server was not found yet is of that.</li>
 * </ol>
 *
 * <p>Threads: any.
 */
final class WebTally {

    /** Of the counters over time. Fine enough for what is asked, which is seconds, to begin with any of them. */
    static final long SLOT_NS = 100_000_000;

    private static final int SERVERS = Backend.values().length;

    private final long startNs;
    private final AtomicLongArray answers;
    private final AtomicLongArray connections = new AtomicLongArray(Stage.values().length * SERVERS);
    private final AtomicLongArray slowestNs = new AtomicLongArray(Stage.values().length);
    private final Queue<WebFailure> failures = new ConcurrentLinkedQueue<>();
    private volatile Stage stage = Stage.BEGUN;

    /** A tally that begins now; what comes after so many seconds counts as the last slot's. */
    WebTally(final double seconds) {
        startNs = System.nanoTime();
        answers = new AtomicLongArray(((int) (seconds * 1e9 / SLOT_NS) + 1) * SERVERS);
    }

    long startNs() {
        return startNs;
    }

    /** Seconds since the beginning. */
    double seconds(final long ns) {
        return (ns - startNs) / 1e9;
    }

    Stage stage() {
        return stage;
    }

    void begin(final Stage next) {
        stage = next;
    }

    /** An answer. */
    void answered(final Backend backend) {
        final int slots = answers.length() / SERVERS;
        final int slot = (int) Math.min(slots - 1, (System.nanoTime() - startNs) / SLOT_NS);
        answers.incrementAndGet(slot * SERVERS + backend.ordinal());
    }

    /** A connection has had its first answer, and with it is known whose it is. */
    void connected(final Backend backend, final Stage opened, final Stage established, final long tookNs) {
        final Stage of = opened == established || opened == Stage.SILENT ? opened : Stage.BETWEEN;
        connections.incrementAndGet(of.ordinal() * SERVERS + backend.ordinal());
        slowestNs.accumulateAndGet(of.ordinal(), tookNs, Math::max);
    }

    void failed(final WebFailure failure) {
        failures.add(failure);
    }

    List<WebFailure> failures() {
        return List.copyOf(failures);
    }

    long failed() {
        return failures.size();
    }

    /** Answers of a server from one second to another. */
    long answers(final Backend backend, final double fromSeconds, final double toSeconds) {
        final int slots = answers.length() / SERVERS;
        long sum = 0;
        for (int slot = Math.max(0, slot(fromSeconds)); slot < Math.min(slots, slot(toSeconds)); slot++) {
            sum += answers.get(slot * SERVERS + backend.ordinal());
        }
        return sum;
    }

    private static int slot(final double seconds) {
        return (int) Math.round(seconds * 1e9 / SLOT_NS);
    }

    /** All answers. */
    long answers() {
        long sum = 0;
        for (int i = 0; i < answers.length(); i++) {
            sum += answers.get(i);
        }
        return sum;
    }

    /** Connections of a stage to a server. */
    long connections(final Stage of, final Backend backend) {
        return connections.get(of.ordinal() * SERVERS + backend.ordinal());
    }

    /** Connections of a stage. */
    long connections(final Stage of) {
        long sum = 0;
        for (final Backend backend : Backend.values()) {
            sum += connections(of, backend);
        }
        return sum;
    }

    /** All connections that were answered. */
    long connections() {
        long sum = 0;
        for (final Stage each : Stage.values()) {
            sum += connections(each);
        }
        return sum;
    }

    /** How long the slowest connection of a stage took until it was established. */
    double slowestSeconds(final Stage of) {
        return slowestNs.get(of.ordinal()) / 1e9;
    }
}
