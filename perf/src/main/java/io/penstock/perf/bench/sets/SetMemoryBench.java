package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.ResidentMemory;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.sets.MadeSet;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetRegistry;
import java.nio.file.Path;

/**
 * Bytes of an entry: as the set's header tells them, as the process grows, and of the kernel's set as ipset tells them. Meant for a JVM whose heap
 * has its size, and is touched, from the beginning, so that the process grows by sets only.
 *
 * <p>Threads: the caller's.
 */
final class SetMemoryBench {

    private static final String NAME = "s";

    private final SetOptions options;

    SetMemoryBench(final SetOptions options) {
        this.options = options;
    }

    /** Fills, and returns one object. */
    String json() {
        final MadeSet set = new MadeSet(options.kind(), options.entries());
        try (ScratchFolder folder = ScratchFolder.make("sets")) {
            final Path file = SetMatchBench.write(set, folder.path().resolve("sets"), options.create());
            // What the JVM itself grows by comes with the first one.
            fill(file);
            final long[] ours = fill(file);
            final double theirs = KernelSets.memory(file, NAME, options.entries());
            final double entries = options.entries();
            final Json json = new Json().object().field("set_type", options.kind().type()).field("set_entries", options.entries())
                    .field("set_options", options.create()).field("entry_bytes", ours[0] / entries)
                    .field("entry_resident_bytes", ours[1] / entries).field("peer", "kernel").field("peer_entry_bytes", theirs / entries)
                    .field("ratio", theirs / ours[0]);
            MachineFacts.ofThis().write(json.name("machine"));
            return json.end().toString();
        }
    }

    /** Bytes that the header tells, and by which the process grew. */
    private long[] fill(final Path file) {
        try (SetRegistry sets = new SetRegistry(new Quiescence(), System::nanoTime)) {
            final long before = ResidentMemory.bytes();
            SetFiles.restore(sets, file, _ -> { });
            sets.maintain();
            final long grown = ResidentMemory.bytes() - before;
            return new long[] {sets.header(NAME).memory(), grown};
        } catch (final SetProblem e) {
            throw new IllegalStateException(e);
        }
    }
}
