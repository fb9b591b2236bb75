package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.rules.compile.CompiledTable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Two workers, each with a queue of both ports of a host with virtual services; clients that send what they please by either, and servers that send back
 * all that they get, by either. What comes to a client that is not the answer to what it has sent is a violation.
 */
final class ServiceCrowd implements AutoCloseable {

    static final String VIP = "10.0.0.254";
    static final int PORTS = 48;

    private static final int WORKERS = 2;
    private static final int FRAME_SHIFT = 11;
    private static final int FRAMES = 1024;
    private static final int VIP_ADDRESS = 0x0A00_00FE;
    private static final int CLIENTS = 3;
    private static final int LAN = 0;
    private static final int WAN = 1;
    private static final int FIRST_PORT = 40_000;
    private static final int AT_ONCE = 16;
    private static final int BACKLOG = 1000;
    private static final int ADDRESSES = Packets.IP + 12;
    private static final int TRANSPORT = Packets.IP + 20;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final long LOOK_NS = 200_000;
    private static final Duration STOP = Duration.ofSeconds(5);

    final ServiceRegistry services;
    final Set<String> violations = ConcurrentHashMap.newKeySet();
    final AtomicLong toServers = new AtomicLong();
    final AtomicLong toClients = new AtomicLong();

    private final StolenPacketsProxy stolen = new StolenPacketsProxy();
    private final HookRegistry hooks = new HookRegistry(stolen);
    private final Namespaces namespaces = new Namespaces();
    private final Namespace namespace;
    private final RuleTables tables;
    private final List<Seat> seats = new ArrayList<>();
    private final List<byte[]> requests = new ArrayList<>();
    private volatile boolean isSending;
    private volatile boolean areAnswersExact;

    /** With both workers running, without services and traffic; clients send to ports of TCP and UDP. */
    ServiceCrowd(final List<Integer> tcp, final List<Integer> udp) {
        final List<Device> devices = List.of(new Device(LAN, 11, "lan"), new Device(WAN, 12, "wan"));
        namespace = new Namespace("", devices, Namespace.Surroundings.KERNEL, new Quiescence());
        for (final Device device : devices) {
            namespace.portTable().mac(device.index(), Packets.PORT_MAC);
            namespace.portTable().forwarding(device.index(), true, true);
            route(device.index() == LAN ? "10.0.0.0" : "10.1.0.0", device.index() == LAN ? 24 : 16, device.index());
        }
        namespace.fib().put4(VIP_ADDRESS, 32,
                namespace.fib().adjacencies().create(AdjacencyFields.ofKind(AdjacencyKind.LOCAL, 4, 0, TestEngine.MTU)));
        namespace.fib().bumpVersion();
        for (int i = 0; i < PORTS; i++) {
            for (final int port : tcp) {
                for (final int flags : new int[] {FlowPackets.SYN, FlowPackets.ACK, FlowPackets.ACK, FlowPackets.FIN | FlowPackets.ACK, FlowPackets.RST}) {
                    requests.add(FlowPackets.tcp("10.0.0." + (1 + i % CLIENTS), FIRST_PORT + i, VIP, port, flags, FIRST_PORT + i, 1));
                }
            }
            for (final int port : udp) {
                requests.add(FlowPackets.udp("10.0.0." + (1 + i % CLIENTS), FIRST_PORT + i, VIP, port, 9));
            }
        }
        for (int i = 0; i < WORKERS; i++) {
            seats.add(new Seat(i, devices));
        }
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace);
        seats.forEach(seat -> seat.thread.start());
        namespace.publisher().started();
        tables = new RuleTables(namespace, hooks, RuleServices::new, System::nanoTime, CompiledTable::indexed);
        services = new ServiceRegistry(namespace, hooks, tables.connections(), System::nanoTime);
    }

    private void route(final String prefix, final int length, final int port) {
        final int way = namespace.fib().adjacencies().create(new AdjacencyFields(
                AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, port, port + 11, TestEngine.MTU, 0, 0x0A09_0001L + port));
        namespace.fib().adjacencies().resolve(way, TestEngine.GATEWAY_MAC, TestEngine.WAN_MAC);
        namespace.fib().put4((int) IpAddress.parse(prefix).low(), length, way);
    }

    /**
     * Lets clients send.
     *
     * @param isCalm no connection is ended by others than its ends: never gets a client the answer to what another one has sent, as it may when a source port
     *     is taken again at once
     */
    void begin(final boolean isCalm) {
        areAnswersExact = isCalm;
        isSending = true;
    }

    /** Lets clients send no more, and waits until nothing is on its way. */
    void end() {
        isSending = false;
        until("nothing is on its way", () -> {
            final List<Long> before = seats.stream().map(seat -> seat.lane.counters.received).toList();
            LockSupport.parkNanos(50 * LOOK_NS);
            return seats.stream().allMatch(seat -> seat.answers.isEmpty()) && before.equals(seats.stream().map(seat -> seat.lane.counters.received).toList());
        });
        check();
    }

    /** Fails when a worker has ended, or something has come to a client from elsewhere. */
    void check() {
        assertNull(failure());
        assertEquals(Set.of(), violations);
        seats.forEach(seat -> assertNull(seat.lane.lastException()));
    }

    /** Waits for something. */
    void until(final String what, final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < PATIENCE_NS, () -> "in vain: " + what + " failure=" + failure() + ' ' + violations);
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private Throwable failure() {
        return seats.stream().map(seat -> seat.thread.failure()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    @Override
    public void close() {
        isSending = false;
        services.close();
        tables.close();
        namespace.publisher().stopped();
        seats.forEach(Seat::stop);
        seats.forEach(Seat::check);
        namespaces.remove(namespace);
        seats.forEach(Seat::free);
        namespace.close();
    }

    private final class Seat {

        private final MappedMemory memory = MappedMemory.reserveChunked((long) FRAMES << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
        private final FrameStack frames = new FrameStack(memory.address(), 1 << FRAME_SHIFT, FRAMES);
        private final PollSet pollSet = new PollSet(1);
        private final Queue<byte[]> answers = new ConcurrentLinkedQueue<>();
        private final SplittableRandom random;
        private final Lane lane;
        private final Worker worker;
        private final WorkerThread thread;

        private Seat(final int number, final List<Device> devices) {
            random = new SplittableRandom(number);
            lane = new Lane(stolen.nextLane(), "", namespace.fib().fib(), namespace.portTable(), frames, -1L << FRAME_SHIFT,
                    (port, ipv6, high, low) -> { });
            worker = new Worker(IdleMode.ADAPTIVE, pollSet, w -> { });
            namespace.publisher().add(worker, lane);
            namespace.quiescence().add(worker.epoch());
            for (final Device device : devices) {
                final PortIo port = new Port(this, device.index());
                lane.port(device, port);
                worker.addPort(lane, device.index(), port, -1);
            }
            stolen.add(lane, worker.proxy());
            thread = new WorkerThread(worker, number, -1);
        }

        private void stop() {
            worker.stop();
            try {
                assertTrue(thread.join(STOP), "the worker does not end");
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void check() {
            assertTrue(lane.counters.unaccounted() == 0 && frames.count() == FRAMES,
                    () -> "unaccounted=" + lane.counters.unaccounted() + " free=" + frames.count());
        }

        private void free() {
            pollSet.close();
            memory.close();
        }
    }

    private final class Port implements PortIo {

        private final Seat seat;
        private final int side;
        private final PortTally tally = new PortTally();

        private Port(final Seat seat, final int side) {
            this.seat = seat;
            this.side = side;
        }

        @Override
        public int receive(final Batch b, final int max) {
            int n = 0;
            if (side == LAN) {
                final boolean isQuiet = !isSending || seat.answers.size() > BACKLOG;
                while (!isQuiet && n < Math.min(max, AT_ONCE) && seat.frames.count() > 0) {
                    write(b, n++, requests.get(seat.random.nextInt(requests.size())));
                }
            } else {
                while (n < max && seat.frames.count() > 0) {
                    final byte[] answer = seat.answers.poll();
                    if (answer == null) {
                        break;
                    }
                    write(b, n++, answer);
                }
            }
            tally.rxPackets += n;
            return n;
        }

        private void write(final Batch b, final int slot, final byte[] packet) {
            final long frame = seat.frames.pop() + MemoryPortIo.HEADROOM;
            Regions.window(frame, packet.length);
            Memory.copyFromArray(packet, 0, frame, packet.length);
            b.frame[slot] = frame;
            b.length[slot] = packet.length;
        }

        @Override
        public int send(final TxQueue queue) {
            for (int i = 0; i < queue.count; i++) {
                final byte[] packet = new byte[queue.length[i]];
                Memory.copyToArray(queue.frame[i], packet, 0, packet.length);
                seat.frames.push(queue.frame[i]);
                if (side == WAN) {
                    toServers.incrementAndGet();
                    answer(packet);
                } else {
                    judge(packet);
                }
            }
            tally.txPackets += queue.count;
            return queue.count;
        }

        /** The ends exchanged: no checksum changes by it. */
        private void answer(final byte[] packet) {
            final ByteBuffer bytes = ByteBuffer.wrap(packet);
            final int source = bytes.getInt(ADDRESSES);
            final int destination = bytes.getInt(ADDRESSES + 4);
            if (destination == VIP_ADDRESS) {
                return;
            }
            bytes.putInt(ADDRESSES, destination).putInt(ADDRESSES + 4, source);
            bytes.putInt(TRANSPORT, Integer.rotateLeft(bytes.getInt(TRANSPORT), 16));
            System.arraycopy(requests.getFirst(), 0, packet, 0, Packets.IP);
            seats.get(seat.random.nextInt(WORKERS)).answers.add(packet);
        }

        private void judge(final byte[] packet) {
            final ByteBuffer bytes = ByteBuffer.wrap(packet);
            if (bytes.get(Packets.IP + 9) == 1) {
                return;
            }
            toClients.incrementAndGet();
            final int port = bytes.getShort(TRANSPORT + 2) & 0xFFFF;
            final boolean isTcp = bytes.get(Packets.IP + 9) == 6;
            // What a server says whose connection has ended is nobody's to translate.
            final boolean isOwn = bytes.getInt(ADDRESSES) == VIP_ADDRESS || bytes.getShort(ADDRESSES) == 0x0A01;
            if (!isOwn || port < FIRST_PORT || port >= FIRST_PORT + PORTS || bytes.getInt(ADDRESSES + 4) != 0x0A00_0001 + (port - FIRST_PORT) % CLIENTS
                    || isTcp && areAnswersExact && bytes.getInt(TRANSPORT + 4) != port) {
                violations.add(FlowPackets.ends(packet));
            } else {
                ServicePackets.assertRight(packet);
            }
        }

        @Override
        public PortTally tally() {
            return tally;
        }
    }
}
