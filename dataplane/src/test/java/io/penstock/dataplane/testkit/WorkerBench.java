package io.penstock.dataplane.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Workers on threads of their own, each with a port lan to receive by; everything leaves by wan. */
public final class WorkerBench implements AutoCloseable {

    private static final int FRAME_SHIFT = 11;
    private static final int FRAMES = 2048;
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final long LOOK_NS = 200_000;
    private static final Duration STOP = Duration.ofSeconds(2);

    public final StolenPacketsProxy stolen = new StolenPacketsProxy();
    public final HookRegistry hooks = new HookRegistry(stolen);
    public final Namespaces namespaces = new Namespaces();
    public final Namespace namespace;

    private final List<Seat> seats = new ArrayList<>();

    /** Starts so many workers. */
    public WorkerBench(final int workers) {
        final List<Device> devices = List.of(new Device(0, 11, "lan"), new Device(1, 12, "wan"));
        namespace = new Namespace("", devices, Namespace.Surroundings.KERNEL, new Quiescence());
        namespace.portTable().mac(0, Packets.PORT_MAC);
        namespace.portTable().forwarding(0, true, true);
        final int wan = namespace.fib().adjacencies().create(
                new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, 1, 12, 1500, 0, 0x0A09_0001L));
        namespace.fib().adjacencies().resolve(wan, TestEngine.GATEWAY_MAC, TestEngine.WAN_MAC);
        namespace.fib().put4(0, 0, wan);
        for (int i = 0; i < workers; i++) {
            seats.add(new Seat(devices));
        }
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace);
        seats.forEach(seat -> seat.thread.start());
        namespace.publisher().started();
    }

    /** A packet that a worker receives. */
    public void offer(final int worker, final byte[] packet) {
        seats.get(worker).lan.offer(packet);
        seats.get(worker).worker.proxy().wake();
    }

    /** Runs something on a worker. */
    public void call(final int worker, final Runnable action) {
        seats.get(worker).worker.proxy().call(action);
    }

    /** Ends a worker behind everybody's back. */
    public void kill(final int worker) {
        seats.get(worker).stop();
    }

    /** Packets that left, as the workers' counters say. */
    public long forwarded() {
        return seats.stream().mapToLong(seat -> seat.counters.get(DropReason.count())).sum();
    }

    /** Packets that were dropped for a reason. */
    public long dropped(final DropReason reason) {
        return seats.stream().mapToLong(seat -> seat.counters.get(reason.id())).sum();
    }

    /** True when all workers sleep. */
    public boolean isAsleep() {
        return seats.stream().allMatch(seat -> (seat.worker.epoch().observe() & 1) != 0);
    }

    /** What ended a worker, or null. */
    public Throwable failure() {
        return seats.stream().map(seat -> seat.thread.failure()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Waits for something to come true. */
    public void until(final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, () -> "in vain: forwarded=" + forwarded() + " failure=" + failure());
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** Makes sure for a while that something holds. */
    public void watch(final long forMs, final Runnable check) {
        final long deadline = System.nanoTime() + forMs * 1_000_000;
        while (System.nanoTime() - deadline < 0) {
            check.run();
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    @Override
    public void close() {
        namespace.publisher().stopped();
        seats.forEach(Seat::stop);
        seats.forEach(Seat::check);
        namespaces.remove(namespace);
        seats.forEach(Seat::free);
        namespace.close();
    }

    private final class Seat {

        private final MappedMemory memory =
                MappedMemory.reserveChunked((long) FRAMES << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
        private final FrameStack frames = new FrameStack(memory.address(), 1 << FRAME_SHIFT, FRAMES);
        private final PollSet pollSet = new PollSet(1);
        private final AtomicLongArray counters = new AtomicLongArray(DropReason.count() + 1);
        private final ListPortIo lan = new ListPortIo(frames);
        private final Lane lane;
        private final Worker worker;
        private final WorkerThread thread;

        private Seat(final List<Device> devices) {
            lane = new Lane(stolen.nextLane(), "", namespace.fib().fib(), namespace.portTable(), frames, -1L << FRAME_SHIFT,
                    (port, ipv6, high, low) -> { });
            lane.port(devices.get(0), lan);
            lane.port(devices.get(1), new ListPortIo(frames));
            worker = new Worker(IdleMode.ADAPTIVE, pollSet, w -> copyCounters());
            namespace.quiescence().add(worker.epoch());
            namespace.publisher().add(worker, lane);
            worker.addPort(lane, 0, lan, -1);
            stolen.add(lane, worker.proxy());
            thread = new WorkerThread(worker, seats.size(), -1);
        }

        private void copyCounters() {
            for (int i = 0; i < DropReason.count(); i++) {
                counters.set(i, lane.counters.dropped[i]);
            }
            counters.set(DropReason.count(), lane.counters.forwarded);
        }

        private void stop() {
            worker.stop();
            try {
                if (!thread.join(STOP)) {
                    // A test that failed has left a hook function waiting.
                    thread.interrupt();
                    thread.join();
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void check() {
            assertTrue(lane.counters.unaccounted() == 0 && frames.count() + lane.parkedCount() == FRAMES,
                    () -> "unaccounted=" + lane.counters.unaccounted() + " free=" + frames.count() + " parked="
                            + lane.parkedCount());
        }

        private void free() {
            pollSet.close();
            memory.close();
        }
    }
}
