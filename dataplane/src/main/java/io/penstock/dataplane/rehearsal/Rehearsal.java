package io.penstock.dataplane.rehearsal;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A worker between ports in memory whose tables of rules are replaced again and again, for about a second.
 *
 * <p>Why: the JIT compiler believes that what it has not seen does not happen, and gives the code up when it does: the first command, the
 * first program of hooks, the first table, the first class of a table's own. Then the worker runs interpreted, fifty times as slow, until
 * the compiler has made new code, behind whatever else it has to make. Here all of this happens to a worker that nobody waits for.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every kind of program that a table can have runs at the calls by which the real worker calls it, three at least of each family: the
 *       compiler takes such a call for what it is.</li>
 *   <li>Nothing is left of it but compiled code.</li>
 * </ol>
 *
 * <p>Threads: the caller's, and its worker's.
 */
public final class Rehearsal {

    private static final int FRAME_SHIFT = 11;
    private static final int FRAMES = Lane.PARKING_PLACES + 4 * Batch.CAPACITY;
    private static final int MTU = 1500;
    private static final long GATEWAY_MAC = 0x0200_0000_0003L;
    private static final long GATEWAY = 0x0A09_0001L;
    private static final long GATEWAY6 = 0x2001_0DB8_0009_0000L;
    private static final int TAIL_BYTES = 64;

    /** How often all tables are made and replaced. */
    private static final int ROUNDS = 5;
    /** Of its own class, plain, indexed: each table, and the empty one before it, has the next kind of program. */
    private static final int KINDS = 5;
    /** What warms classes runs code that workers run, in other surroundings: it is seen from the beginning. */
    private static final int FIRST_PROGRAMS = 8;
    /** Unit: packets at each hook. */
    private static final int WARM_PACKETS = 1_000;
    /** Between two replacements. Unit: ns; the compiler is to come to what it has seen. */
    private static final long PAUSE_NS = 10_000_000;
    private static final List<TableName> TABLES = List.of(TableName.MANGLE, TableName.FILTER);

    private static final AtomicBoolean BEGUN = new AtomicBoolean();
    private static final CountDownLatch ENDED = new CountDownLatch(1);

    private final Extensions extensions = RuleExtensions.installed();
    private int programs;

    private Rehearsal() {
    }

    /**
     * Begins it on a thread of its own, the first time that it is called in this process.
     *
     * @param reporter is told when it fails, which costs nothing but the warmth
     */
    public static void begin(final Consumer<String> reporter) {
        if (!BEGUN.getAndSet(true)) {
            Thread.ofPlatform().daemon().name("penstock-rehearsal").start(() -> {
                try {
                    new Rehearsal().run();
                } catch (final RuntimeException e) {
                    reporter.accept("the rehearsal of rules has failed: " + e + "; the first rules may slow packets down for a moment");
                } finally {
                    ENDED.countDown();
                }
            });
        }
    }

    /** Waits for its end, if it has begun, so long at the most. */
    public static void await(final int seconds) {
        if (BEGUN.get()) {
            try {
                ENDED.await(seconds, TimeUnit.SECONDS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        final List<Device> devices = List.of(new Device(0, 2, "lan"), new Device(1, 3, "wan"));
        final StolenPacketsProxy stolen = new StolenPacketsProxy();
        final HookRegistry hooks = new HookRegistry(stolen);
        final Namespaces namespaces = new Namespaces();
        try (Namespace namespace = new Namespace("", devices, Namespace.Surroundings.CAPTURE, new Quiescence());
                MappedMemory memory = MappedMemory.reserveChunked((long) FRAMES << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
                RehearsalPackets packets = new RehearsalPackets();
                PollSet pollSet = new PollSet(1)) {
            route(namespace);
            final FrameStack frames = new FrameStack(memory.address(), 1 << FRAME_SHIFT, FRAMES);
            final Lane lane = new Lane(stolen.nextLane(), "", namespace.fib().fib(), namespace.portTable(), frames, -1L << FRAME_SHIFT,
                    (port, ipv6, high, low) -> { });
            final PortIo lan = new RehearsalPort(new MemoryPortIo(frames, packets.address(), RehearsalPackets.SLOT_BYTES, packets.lengths(),
                    Batch.CAPACITY));
            lane.port(devices.get(0), lan);
            lane.port(devices.get(1), new MemoryPortIo(frames, 0, TAIL_BYTES, new int[0], 1));
            final Worker worker = new Worker(IdleMode.SPIN, pollSet, ignored -> { });
            namespace.publisher().add(worker, lane);
            worker.addPort(lane, 0, lan, -1);
            stolen.add(lane, worker.proxy());
            namespaces.register(new HookInitializer(hooks));
            namespaces.add(namespace);
            Dummies.show(lane);
            final WorkerThread thread = new WorkerThread(worker, 0, -1);
            thread.setName("rehearsal-worker");
            thread.start();
            namespace.publisher().started();
            try {
                changeRules(namespace, hooks);
            } finally {
                namespace.publisher().stopped();
                worker.stop();
                join(thread);
                namespaces.remove(namespace);
            }
        }
    }

    private void changeRules(final Namespace namespace, final HookRegistry hooks) {
        for (int round = 0; round < ROUNDS; round++) {
            // Tables that nobody has used: the hooks' program is a new one, and what a worker keeps for rules is made anew.
            try (RuleTables tables = new RuleTables(namespace, hooks, RuleServices::new, System::nanoTime, this::program)) {
                for (final IpFamily family : IpFamily.values()) {
                    final RehearsalRules rules = new RehearsalRules(family, round);
                    for (final TableName table : TABLES) {
                        restore(tables, family, rules.text(table));
                        LockSupport.parkNanos(PAUSE_NS);
                    }
                }
            }
        }
    }

    private TableProgram program(final CompiledTable table, final int worker) {
        final int kind = programs++ % KINDS;
        final Specialization own = kind == 0 || programs <= FIRST_PROGRAMS ? table.specialize() : null;
        if (own != null) {
            own.warm(WARM_PACKETS);
        }
        return kind == 0 && own != null ? own.programs().get(worker) : kind == 1 ? table.plain(worker) : table.indexed(worker);
    }

    private void restore(final RuleTables tables, final IpFamily family, final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(tables, extensions, new SystemNames(), family).run(List.of(),
                new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        if (status != 0) {
            throw new IllegalStateException("rules of the rehearsal are refused: " + said.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static void route(final Namespace namespace) {
        namespace.portTable().mac(0, RehearsalPackets.PORT_MAC);
        for (int port = 0; port < 2; port++) {
            namespace.portTable().forwarding(port, true, true);
            namespace.portTable().mtu(port, MTU, MTU);
        }
        final int wan4 = namespace.fib().adjacencies().create(
                new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, 1, 3, MTU, 0, GATEWAY));
        final int wan6 = namespace.fib().adjacencies().create(
                new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 1, 6, 1, 3, MTU, GATEWAY6, 1));
        // The first packet to each takes the way of those that ask whether a neighbour is still there.
        namespace.fib().adjacencies().resolve(wan4, GATEWAY_MAC, RehearsalPackets.PORT_MAC + (1 << 8), false);
        namespace.fib().adjacencies().resolve(wan6, GATEWAY_MAC, RehearsalPackets.PORT_MAC + (1 << 8), false);
        namespace.fib().put4(0, 0, wan4);
        namespace.fib().put6(0, 0, 0, wan6);
    }

    private static void join(final WorkerThread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.failure() != null) {
            throw new IllegalStateException("the worker of the rehearsal has ended", thread.failure());
        }
    }
}
