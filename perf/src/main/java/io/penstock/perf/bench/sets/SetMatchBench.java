package io.penstock.perf.bench.sets;

import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.run.ThreadPlacement;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.perf.bench.engine.BenchLoop;
import io.penstock.perf.bench.engine.BuiltIn;
import io.penstock.perf.bench.engine.CaptureMemory;
import io.penstock.perf.bench.engine.EngineBench;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.engine.WorkerThread;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Samples;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.sets.MadeSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@code -m set} in FORWARD: packets whose sources are at random in the set or not, half of each, through the whole engine; or the same without the rule.
 *
 * <p>Threads: the caller's, which waits, and the worker's.
 */
final class SetMatchBench {

    private static final long SEED = 4814;
    private static final double HITS = 0.5;
    /** Shares of packets: what a last round over them that did not end can make of it. */
    private static final double UNEQUAL = 0.02;
    private static final String RULE = "-m set --match-set s src";

    private final SetOptions options;

    SetMatchBench(final SetOptions options) {
        this.options = options;
    }

    /** Warms up, measures, and returns one object. */
    String json() {
        final MachineFacts machine = MachineFacts.ofThis();
        final MadeSet set = new MadeSet(options.kind(), options.entries());
        try (ScratchFolder folder = ScratchFolder.make("sets"); CaptureMemory packets = packets(set)) {
            final Path file = write(set, folder.path().resolve("sets"), "");
            try (SetEngine engine = new SetEngine(file, options.rule() ? RULE : null, packets.mac(), to -> new MemoryPortIo(
                    to.frames(), packets.address(0), packets.slotBytes(), packets.lengths(), Batch.CAPACITY))) {
                return json(engine, machine);
            }
        }
    }

    /** Writes the set, under the name {@code s}. */
    static Path write(final MadeSet set, final Path file, final String options) {
        try {
            set.write(file, "s", options);
            return file;
        } catch (final IOException e) {
            throw new BenchException("the set cannot be written: " + e.getMessage() + "; free space in " + System.getProperty("java.io.tmpdir"));
        }
    }

    private String json(final SetEngine engine, final MachineFacts machine) {
        final int cpu = options.cpu();
        final boolean alone = ThreadPlacement.keepOff(List.of(cpu));
        final BenchLoop loop = new BenchLoop(engine.engine(), new MemoryPortIo[] {(MemoryPortIo) engine.input()},
                new int[] {engine.inputPort()}, Batch.CAPACITY, cpu, (long) (options.warmSeconds() * 1e9),
                (long) (options.seconds() * 1e9 / EngineBench.SLICES), EngineBench.SLICES);
        final Quiescence quiescence = engine.engine().freeElsewhere(loop.epoch());
        try (SetCare _ = new SetCare(engine.sets(), quiescence)) {
            WorkerThread.run(loop, _ -> { });
        }
        final LaneTotals totals = loop.totals();
        final double share = (double) engine.taken() / engine.engine().lane().counters.received;
        if (totals.forwarded() != totals.packets() || totals.unaccounted() != 0) {
            throw new BenchException("packets were lost, a defect: packets=" + totals.packets() + " forwarded=" + totals.forwarded() + " dropped "
                    + totals.droppedByReason());
        }
        if (options.rule() && Math.abs(share - HITS) > UNEQUAL) {
            throw new BenchException("other packets match than should, a defect: share=" + share + " expected=" + HITS);
        }
        final double[] ns = loop.mppsOfCpu();
        for (int i = 0; i < ns.length; i++) {
            ns[i] = 1e3 / ns[i];
        }
        final Json json = new Json().object().field("set_type", options.kind().type()).field("set_entries", options.entries())
                .field("rule", options.rule()).field("packets", totals.packets()).field("hits", share)
                .field("ns_per_packet", Samples.of(ns).median());
        json.name("ns_per_packet_runs").array();
        for (final double value : ns) {
            json.value(value);
        }
        json.end().field("allocated_bytes_per_packet", (double) loop.gauge().allocatedBytes() / totals.packets())
                .field("steady", loop.steady()).field("checked", Memory.CHECKED).field("alone", alone).field("cpu", cpu);
        machine.write(json.name("machine"));
        return json.end().toString();
    }

    private CaptureMemory packets(final MadeSet set) {
        final CaptureMemory packets =
                BuiltIn.packets(options.packets(), BuiltIn.MIN_FRAME_BYTES, false, null);
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < options.packets(); i++) {
            final long ip = packets.address(i) + EthernetLayout.HEADER_BYTES;
            Ipv4Layout.setSource(ip, random.nextBoolean() ? set.hit(random) : set.miss(random));
            Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            final long udp = ip + Ipv4Layout.HEADER_BYTES;
            Checksum.writeUdp4(ip, udp, UdpLayout.length(udp));
        }
        return packets;
    }
}
