package io.penstock.dataplane.worker;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.HandoffDrain;
import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.dataplane.hot.publish.Generation;
import io.penstock.dataplane.hot.publish.GenerationSlot;
import io.penstock.os.sys.PollSet;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A thread that polls its ports and runs what comes through its lane.
 *
 * <p>Invariants:
 * <ol>
 *   <li>One round: announce the boundary, take up a new generation, do what others asked for, one batch from each port,
 *       from the host's sockets and from each worker that hands packets to this one, look after parked packets.</li>
 *   <li>The clock is read once a round.</li>
 *   <li>While it sleeps, and after it has ended, its epoch says that it is away.</li>
 * </ol>
 */
public final class Worker implements Runnable {

    /** Empty rounds before yielding. Unit: rounds of some 100 ns: a few hundred microseconds, longer than a busy gap. */
    private static final int SPIN_ROUNDS = 4096;

    /** Rounds with a yield before sleeping. Unit: rounds; a yield costs about a microsecond. */
    private static final int YIELD_ROUNDS = 64;

    /** How long it sleeps at the most. Unit: ms. Frames and changes wake it; this bounds how old its counters get. */
    private static final int SLEEP_MS = 100;

    /** How often counters are made visible under load. Unit: ns. 1 ms is fresher than any screen shows. */
    private static final long COUNTER_INTERVAL_NS = 1_000_000;

    private final IdleMode idleMode;
    private final PollSet pollSet;
    private final WorkerProxy proxy;
    private final Consumer<Worker> counterSink;
    private final Epoch epoch = new Epoch();
    private final Batch batch = new Batch();
    private Lane[] lanes = {};
    private GenerationSlot[] generations = {};
    private PortIo[] ports = {};
    private int[] portIndexes = {};
    private Lane[] portLanes = {};
    private HandoffDrain[] handoffs = {};
    private PortIo[] hosts = {};
    private Lane[] hostLanes = {};
    private long nowNs;
    private long countersAtNs;
    private long busyNs;
    private long idleNs;
    private long emptyPolls;
    private int emptyRounds;
    private volatile boolean running = true;
    /** It sleeps, or is about to, while packets wait for neighbours. */
    private volatile boolean parked;

    /**
     * A worker; its thread is the caller's to start.
     *
     * @param counterSink makes counters visible; called on the worker's thread at most once a millisecond
     */
    public Worker(final IdleMode idleMode, final PollSet pollSet, final Consumer<Worker> counterSink) {
        this.idleMode = idleMode;
        this.pollSet = pollSet;
        this.proxy = new WorkerProxy(pollSet);
        this.counterSink = counterSink;
    }

    /** Adds the lane of a network namespace and returns where its generations are published. Before it runs. */
    public GenerationSlot addLane(final Lane lane) {
        final GenerationSlot slot = new GenerationSlot();
        lanes = append(lanes, lane);
        generations = append(generations, slot);
        return slot;
    }

    /** Adds a port to poll, and its descriptor to sleep on, or -1. Worker's thread, or before it runs. */
    public void addPort(final Lane lane, final int index, final PortIo io, final int pollFd) {
        ports = append(ports, io);
        portLanes = append(portLanes, lane);
        portIndexes = Arrays.copyOf(portIndexes, ports.length);
        portIndexes[ports.length - 1] = index;
        if (pollFd >= 0) {
            pollSet.add(pollFd);
        }
    }

    /**
     * Adds the host's end of a lane: what it receives, this host sends. It writes the batch's {@code inPort}, too. Before it
     * runs.
     */
    public void addHost(final Lane lane, final PortIo io, final int pollFd) {
        hosts = append(hosts, io);
        hostLanes = append(hostLanes, lane);
        pollSet.add(pollFd);
    }

    /** Takes a lane's host end away: what is for the host is dropped from now on. Worker's thread. */
    public void removeHost(final Lane lane, final int pollFd) {
        for (int i = 0; i < hosts.length; i++) {
            if (hostLanes[i] == lane) {
                final int last = hosts.length - 1;
                hosts[i] = hosts[last];
                hostLanes[i] = hostLanes[last];
                hosts = Arrays.copyOf(hosts, last);
                hostLanes = Arrays.copyOf(hostLanes, last);
                lane.local(null);
                pollSet.remove(pollFd);
                return;
            }
        }
    }

    /** Adds what another worker hands off to this one. Before either runs. */
    public void addHandoff(final HandoffDrain handoff) {
        handoffs = append(handoffs, handoff);
    }

    /** Polls a port no more. Worker's thread. */
    public void removePort(final PortIo io, final int pollFd) {
        for (int i = 0; i < ports.length; i++) {
            if (ports[i] == io) {
                final int last = ports.length - 1;
                ports[i] = ports[last];
                portIndexes[i] = portIndexes[last];
                portLanes[i] = portLanes[last];
                ports = Arrays.copyOf(ports, last);
                portIndexes = Arrays.copyOf(portIndexes, last);
                portLanes = Arrays.copyOf(portLanes, last);
            }
        }
        if (pollFd >= 0) {
            pollSet.remove(pollFd);
        }
    }

    @Override
    public void run() {
        try {
            nowNs = System.nanoTime();
            while (running) {
                round();
            }
        } finally {
            for (final Lane lane : lanes) {
                lane.rest();
            }
            epoch.away();
            counterSink.accept(this);
        }
    }

    /** Ends the loop after the round that is under way. Any thread. */
    public void stop() {
        running = false;
        pollSet.wake();
    }

    /** Rings if it sleeps although packets wait for neighbours: something has changed. Any thread, after the change. */
    public void ringIfParked() {
        VarHandle.fullFence();
        if (parked) {
            pollSet.wake();
        }
    }

    /** Its lanes, one a network namespace; the index is part of the tokens of parked packets. */
    public Lane lane(final int index) {
        return lanes[index];
    }

    /** How many lanes it has. */
    public int lanes() {
        return lanes.length;
    }

    /** False once it has ended or failed. */
    public boolean isAlive() {
        return !proxy.hasEnded();
    }

    /** Other threads' way to it. */
    public WorkerProxy proxy() {
        return proxy;
    }

    /** Its batch boundaries. */
    public Epoch epoch() {
        return epoch;
    }

    /** Time spent in rounds that moved packets. */
    public long busyNs() {
        return busyNs;
    }

    /** Time spent in rounds that moved none. */
    public long idleNs() {
        return idleNs;
    }

    /** Polls of a port that gave nothing. */
    public long emptyPolls() {
        return emptyPolls;
    }

    private void round() {
        epoch.boundary();
        adopt();
        int work = proxy.drain(this, nowNs);
        work += pollPorts();
        work += pollHosts();
        for (final HandoffDrain handoff : handoffs) {
            work += handoff.drain();
        }
        for (final Lane lane : lanes) {
            work += lane.tend(nowNs);
        }
        final long before = nowNs;
        nowNs = System.nanoTime();
        if (work != 0) {
            busyNs += nowNs - before;
            emptyRounds = 0;
        } else {
            idleNs += nowNs - before;
            idle();
        }
        if (nowNs - countersAtNs >= COUNTER_INTERVAL_NS) {
            countersAtNs = nowNs;
            counterSink.accept(this);
        }
    }

    private void adopt() {
        for (int i = 0; i < lanes.length; i++) {
            final Generation next = generations[i].poll();
            if (next != null) {
                lanes[i].publish(next.program(), next.queueHandler(), next.number());
                generations[i].acknowledgeRelease(next.number());
            }
        }
    }

    private int pollPorts() {
        final PortIo[] polled = ports;
        int work = 0;
        for (int i = 0; i < polled.length; i++) {
            final int n = polled[i].receive(batch, Batch.CAPACITY);
            if (n != 0) {
                // Each time: what is put into a tunnel is this host's from then on, and its slot says so.
                Arrays.fill(batch.inPort, 0, n, portIndexes[i]);
                batch.count = n;
                batch.nowNs = nowNs;
                portLanes[i].process(batch);
                work += n;
            } else {
                emptyPolls++;
            }
        }
        return work;
    }

    private int pollHosts() {
        final PortIo[] polled = hosts;
        int work = 0;
        for (int i = 0; i < polled.length; i++) {
            final int n = polled[i].receive(batch, Batch.CAPACITY);
            if (n != 0) {
                batch.count = n;
                batch.nowNs = nowNs;
                hostLanes[i].processOutput(batch);
                work += n;
            }
        }
        return work;
    }

    private void idle() {
        emptyRounds++;
        if (idleMode == IdleMode.SPIN || emptyRounds < SPIN_ROUNDS) {
            Thread.onSpinWait();
        } else if (emptyRounds < SPIN_ROUNDS + YIELD_ROUNDS) {
            Thread.yield();
        } else {
            counterSink.accept(this);
            if (waitingCount() != 0 && !isSafeToSleepOnParked()) {
                return;
            }
            for (final Lane lane : lanes) {
                lane.rest();
            }
            epoch.away();
            // What was published between the last look and this one has rung the bell, which ends the sleep at once.
            sleep(SLEEP_MS);
            parked = false;
            final long before = nowNs;
            nowNs = System.nanoTime();
            idleNs += nowNs - before;
        }
    }

    /**
     * Says that packets wait for neighbours, then looks once more: whoever changes the table either is seen by this look, or
     * sees what was said and rings. False if there was something to do.
     */
    private boolean isSafeToSleepOnParked() {
        parked = true;
        // The looks below must not come before: whoever rings fences, too.
        VarHandle.fullFence();
        int moved = 0;
        for (final Lane lane : lanes) {
            moved += lane.tend(nowNs);
        }
        parked = moved == 0;
        return parked;
    }

    /** Sleeps, unless another worker has handed something off since the last look, and does not know that it must wake this. */
    private void sleep(final int timeoutMs) {
        boolean quiet = true;
        for (final HandoffDrain handoff : handoffs) {
            quiet &= handoff.fallAsleep();
        }
        if (quiet && pollSet.await(timeoutMs)) {
            // A port that is down says so again to whoever sends by it; here it would end every sleep from now on.
            pollSet.takeErrors();
        }
        for (final HandoffDrain handoff : handoffs) {
            handoff.wakeUp();
        }
    }

    private int waitingCount() {
        int count = 0;
        for (final Lane lane : lanes) {
            count += lane.waitingCount();
        }
        return count;
    }

    private static <T> T[] append(final T[] array, final T last) {
        final T[] longer = Arrays.copyOf(array, array.length + 1);
        longer[array.length] = last;
        return longer;
    }
}
