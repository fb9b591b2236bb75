package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.Fib;
import io.penstock.dataplane.hot.icmp.IcmpLimits;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.os.hot.ring.FrameStack;

/**
 * All that one worker needs for one network namespace: the batch's surroundings.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Only its worker touches it, but for {@link #publish}, whose caller waits at a quiescence.</li>
 *   <li>{@code counters.unaccounted()} is 0 whenever no batch is under way.</li>
 * </ol>
 */
public final class Lane {

    /**
     * How long a packet waits for its neighbour. Unit: ns. The kernel gives up after three solicitations a second apart;
     * shorter would drop what a slow host still answers, longer would hold frames for hosts that are gone.
     */
    public static final long NEIGHBOUR_WAIT_NS = 3_000_000_000L;

    /** Packets that a lane can hold for others at a time. */
    public static final int PARKING_PLACES = Parking.CAPACITY;

    /** Packets that are judged inside of each other: one that came, an answer to it or a copy, and the other of the two about that. */
    private static final int VIEWS = 3;

    /** Addresses that a lane with limits of its own tells apart. Unit: addresses; a lane alone serves tests and benches. */
    private static final int OWN_PEERS = 1024;

    public final Fib fib;
    public final PortTable ports;
    public final LaneCounters counters = new LaneCounters();
    public final FrameStack frames;
    /** What rules have logged, for whoever writes it. */
    public final PacketLogProxy packetLog = new PacketLogProxy();
    public final LaneDevices devices = new LaneDevices();

    /** The way of the destination before. */
    final LastRoute lastRoute = new LastRoute();
    final String namespace;
    private final int index;
    final Parking parking;
    private final WaitingPackets waiting = new WaitingPackets(this);
    final TxQueue local = new TxQueue(true);
    final AddressBook addresses;
    final IpSettings settings;
    final IcmpLimits limits;
    final Originator originator = new Originator(this);
    final Originator copies = new Originator(this);
    final PacketOptions options = new PacketOptions(this);
    final Errors4 errors4 = new Errors4(this);
    final Errors6 errors6 = new Errors6(this);
    QueueHandler queueHandler;

    private final PacketView[] packets = new PacketView[VIEWS];
    private final HookStateView[] states = new HookStateView[VIEWS];
    private PacketView packet;
    private HookStateView state;
    private int nested;
    private final TxQueue[] transmit = new TxQueue[PortTable.CAPACITY];
    private final PortIo[] io = new PortIo[PortTable.CAPACITY];
    private final boolean[] handsOff = new boolean[PortTable.CAPACITY];
    private final Batch one = new Batch();
    private final NeighbourRequests neighbours;
    private final long chunkMask;
    private PortIo localIo;
    private PacketProgram program;
    private Tracking tracking;
    private BatchListener services;
    private boolean inside;
    private long generation;
    private int identification;
    private volatile Throwable lastException;

    /** A lane with settings and limits of its own, which nobody changes. */
    public Lane(
            final int index,
            final String namespace,
            final Fib fib,
            final PortTable ports,
            final FrameStack frames,
            final long chunkMask,
            final NeighbourRequests neighbours) {
        this(index, namespace, fib, ports, new IpSettings(), frames, chunkMask, neighbours);
    }

    private Lane(
            final int index,
            final String namespace,
            final Fib fib,
            final PortTable ports,
            final IpSettings settings,
            final FrameStack frames,
            final long chunkMask,
            final NeighbourRequests neighbours) {
        this(index, namespace, fib, ports, settings, new IcmpLimits(settings.limits, OWN_PEERS, index), frames, chunkMask,
                neighbours);
    }

    /**
     * A lane.
     *
     * @param index      the worker's number, part of every token
     * @param settings   the namespace's
     * @param limits     the namespace's, which all its lanes share
     * @param chunkMask  clears the bits of a frame's address within its chunk; chunks are aligned to their size
     */
    public Lane(
            final int index,
            final String namespace,
            final Fib fib,
            final PortTable ports,
            final IpSettings settings,
            final IcmpLimits limits,
            final FrameStack frames,
            final long chunkMask,
            final NeighbourRequests neighbours) {
        this.namespace = namespace;
        this.index = index;
        this.fib = fib;
        this.addresses = fib == null ? null : fib.addresses();
        this.ports = ports;
        this.settings = settings;
        this.limits = limits;
        this.frames = frames;
        this.chunkMask = chunkMask;
        this.neighbours = neighbours;
        this.parking = new Parking(index, chunkMask);
        for (int i = 0; i < transmit.length; i++) {
            transmit[i] = new TxQueue();
        }
        for (int i = 0; i < VIEWS; i++) {
            packets[i] = new PacketView(this);
            states[i] = new HookStateView(this);
        }
        this.packet = packets[0];
        this.state = states[0];
    }

    /** The index of the lane that a token belongs to. */
    public static int laneOf(final long token) {
        return Parking.laneOf(token);
    }

    /** Its number among all lanes of the process. */
    public int index() {
        return index;
    }

    /** Adds or replaces a port's end. Worker's thread, or before it runs. */
    public void port(final Device device, final PortIo end) {
        port(device, end, false);
    }

    /** Adds a port that another worker sends by: what the end takes has not left yet. Before the worker runs. */
    public void handoff(final Device device, final PortIo end) {
        port(device, end, true);
    }

    private void port(final Device device, final PortIo end, final boolean crosses) {
        devices.set(device);
        io[device.index()] = end;
        handsOff[device.index()] = crosses;
    }

    /** A port's device has another name. Worker's thread, between batches. */
    public void device(final Device device) {
        devices.set(device);
    }

    /** Takes a port away: what should leave by it is dropped. Worker's thread. */
    public void removePort(final int index) {
        io[index] = null;
    }

    /** Where packets for this host go; null, as at first: they are dropped as undelivered. Between batches. */
    public void local(final PortIo end) {
        localIo = end;
    }

    /** Who is told what became of packets that had waited for a neighbour; nobody unless set. Before it runs. */
    public void observeUnparked(final UnparkObserver observer) {
        waiting.observe(observer);
    }

    /** Who is told what became of packets that the lane itself made; nobody unless set. Before it runs. */
    public void observeOriginated(final OriginObserver observer) {
        originator.observe(observer);
        copies.observe(observer);
    }

    /** Tells somebody of batches from now on. Worker's thread, at a batch boundary. */
    public void track(final Tracking value) {
        tracking = value;
    }

    /** Tells the virtual services of batches from now on. Worker's thread, at a batch boundary. */
    public void serve(final BatchListener value) {
        services = value;
    }

    /** Who tracks connections here, or null. */
    Tracking tracking() {
        return tracking;
    }

    /** The worker goes to sleep, until the next batch. */
    public void rest() {
        if (tracking != null) {
            tracking.rest();
        }
        if (services != null) {
            services.rest();
        }
    }

    /** Puts a program in force. Worker's thread, at a batch boundary. */
    public void publish(final PacketProgram next, final QueueHandler handler, final long number) {
        program = next;
        queueHandler = handler;
        generation = number;
    }

    /** The number of the generation in force. */
    public long generation() {
        return generation;
    }

    /** Judges the received packets of a batch and sends what leaves. */
    public void process(final Batch b) {
        counters.received += b.count;
        counters.batches++;
        enter(b.nowNs);
        program.run(this, b);
        leave();
    }

    /** Runs an empty batch through the program by the same call as {@link #process}, and counts nothing. */
    public void warm(final Batch empty) {
        process(empty);
        counters.batches--;
    }

    /** Judges packets that this host sends, and sends what leaves. */
    public void processOutput(final Batch b) {
        counters.originated += b.count;
        counters.hostSent += b.count;
        counters.batches++;
        enter(b.nowNs);
        program.output(this, b);
        leave();
    }

    /**
     * Looks after parked packets and connections; called between batches.
     *
     * @return packets that moved
     */
    public int tend(final long nowNs) {
        if (tracking != null) {
            tracking.tend(nowNs);
        }
        if (services != null) {
            services.tend(nowNs);
        }
        return parking.waitingCount() == 0 ? 0 : waiting.retry(nowNs);
    }

    /**
     * A neighbour does not answer: what waits for it ends here, and its senders are told. Worker's thread, between batches.
     *
     * @param high 0 for an IPv4 address
     * @return how many packets waited for it
     */
    public int failNeighbour(final int port, final long high, final long low, final long nowNs) {
        return waiting.fail(port, high, low, nowNs);
    }

    /** Sends by a port of this lane what other workers hand in, which has passed its hooks there. */
    public void handIn(final int port, final TxQueue queue) {
        counters.handedIn += queue.count;
        if (hasPort(port)) {
            counters.forwarded += send(io[port], queue);
        } else {
            refuse(queue, 0, DropReason.TX_PORT_DOWN);
        }
    }

    /** Lets a stolen or queued packet go on, or frees it. Worker's thread. */
    public void resume(final long token, final int verdict, final long nowNs) {
        enter(nowNs);
        HookVerdicts.resume(this, program, one, token, verdict, nowNs);
        leave();
    }

    /** True while packets run through the program. Worker's thread. */
    public boolean isInside() {
        return inside;
    }

    /** Packets that wait for a neighbour. */
    public int waitingCount() {
        return parking.waitingCount();
    }

    /** Frames that wait for a neighbour or for other fragments, or are held for an owner. */
    public int parkedCount() {
        return parking.count() + (tracking == null ? 0 : tracking.heldFrames());
    }

    /** The packet view at a slot. */
    public PacketView packet(final Batch b, final int slot) {
        return packet.at(b, slot);
    }

    /** The packet view where it stands. */
    PacketView packet() {
        return packet;
    }

    /** The state view at a slot and list. */
    public HookStateView state(final Batch b, final int slot, final int list) {
        return state.at(b, slot, list);
    }

    HookStateView state() {
        return state;
    }

    /** What the wall clock, in ns since 1970, is ahead of the workers'. */
    public long wallClockOffsetNs() {
        return settings.wallClockOffsetNs;
    }

    /** The most recent exception of a hook function, for the control thread to report. Any thread. */
    public Throwable lastException() {
        return lastException;
    }

    void exception(final Throwable e) {
        counters.hookExceptions++;
        lastException = e;
    }

    void drop(final Batch b, final int slot, final DropReason reason) {
        dropped(b, slot, reason);
        frames.push(b.frame[slot] & chunkMask);
    }

    /** Counts a packet as dropped whose frame is not the batch's any more. */
    public void dropped(final Batch b, final int slot, final DropReason reason) {
        b.outcome[slot] = Outcome.dropped(reason);
        counters.dropped[reason.id()]++;
    }

    /** A fragment waits for its packet's others. */
    public void gathered(final Batch b, final int slot) {
        b.outcome[slot] = Outcome.GATHERED;
        counters.gathered++;
    }

    /** The program in force. */
    PacketProgram program() {
        return program;
    }

    /** Lets a packet that is judged inside of another's judgement have views of its own. */
    void enterViews() {
        nested++;
        packet = packets[nested];
        state = states[nested];
    }

    /** Lets the outer packet have its own views again. */
    void leaveViews() {
        nested--;
        packet = packets[nested];
        state = states[nested];
    }

    /** The port by which the packet came that the lane is sending a redirect about. */
    public int redirectedPort() {
        return originator.askedPort();
    }

    /** True when packets that come in by a port have a link header that says something. */
    public boolean hasLink(final int inPort) {
        return inPort != Batch.FROM_HOST && (ports.word(inPort) & PortTable.RAW_IP) == 0;
    }

    /** True for the batch of a copy (TEE) that is under way. */
    public boolean isCopy(final Batch b) {
        return copies.owns(b);
    }

    /** The port by which the gateway is reached that the last copy was for. */
    public int copyPort() {
        return copies.askedPort();
    }

    /** True when the last copy has the link header of what was copied. */
    public boolean hasCopyLink() {
        return copies.hasLink();
    }

    /** Routes what this host sends by its destination, as that is now; the reason for which it cannot be, or null. */
    public DropReason routeAgain(final Batch b, final int slot) {
        return OutputRoute.byDestination(this, b, slot);
    }

    /** The end of the chunk that holds a frame. */
    public long chunkEnd(final long frame) {
        return (frame & chunkMask) - chunkMask;
    }

    /** How many bytes in front of a frame may be written: all of its chunk but what is noted there of a packet that waits. */
    public int headroom(final long frame) {
        return (int) (frame & ~chunkMask) - ParkedLayout.BYTES;
    }

    /** Frees the frame of a packet whose outcome is known. */
    void free(final Batch b, final int slot) {
        frames.push(b.frame[slot] & chunkMask);
    }

    /** A number for the fragments of an IPv6 packet, the next one each time. */
    int nextIdentification() {
        return ++identification;
    }

    boolean deliverable() {
        return localIo != null;
    }

    TxQueue transmitQueue(final int port) {
        return transmit[port];
    }

    /** False for numbers that are no port's, too: hooks and routes name devices that are none. */
    boolean hasPort(final int port) {
        return port >= 0 && port < PortTable.CAPACITY && io[port] != null;
    }

    void requestNeighbour(final int port, final boolean ipv6, final long high, final long low) {
        neighbours.request(port, ipv6, high, low);
    }

    boolean confirmNeighbour(final int port, final boolean ipv6, final long high, final long low) {
        return neighbours.confirm(port, ipv6, high, low);
    }

    /** Packets run through the program from now on, outside of a received batch. */
    void enter(final long nowNs) {
        inside = true;
        if (tracking != null) {
            tracking.begin(nowNs);
        }
        if (services != null) {
            services.begin(nowNs);
        }
    }

    /** They do no more: sends what leaves. */
    void leave() {
        if (tracking != null) {
            tracking.end();
        }
        if (services != null) {
            services.end();
        }
        inside = false;
        flush();
    }

    private void flush() {
        for (int i = 0; i < devices.count(); i++) {
            if (transmit[i].count != 0) {
                flush(i);
            }
        }
        if (local.count != 0) {
            counters.delivered += send(localIo, local);
        }
    }

    /** Sends early what would leave no room for the rest of the batch. */
    void flushHalfFull() {
        for (int i = 0; i < devices.count(); i++) {
            if (transmit[i].isHalfFull()) {
                flush(i);
            }
        }
        if (local.isHalfFull()) {
            counters.delivered += send(localIo, local);
        }
    }

    private void flush(final int port) {
        final int sent = send(io[port], transmit[port]);
        if (handsOff[port]) {
            counters.handedOff += sent;
        } else {
            counters.forwarded += sent;
        }
    }

    private int send(final PortIo end, final TxQueue queue) {
        final int sent = end.send(queue);
        if (sent == queue.count) {
            queue.count = 0;
        } else {
            refuse(queue, sent, end == localIo ? DropReason.LOCAL_UNDELIVERED : end.refusal());
        }
        return sent;
    }

    private void refuse(final TxQueue queue, final int from, final DropReason reason) {
        final int left = queue.count - from;
        if (left > 0) {
            counters.dropped[reason.id()] += left;
            for (int i = from; i < queue.count; i++) {
                frames.push(queue.frame[i] & chunkMask);
            }
        }
        queue.count = 0;
    }
}
