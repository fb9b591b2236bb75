package io.penstock.dataplane.testkit.soak;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** All flows, what of them is on its way, and what was seen. */
public final class SoakTraffic {

    /** The clients' port. */
    static final int CLIENTS = 0;
    /** The servers' port. */
    static final int SERVERS = 1;

    /** What clients are translated to: fewer ports than a server has clients with the same protocol. */
    static final int PUBLIC = 0xCB00_7101;
    static final int LEAST_PORT = 5000;
    static final int MOST_PORT = 5063;

    private static final int FLOWS = 390;
    private static final int SERVER_COUNT = 3;
    private static final int CLIENT_NET = 0x0A01_0000;
    private static final int SERVER_NET = 0xC633_6400;
    private static final int SERVER_PORT = 53;
    /** Half of the ports that clients have are ports that they can keep. */
    private static final int CLIENT_PORTS = 128;

    private static final SoakOrder[] NONE = {};
    private static final int MOST_VIOLATIONS = 10;

    private final SoakStrangers strangers = new SoakStrangers(this);
    private final List<SoakFlow> flows = new ArrayList<>();
    private final SoakTray[] trays = new SoakTray[2];
    private final Runnable[] bells = new Runnable[2];
    private final Queue<SoakFlow> waiting = new ConcurrentLinkedQueue<>();
    private final Queue<SoakFlow> ending = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong violationCount = new AtomicLong();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder established = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final AtomicLongArray dropped = new AtomicLongArray(DropReason.count());
    private final AtomicLongArray droppedEstablished = new AtomicLongArray(DropReason.count());
    private volatile boolean paused = true;
    private volatile boolean pressed;

    /** No packet is on its way. */
    public SoakTraffic() {
        final SoakFlow.Way[] ways = SoakFlow.Way.values();
        for (int i = 0; i < FLOWS; i++) {
            final int protocol = i % 2 == 0 ? IpProtocol.TCP : IpProtocol.UDP;
            final SoakFlow.Way way = ways[i / 2 % ways.length];
            flows.add(new SoakFlow(this, way, protocol, CLIENT_NET + i, LEAST_PORT + i % CLIENT_PORTS, SERVER_NET + i % SERVER_COUNT,
                    SERVER_PORT));
        }
        ending.addAll(flows);
    }

    /** Before it begins: a worker's tray, and what wakes the worker. */
    void attach(final int worker, final SoakTray tray, final Runnable bell) {
        trays[worker] = tray;
        bells[worker] = bell;
    }

    SoakStrangers strangers() {
        return strangers;
    }

    List<SoakFlow> flows() {
        return flows;
    }

    /** How often both workers got the same first packets at the same time. */
    public int meetings() {
        return strangers.meetings();
    }

    /** What is wrong, or nothing. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** Packets of connections that could not have been lost, as far as they came through. */
    public long establishedPackets() {
        return established.sum();
    }

    /** Packets of such connections that were dropped for a reason. */
    public long droppedEstablished(final DropReason reason) {
        return droppedEstablished.get(reason.id());
    }

    /** Packets that were dropped for a reason, of all. */
    public long dropped(final DropReason reason) {
        return dropped.get(reason.id());
    }

    /** Packets that came through. */
    public long forwarded() {
        return forwarded.sum();
    }

    /** Connections that have begun. */
    public long connections() {
        return connections.sum();
    }

    boolean isPressed() {
        return pressed;
    }

    /** While nothing is on its way: whether the table is to be filled up. */
    void press(final boolean isPressed) {
        pressed = isPressed;
    }

    /** What is on its way ends; the rest waits. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        for (int i = waiting.size(); i > 0; i--) {
            waiting.remove().turn();
        }
    }

    boolean isQuiet() {
        return inFlight.get() == 0;
    }

    /** A flow whose connection control has to end, before {@link SoakFlow#begin}; null for none. */
    SoakFlow nextEnding() {
        return paused ? null : ending.poll();
    }

    void end(final SoakFlow flow) {
        ending.add(flow);
    }

    /** A connection begins. */
    void begins() {
        connections.increment();
    }

    /** Whether a flow's turn may begin; else it waits. */
    boolean mayGoOn(final SoakFlow flow) {
        if (paused) {
            waiting.add(flow);
            return false;
        }
        return true;
    }

    void give(final int worker, final int side, final SoakOrder order) {
        inFlight.incrementAndGet();
        trays[worker].give(side, order);
        bells[worker].run();
    }

    /** Packets that are received without having been given; none while there is a pause. */
    SoakOrder[] begin(final Supplier<SoakOrder[]> orders) {
        inFlight.incrementAndGet();
        final SoakOrder[] begun = pressed && !paused ? orders.get() : NONE;
        inFlight.addAndGet(begun.length - 1);
        return begun;
    }

    /** What became of a packet; a reason if it was dropped. */
    void settle(final SoakOrder order, final DropReason reason) {
        final boolean isEstablished = order.strict && order.step != 0;
        if (reason == null) {
            forwarded.increment();
            if (isEstablished) {
                established.increment();
            }
        } else {
            dropped.incrementAndGet(reason.id());
            if (isEstablished) {
                droppedEstablished.incrementAndGet(reason.id());
            }
        }
        if (order.flow != null) {
            order.flow.settle(order, reason);
        }
        inFlight.decrementAndGet();
    }

    void violated(final String what) {
        if (violationCount.getAndIncrement() < MOST_VIOLATIONS) {
            violations.add(what);
        }
    }
}
