package io.penstock.perf.bench.engine;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.perf.rules.RuleTier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The built-in engine of {@code bench engine}, for benchmarks and tests that drive it step by step.
 *
 * <p>Threads: one.
 */
public final class EngineFixture implements AutoCloseable {

    private final EngineBench bench;
    private final Batch batch = new Batch();

    /**
     * An engine and its packets.
     *
     * @param hooks            functions at FORWARD that accept everything
     * @param partialChecksums whether ports look for transport checksums that are only begun
     */
    public EngineFixture(final int flows, final boolean ipv6, final int hooks, final boolean partialChecksums) {
        this(flows, ipv6, hooks, partialChecksums, RuleOptions.NONE);
    }

    /**
     * An engine with rules.
     *
     * @param rules a file of iptables-restore; those of its rules that cannot run are left out
     */
    public EngineFixture(final int flows, final boolean ipv6, final Path rules, final RuleTier tier) {
        this(flows, ipv6, rules, null, tier);
    }

    /**
     * The same with sets.
     *
     * @param sets a file of ipset restore
     */
    public EngineFixture(final int flows, final boolean ipv6, final Path rules, final Path sets, final RuleTier tier) {
        this(flows, ipv6, 0, false, new RuleOptions(null, 0, rules, sets, tier));
    }

    private EngineFixture(
            final int flows, final boolean ipv6, final int hooks, final boolean partialChecksums, final RuleOptions rules) {
        this(flows, BuiltIn.minFrameBytes(ipv6), ipv6, hooks, partialChecksums, rules, List.of());
    }

    /**
     * An engine with rules, some of whose stages are worse than usual.
     *
     * @param frameBytes of a packet, check sequence excluded
     */
    public EngineFixture(
            final int flows, final int frameBytes, final boolean ipv6, final RuleOptions rules, final List<Injection> injections) {
        this(flows, frameBytes, ipv6, 0, false, rules, injections);
    }

    private EngineFixture(
            final int flows, final int frameBytes, final boolean ipv6, final int hooks, final boolean partialChecksums,
            final RuleOptions rules, final List<Injection> injections) {
        bench = new EngineBench(BuiltIn.configuration(), new EngineOptions(Map.of(), 1, 1, Batch.CAPACITY, hooks, List.of(), flows,
                frameBytes, ipv6, 0, partialChecksums, RouteOptions.NONE, rules, injections));
        Arrays.fill(batch.inPort, bench.inputPort());
    }

    /** Changes the packets that will be received; each is given as its frame's address. */
    public EngineFixture edit(final LongConsumer change) {
        bench.captures().forEach(capture -> {
            for (int i = 0; i < capture.lengths().length; i++) {
                change.accept(capture.address(i));
            }
        });
        return this;
    }

    /** What packets go through. */
    public Lane lane() {
        return bench.lane();
    }

    /** What has the lane. */
    public OfflineEngine engine() {
        return bench.engine();
    }

    /** Where packets come from. */
    public PortIo input() {
        return bench.input();
    }

    /** Its index. */
    public int inputPort() {
        return bench.inputPort();
    }

    /** Connections that the rules track now. */
    public long connections() {
        return bench.connections();
    }

    /** The batch that {@link #receive} fills. */
    public Batch batch() {
        return batch;
    }

    /** Receives the next packets, into frames that the batch then owns. */
    public int receive(final int max) {
        batch.count = bench.input().receive(batch, max);
        return batch.count;
    }

    /** Takes the frames of the batch back, whatever became of their packets. */
    public void release() {
        for (int i = 0; i < batch.count; i++) {
            lane().frames.push(batch.frame[i]);
        }
    }

    /** Receives, judges and sends. */
    public void round(final int max) {
        receive(max);
        lane().process(batch);
    }

    /** Rules that have taken a packet, of those that are in force. */
    public int[] rulesTaking() {
        final RuleTotals totals = bench.ruleTotals();
        return new int[] {totals.taking(), totals.rules()};
    }

    @Override
    public void close() {
        bench.close();
    }
}
