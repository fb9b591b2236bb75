package io.penstock.perf.bench.connections;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.tcp.TcpClients;
import io.penstock.perf.connections.tcp.TcpServers;
import io.penstock.perf.connections.tcp.TcpTimes;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connection measurements of RFC 9411 on one device, or on none.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A run counts only where no segment was strange and no connection was refused or reset, and of connections fewer than one in 100,000 failed
 *       (section 7.2.3.4).</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Rfc9411 {

    /** Of the rate that is the most, for latencies (section 7.4.3.1). */
    private static final double LATENCY_SHARE = 0.5;
    private static final double FAILED_SHARE = 1e-5;
    /** Without anything coming for so long, nothing will: longer than a segment is sent again. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

    private final TcpOptions options;
    private final TcpDevice device;
    private final TcpClients clients;
    private final TcpServers servers;
    private final Consumer<String> progress;
    private final String name;
    private final long patienceNs;

    /**
     * Measurements.
     *
     * @param name     of the device
     * @param progress told what goes on, line by line
     */
    Rfc9411(final TcpOptions options, final String name, final TcpDevice device, final Consumer<String> progress) {
        this(options, name, device, progress, PATIENCE_NS);
    }

    /**
     * The same.
     *
     * @param patienceNs without anything coming for so long, nothing will
     */
    Rfc9411(final TcpOptions options, final String name, final TcpDevice device, final Consumer<String> progress, final long patienceNs) {
        this.options = options;
        this.patienceNs = patienceNs;
        this.name = name;
        this.device = device;
        this.progress = progress;
        this.clients = device.clients();
        this.servers = device.servers();
    }

    /** Lives that do not count. */
    void warmUp() {
        progress.accept("warming up " + name);
        live(options.warmUp());
        drain();
        check();
    }

    /** Section 7.2: connections that begin, ask, are answered and end, as many a second as go. */
    TcpRun rate() {
        // What has waited is in full swing again.
        live(Math.min(options.warmUp(), options.seconds()) / 2);
        final long completed = clients.completed();
        final long transactions = clients.transactions();
        final long segments = clients.received() + servers.received();
        final long retransmitted = clients.retransmitted() + servers.retransmitted();
        final long deviceNs = device.deviceNs();
        final long startNs = System.nanoTime();
        live(options.seconds());
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final TcpRun run = new TcpRun(name, seconds, clients.completed() - completed, clients.transactions() - transactions,
                clients.received() + servers.received() - segments, clients.retransmitted() + servers.retransmitted() - retransmitted,
                deviceNs < 0 ? -1 : (device.deviceNs() - deviceNs) / 1e9);
        drain();
        check();
        if (run.completed() == 0) {
            throw new BenchException("no connection through " + name + " has lived its whole life in " + options.seconds()
                    + " s: this machine needs more, by --warm-up S and --seconds S");
        }
        progress.accept(run.toString());
        return run;
    }

    /** Section 7.5: connections that are there at a time, each of which has been answered, and is again when all are there. */
    TcpCapacity capacity() {
        final int wanted = options.concurrent();
        final long answers = clients.transactions();
        clients.hold(true);
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        long activeNs = startNs;
        long begun = 0;
        while (clients.heldConnections() < wanted && nowNs - activeNs < patienceNs) {
            while (begun < wanted && clients.active() - clients.heldConnections() < TcpOptions.AT_A_TIME && clients.begin(nowNs)) {
                begun++;
            }
            activeNs = device.round(nowNs) > 0 ? nowNs : activeNs;
            nowNs = System.nanoTime();
        }
        final double seconds = (nowNs - startNs) / 1e9;
        final int held = clients.heldConnections();
        final long entries = device.entries();
        if (held < wanted) {
            throw new BenchException("not all connections through " + name + " were there at a time: wanted=" + wanted + " held=" + held + " begun="
                    + begun + " failed=" + (clients.failed() + servers.failed()) + (entries < 0 ? "" : " entries=" + entries) + ' ' + device.drops()
                    + "; see whether its table and this machine's memory have room, or give --concurrent " + held);
        }
        final long first = clients.transactions() - answers;
        for (int asked = 0; asked < held;) {
            while (asked < held && clients.active() - clients.heldConnections() < TcpOptions.AT_A_TIME && clients.askAgain(nowNs)) {
                asked++;
            }
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
        settleHeld(held);
        final long second = (clients.transactions() - answers - first) / options.shape().transactions();
        while (clients.heldConnections() > 0) {
            for (int i = 0; i < TcpOptions.AT_A_TIME && clients.active() - clients.heldConnections() < TcpOptions.AT_A_TIME; i++) {
                clients.finish(nowNs);
            }
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
        clients.hold(false);
        drain();
        check();
        final TcpCapacity capacity = new TcpCapacity(wanted, held, second, entries, held / seconds);
        progress.accept(name + ": " + capacity);
        return capacity;
    }

    /** Section 7.4: how long transactions take, at half of the highest rate; connections begin by the clock, whatever became of those before. */
    TcpLatency latency(final double perSecond) {
        final long rate = Math.max(1, (long) (perSecond * LATENCY_SHARE));
        // What the first ones wait for has nothing to do with the device.
        pace(rate, options.seconds() / 2);
        final TcpLatency latency = new TcpLatency(rate);
        clients.note(latency);
        pace(rate, options.seconds());
        clients.note(TcpTimes.NONE);
        drain();
        check();
        progress.accept(name + ": " + latency);
        return latency;
    }

    private void live(final double seconds) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < seconds * 1e9) {
            while (clients.active() < TcpOptions.AT_A_TIME && clients.begin(nowNs)) {
                // As many as there may be.
            }
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
    }

    private void pace(final long perSecond, final double seconds) {
        final long startNs = System.nanoTime();
        final double intervalNs = 1e9 / perSecond;
        long nowNs = startNs;
        long begun = 0;
        while (nowNs - startNs < seconds * 1e9) {
            final long due = 1 + (long) ((nowNs - startNs) / intervalNs);
            while (begun < due && clients.begin(startNs + (long) (begun * intervalNs))) {
                begun++;
            }
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
    }

    /** Until every connection has ended, or failed. */
    private void drain() {
        long nowNs = System.nanoTime();
        while (clients.active() > 0 || servers.open() > 0) {
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
    }

    private void settleHeld(final int held) {
        long nowNs = System.nanoTime();
        final long startNs = nowNs;
        while (clients.heldConnections() < held && clients.active() > clients.heldConnections() && nowNs - startNs < patienceNs) {
            device.round(nowNs);
            nowNs = System.nanoTime();
        }
    }

    private void check() {
        final TcpChecked counts = checked();
        if (counts.strange() != 0 || counts.resets() != 0 || counts.failed() > counts.begun() * FAILED_SHARE || !device.complaint().isEmpty()) {
            throw new BenchException("connections through " + name + " did not go as they should, so that no figure counts: begun=" + counts.begun()
                    + " completed=" + clients.completed() + " failed=" + counts.failed() + " strange=" + counts.strange() + " resets="
                    + counts.resets() + " sent_again=" + counts.sentAgain() + ' ' + device.drops());
        }
    }

    /** What was counted so far, for the result. */
    TcpChecked checked() {
        return new TcpChecked(clients.begun(), clients.failed() + servers.failed(), clients.strange() + servers.strange(),
                clients.resets() + servers.resets(), clients.retransmitted() + servers.retransmitted(), clients.stale() + servers.stale());
    }
}
