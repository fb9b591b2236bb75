package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.memory.Memory;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.CaptureMemory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.PinnedRun;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.measure.WorkerGauge;
import io.penstock.perf.sets.SetKind;
import io.penstock.perf.sets.SourcePort;
import io.penstock.rules.set.SetProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code -j SET --add-set} in FORWARD: every packet has a new source, and adds it to a set that is empty at first and grows; or the same without the rule.
 * While it is filled, another thread looks after the set as in a data plane.
 *
 * <p>Threads: the caller's, which waits, and one that measures.
 */
final class SetAddBench {

    private static final String NAME = "s";
    private static final String RULE = "-j SET --add-set s src";
    /** Fillings before one counts: the last code is compiled about a second after the first packet. */
    private static final int WARM_FILLINGS = 2;

    private final SetOptions options;
    private final List<double[]> fillings = new ArrayList<>();
    private final Epoch epoch = new Epoch();
    private final Batch batch = new Batch();
    private long missed;
    private long allocated;

    SetAddBench(final SetOptions options) {
        this.options = options;
    }

    /** Fills, and returns one object. */
    String json() {
        final MachineFacts machine = MachineFacts.ofThis();
        try (ScratchFolder folder = ScratchFolder.make("sets");
                CaptureMemory template = BuiltIn.packets(1, BuiltIn.MIN_FRAME_BYTES, false, null)) {
            final Path file = folder.path().resolve("sets");
            Files.writeString(file, "create " + NAME + ' ' + SetKind.IP.type() + " maxelem " + options.entries() + ' ' + options.create() + '\n');
            try (SetEngine engine = new SetEngine(file, options.rule() ? RULE : null, template.mac(),
                    to -> new SourcePort(to.frames(), template.address(0), template.lengths()[0], Batch.CAPACITY))) {
                Arrays.fill(batch.inPort, engine.inputPort());
                final boolean alone = PinnedRun.of(options.cpu(), () -> fill(engine));
                return json(machine, alone);
            }
        } catch (final IOException e) {
            throw new BenchException("the set cannot be written: " + e.getMessage() + "; free space in " + System.getProperty("java.io.tmpdir"));
        }
    }

    private void fill(final SetEngine engine) {
        final Quiescence quiescence = engine.engine().freeElsewhere(epoch);
        final WorkerGauge gauge = new WorkerGauge(options.cpu());
        try (SetCare _ = new SetCare(engine.sets(), quiescence)) {
            final long warmFrom = System.nanoTime();
            int warm = 0;
            while (fillings.size() < options.runs()) {
                final long missedBefore = engine.sets().missedChanges();
                flush(engine);
                gauge.start();
                final double[] filling = fillOnce(engine, gauge);
                gauge.stop();
                check(engine, engine.sets().missedChanges() - missedBefore);
                if (warm >= WARM_FILLINGS && System.nanoTime() - warmFrom > options.warmSeconds() * 1e9) {
                    fillings.add(filling);
                    missed += engine.sets().missedChanges() - missedBefore;
                    allocated += gauge.allocatedBytes();
                }
                warm++;
            }
        }
    }

    private static void flush(final SetEngine engine) {
        try {
            engine.sets().flush(NAME);
        } catch (final SetProblem e) {
            throw new IllegalStateException(e);
        }
    }

    /** An empty set gets all its elements; the nanoseconds of the clock and of the CPU. */
    private double[] fillOnce(final SetEngine engine, final WorkerGauge gauge) {
        final long cpuFrom = gauge.cpuNs();
        final long fromNs = System.nanoTime();
        int left = options.entries();
        while (left > 0) {
            epoch.boundary();
            final long nowNs = System.nanoTime();
            engine.engine().settle(nowNs);
            batch.nowNs = nowNs;
            batch.count = engine.input().receive(batch, Math.min(left, Batch.CAPACITY));
            left -= batch.count;
            engine.engine().lane().process(batch);
        }
        return new double[] {System.nanoTime() - fromNs, gauge.cpuNs() - cpuFrom};
    }

    private void check(final SetEngine engine, final long missedNow) {
        if (!options.rule()) {
            return;
        }
        try {
            final long elements = engine.sets().header(NAME).elements();
            if (elements + missedNow != options.entries()) {
                throw new BenchException("elements are missing, a defect: elements=" + elements + " missed=" + missedNow + " packets="
                        + options.entries());
            }
        } catch (final SetProblem e) {
            throw new IllegalStateException(e);
        }
    }

    private String json(final MachineFacts machine, final boolean alone) {
        final double elements = options.entries();
        final Json json = new Json().object().field("set_type", SetKind.IP.type()).field("set_entries", options.entries())
                .field("set_options", options.create()).field("rule", options.rule());
        write(json, "adds_per_second", fillings.stream().mapToDouble(run -> elements * 1e9 / run[0]).toArray());
        write(json, "ns_per_packet", fillings.stream().mapToDouble(run -> run[1] / elements).toArray());
        json.field("missed", missed).field("allocated_bytes_per_packet", allocated / elements / fillings.size())
                .field("checked", Memory.CHECKED).field("alone", alone).field("cpu", options.cpu());
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    private static void write(final Json json, final String name, final double... runs) {
        json.field(name, Samples.of(runs).median()).name(name + "_runs").array();
        for (final double run : runs) {
            json.value(run);
        }
        json.end();
    }
}
