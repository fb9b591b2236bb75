package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.memory.Memory;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.sets.MadeSet;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * {@code ipset restore} of a file, as the data plane does it in its process, in turn with the real tool, whose processes and namespace begin and end with it.
 *
 * <p>Threads: the caller's.
 */
final class SetRestoreBench {

    private static final String NAME = "s";

    private final SetOptions options;

    SetRestoreBench(final SetOptions options) {
        this.options = options;
    }

    /** Restores, and returns one object. */
    String json() {
        final MadeSet set = new MadeSet(options.kind(), options.entries());
        final double[] ours = new double[options.runs()];
        final double[] theirs = new double[options.runs()];
        final double first;
        try (ScratchFolder folder = ScratchFolder.make("sets")) {
            final Path file = SetMatchBench.write(set, folder.path().resolve("sets"), options.create());
            // The first one is what a process that has just begun takes; it is told, and does not count.
            first = milliseconds(restore(file));
            for (int run = 0; run < options.runs(); run++) {
                ours[run] = milliseconds(restore(file));
                theirs[run] = milliseconds(KernelSets.restore(file));
            }
        }
        final double[] ratios = new double[options.runs()];
        Arrays.setAll(ratios, run -> theirs[run] / ours[run]);
        final Json json = new Json().object().field("set_type", options.kind().type()).field("set_entries", options.entries())
                .field("set_options", options.create()).field("first_restore_ms", first);
        write(json, "restore_ms", ours);
        json.field("peer", "ipset");
        write(json, "peer_restore_ms", theirs);
        write(json, "ratio", ratios);
        json.field("checked", Memory.CHECKED);
        MachineFacts.ofThis().write(json.name("machine"));
        return json.end().toString();
    }

    private long restore(final Path file) {
        try (SetRegistry sets = new SetRegistry(new Quiescence(), System::nanoTime)) {
            final long fromNs = System.nanoTime();
            SetFiles.restore(sets, file, _ -> { });
            final long ns = System.nanoTime() - fromNs;
            final long elements = sets.header(NAME).elements();
            if (elements != options.entries()) {
                throw new BenchException("elements are missing, a defect: elements=" + elements + " lines=" + options.entries());
            }
            return ns;
        } catch (final SetProblem e) {
            throw new IllegalStateException(e);
        }
    }

    private static double milliseconds(final long ns) {
        return (double) ns / TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static void write(final Json json, final String name, final double... runs) {
        json.field(name, Samples.of(runs).median()).name(name + "_runs").array();
        for (final double run : runs) {
            json.value(run);
        }
        json.end();
    }
}
