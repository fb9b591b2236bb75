package io.penstock.perf.bench.update;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.rehearsal.Rehearsal;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.rules.Specializer;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Publisher;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.CaptureMemory;
import io.penstock.perf.bench.engine.FlowPackets;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.RoundLog;
import io.penstock.perf.rules.Flow;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A data plane's worker on its own thread, between a {@link PacedPort} and a port that frees what it is given, and the tables of its
 * namespace, which are changed as commands change them, and get classes of their own.
 *
 * <p>The first packet of each burst is the marker's.
 *
 * <p>Threads: the caller's, as control, and the worker's.
 */
final class UpdateEngine implements AutoCloseable {

    private static final int FRAMES = Lane.PARKING_PLACES + 2 * Batch.CAPACITY;
    private static final int FRAME_BYTES = 2048;
    private static final int TAIL_BYTES = 64;
    private static final int PRIMING_BATCHES = 4;
    private static final int REHEARSAL_SECONDS = 60;
    private static final long LOOK_NS = 100_000;
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final IpFamily FAMILY = IpFamily.IPV4;

    private final CaptureMemory capture;
    private final OfflineEngine engine;
    private final PollSet pollSet = new PollSet(1);
    private final RoundLog rounds;
    private final PacedPort port;
    private final Worker worker;
    private final WorkerThread thread;
    private final TimedTables timed = new TimedTables();
    private final RuleTables tables;
    private final Specializer specializer;
    private final Extensions extensions = RuleExtensions.installed();
    private final LaneTotals before;
    private final boolean alone;
    private final long nativeThread;

    /** Starts a worker, which has no packets yet. */
    UpdateEngine(final UpdateOptions options, final Flow marker, final List<Flow> flows) {
        // As in a data plane that runs: there the first command that changes rules waits for it.
        final List<String> told = new CopyOnWriteArrayList<>();
        Rehearsal.begin(told::add);
        Rehearsal.await(REHEARSAL_SECONDS);
        if (!told.isEmpty()) {
            throw new BenchException(told.getFirst());
        }
        capture = FlowPackets.of(withMarkers(marker, flows), options.frameBytes());
        engine = new OfflineEngine(BuiltIn.configuration(), FRAME_BYTES, FRAMES, MappedMemory.Pages.HUGE);
        final Lane lane = engine.lane();
        Dummies.show(lane);
        final MemoryPortIo memory = new MemoryPortIo(engine.frames(), capture.address(0), capture.slotBytes(), capture.lengths(),
                PacedPort.BURST);
        rounds = new RoundLog(options.roundCapacity());
        port = new PacedPort(memory, lane.counters, options.ratePps(), options.ringPackets(), rounds);
        connect(lane, memory);
        before = LaneTotals.of(lane.counters);
        worker = new Worker(IdleMode.SPIN, pollSet, ignored -> { });
        engine.namespace().publisher().add(worker, lane);
        worker.addPort(lane, engine.namespace().ports().getFirst().index(), port, -1);
        tables = new RuleTables(engine.namespace(), engine.hooks(), RuleServices::new, System::nanoTime, timed::program);
        timed.store(tables);
        specializer = new Specializer(Thread.ofPlatform().daemon().name("specializer").factory(), System.err::println);
        tables.specializeBy(specializer);
        alone = ThreadPlacement.keepOff(List.of(options.cpu()));
        thread = new WorkerThread(worker, 0, options.cpu());
        thread.start();
        engine.namespace().publisher().started();
        nativeThread = nativeThread();
    }

    /** What packets become. */
    PacedPort port() {
        return port;
    }

    /** What rounds took. Afterwards. */
    RoundLog rounds() {
        return rounds;
    }

    /** Whether the JVM's other threads have a CPU of their own. */
    boolean isAlone() {
        return alone;
    }

    /** The worker's number in logs. */
    long workerThread() {
        return nativeThread;
    }

    /** What the lane has counted. Afterwards. */
    LaneTotals totals() {
        return LaneTotals.of(engine.lane().counters).minus(before);
    }

    /** Packets that rules have dropped. Afterwards. */
    long ruleDrops() {
        return engine.lane().counters.dropped[DropReason.RULE_DROP.id()];
    }

    /** Restores a table and says how long that took. */
    Change restore(final String text) {
        return change(out -> new IptablesRestoreCommand(timed, extensions, new SystemNames(), FAMILY)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out));
    }

    /** Runs an iptables command and says how long that took. */
    Change iptables(final String words) {
        return change(out -> new IptablesCommand(timed, extensions, new SystemNames(), FAMILY)
                .run(List.of(words.split(" ")), out, out));
    }

    /** A table as of now. */
    TableSnapshot read(final TableName table) {
        return tables.read(FAMILY, table);
    }

    /** Waits until a table has a class of its own, or gets none. */
    void awaitSettled(final TableName table, final long patienceNs) {
        final long deadline = System.nanoTime() + patienceNs;
        while (!tables.isSettled(FAMILY, table)) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchException("the making of a table's class does not come to its end: waited=" + patienceNs / 1_000_000_000 + " s");
            }
            pause(LOOK_NS);
        }
    }

    /** Whether a table runs by a class of its own. */
    boolean hasOwnClass(final TableName table) {
        return tables.isSpecialized(FAMILY, table);
    }

    /** Lets packets flow for a while. */
    void flow(final double seconds) {
        final long deadline = System.nanoTime() + (long) (seconds * 1e9);
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            pause(Math.min(left, 1_000_000));
        }
    }

    /** Offers no more packets, and returns when the last one has been judged. */
    void stopOffering() {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (!port.isStopped()) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchException("the worker does not come to an end of its packets");
            }
            pause(LOOK_NS);
        }
        engine.namespace().publisher().stopped();
        end();
    }

    @Override
    public void close() {
        engine.namespace().publisher().stopped();
        end();
        specializer.close();
        tables.close();
        engine.close();
        pollSet.close();
        capture.close();
    }

    private static List<Flow> withMarkers(final Flow marker, final List<Flow> flows) {
        final List<Flow> all = new ArrayList<>();
        for (int i = 0; i + PacedPort.BURST - 1 <= flows.size(); i += PacedPort.BURST - 1) {
            all.add(marker);
            all.addAll(flows.subList(i, i + PacedPort.BURST - 1));
        }
        return all;
    }

    /** The neighbour is known before the worker runs. */
    private void connect(final Lane lane, final MemoryPortIo memory) {
        lane.ports.partialChecksums(0, false);
        lane.ports.partialChecksums(1, false);
        lane.ports.mac(0, capture.mac());
        engine.port(0, port);
        engine.port(1, new MemoryPortIo(engine.frames(), 0, TAIL_BYTES, new int[0], 1));
        final Batch batch = new Batch();
        Arrays.fill(batch.inPort, 0);
        for (int i = 0; i < PRIMING_BATCHES; i++) {
            batch.nowNs = System.nanoTime();
            batch.count = memory.receive(batch, PacedPort.BURST);
            lane.process(batch);
            engine.settle(batch.nowNs);
        }
    }

    private long nativeThread() {
        final long[] number = new long[1];
        worker.proxy().call(() -> {
            try {
                number[0] = Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
            } catch (final IOException e) {
                throw new BenchException("the thread's number cannot be read: " + e.getMessage() + "; mount /proc");
            }
        });
        return number[0];
    }

    private Change change(final Command command) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        timed.begin();
        final int flipBefore = port.flips();
        final long startNs = System.nanoTime();
        final int status = command.run(out);
        final long endNs = System.nanoTime();
        if (status != 0) {
            throw new BenchException("a command was refused: " + said.toString(StandardCharsets.ISO_8859_1).strip());
        }
        return new Change(startNs, timed.readNs(), timed.replaceNs(), timed.compiledNs(), timed.inForceNs(), endNs, flipBefore);
    }

    private void end() {
        worker.stop();
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.failure() != null) {
            throw new BenchException("the worker has ended: " + thread.failure());
        }
    }

    private void pause(final long ns) {
        LockSupport.parkNanos(ns);
        if (thread.failure() != null) {
            throw new BenchException("the worker has ended: " + thread.failure());
        }
    }

    /** Runs, and returns the exit status. */
    @FunctionalInterface
    private interface Command {

        int run(PrintStream out);
    }

    /**
     * One command.
     *
     * @param readNs     spent in reading the table
     * @param replaceNs  when the new table was handed over
     * @param compiledNs when it was checked and compiled
     * @param inForceNs  when it was in force on all workers
     * @param flip       which change of the marker's fate is due to it
     */
    record Change(long startNs, long readNs, long replaceNs, long compiledNs, long inForceNs, long endNs, int flip) {
    }
}
