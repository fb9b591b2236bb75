package io.penstock.perf.bench.engine;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.connections.FlowFrames;
import io.penstock.perf.connections.FlowOrder;
import io.penstock.perf.connections.FlowPort;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Brings connections about, by their packets, and removes them.
 *
 * <p>Threads: the worker.
 */
final class ConnectionSetup {

    /** How long neighbours may take to be known; here a round or two. */
    private static final int NEIGHBOUR_ROUNDS = 100;

    private final OfflineEngine engine;
    private final Lane lane;
    private final List<FlowFrames> establishing;
    private final int count;
    private final FlowPort[] ports;
    private final int[] indexes;
    private final Batch batch = new Batch();

    /**
     * Nothing yet.
     *
     * @param establishing the packets that establish a connection, in their order
     * @param count        flows
     * @param ports        the clients' and the servers'
     * @param indexes      theirs
     */
    ConnectionSetup(
            final OfflineEngine engine, final List<FlowFrames> establishing, final int count, final FlowPort[] ports, final int... indexes) {
        this.engine = engine;
        this.lane = engine.lane();
        this.establishing = establishing;
        this.count = count;
        this.ports = ports;
        this.indexes = indexes;
    }

    /** All flows' connections, and what their packets are translated to. */
    void establish() {
        final List<FlowFrames> packets = establishing;
        final FlowOrder[] orders = new FlowOrder[packets.size()];
        Arrays.setAll(orders, i -> FlowOrder.scattered(count));
        final FlowOrder departing = FlowOrder.scattered(count);
        final long strange = ports[1].strange();
        final long departed = ports[1].departed();
        // The first one alone: neighbours have to be found, and what waits for them is overtaken.
        int left = count;
        for (int n = 1; left > 0; n = Math.min(Batch.CAPACITY, left)) {
            for (int i = 0; i < orders.length; i++) {
                ports[1].expect(i == 0 ? packets.getFirst() : null, departing);
                send(packets.get(i), orders[i], n);
            }
            left -= n;
        }
        ports[1].expect(null, null);
        if (ports[1].departed() - departed != count || ports[1].strange() != strange) {
            throw new BenchException("packets have left that are not the flows': departed=" + (ports[1].departed() - departed) + " flows="
                    + count + " strange=" + (ports[1].strange() - strange));
        }
    }

    /** Only begins all flows' connections, by their first packets. */
    void begin() {
        final FlowOrder order = FlowOrder.scattered(count);
        int left = count;
        for (int n = 1; left > 0; n = Math.min(Batch.CAPACITY, left)) {
            send(establishing.getFirst(), order, n);
            left -= n;
        }
    }

    /** Sends some packets, each alone: each may have a neighbour of its own to be found. */
    void each(final FlowFrames packets, final int n) {
        final FlowOrder order = FlowOrder.straight(0, n);
        for (int i = 0; i < n; i++) {
            send(packets, order, 1);
        }
    }

    /** Sends so many packets of flows, or what can be sent until then. */
    void some(final FlowFrames packets, final FlowOrder order, final long n, final long untilNs) {
        for (long left = n; left > 0 && System.nanoTime() - untilNs < 0; left -= Batch.CAPACITY) {
            send(packets, order, Batch.CAPACITY);
        }
    }

    /** Removes all connections of a table. */
    void flush(final ConnTable table) {
        engine.settle(System.nanoTime());
        for (int number = 1; number <= table.used(); number++) {
            final long entry = table.address(number);
            if ((ConnLayout.state(entry) & ConnLayout.IN_TABLE) != 0) {
                table.worker(0).kill(entry);
            }
            if (number % Batch.CAPACITY == 0) {
                table.worker(0).boundary(System.nanoTime());
            }
        }
        if (table.limit().count() != 0) {
            throw new BenchException("connections are left when all are removed, a defect: connections=" + table.limit().count());
        }
    }

    private void send(final FlowFrames frames, final FlowOrder order, final int n) {
        final int side = frames.isReply() ? 1 : 0;
        final long due = lane.counters.forwarded + n;
        ports[side].receive(frames, order);
        Arrays.fill(batch.inPort, indexes[side]);
        long nowNs = System.nanoTime();
        batch.nowNs = nowNs;
        batch.count = ports[side].receive(batch, n);
        lane.process(batch);
        engine.settle(nowNs);
        for (int i = 0; i < NEIGHBOUR_ROUNDS && lane.counters.forwarded != due; i++) {
            nowNs = System.nanoTime();
            engine.settle(nowNs);
        }
        if (lane.counters.forwarded != due) {
            final LaneTotals totals = LaneTotals.of(lane.counters);
            throw new BenchException("a flow could not be established: lost=" + (due - totals.forwarded()) + " dropped "
                    + totals.droppedByReason().entrySet().stream().map(e -> e.getKey() + '=' + e.getValue())
                            .collect(Collectors.joining(" ")));
        }
    }
}
