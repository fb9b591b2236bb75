package io.penstock.dataplane.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.Outcome;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A router with the ports lan, wan and dmz and a configuration of its own, driven by the test.
 *
 * <p>10.0.0.0/24 and 2001:db8::/64 are lan's, 10.9.0.0/24 and 2001:db8:9::/64 wan's; 10.1.0.0/16 and 2001:db8:1::/48 lie behind
 * wan's .1, and 10.2.0.0/16 behind lan's .2; more routes are of each kind. The router's own addresses end in 254 and fe.
 */
public final class RouterRig implements AutoCloseable {

    public static final int LAN = 0;
    public static final int WAN = 1;
    public static final int DMZ = 2;

    private static final int FRAME_BYTES = 4096;
    private static final int FRAMES = 2048;

    private static final String NETWORK = """
            ports:
              lan: { device: lan }
              wan: { device: wan }
              dmz: { device: dmz }
            network:
              addresses:
                lan: [10.0.0.254/24, "2001:db8::fe/64", "fe80::fe/64"]
                wan: [10.9.0.254/24, "2001:db8:9::fe/64"]
                dmz: [10.8.0.254/24, "2001:db8:8::fe/64"]
              routes:
                - { to: 10.1.0.0/16, via: 10.9.0.1, port: wan }
                - { to: "2001:db8:1::/48", via: "2001:db8:9::1", port: wan }
                - { to: 10.2.0.0/16, via: 10.0.0.2, port: lan }
                - { to: "2001:db8:2::/48", via: "fe80::2", port: lan }
                - { to: 10.66.0.0/16, type: blackhole }
                - { to: 10.67.0.0/16, type: unreachable }
                - { to: 10.68.0.0/16, type: prohibit }
                - { to: "2001:db8:66::/48", type: blackhole }
                - { to: "2001:db8:67::/48", type: unreachable }
                - { to: "2001:db8:68::/48", type: prohibit }
              mtu: { wan: 1400 }
            """;

    public final OfflineEngine engine;
    public final Lane lane;
    public final ListPortIo[] ports = new ListPortIo[3];
    public final ListPortIo host;
    public final Batch batch = new Batch();
    public long nowNs = 1_000_000_000_000L;

    /** A router with settings, a line each, such as {@code net.ipv4.conf.lan.rp_filter: 1}. */
    public RouterRig(final ProgramKind programs, final String... sysctl) {
        engine = new OfflineEngine(configuration(sysctl), FRAME_BYTES, FRAMES, MappedMemory.Pages.NORMAL, programs);
        lane = engine.lane();
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new ListPortIo(engine.frames());
            engine.port(i, ports[i]);
        }
        host = new ListPortIo(engine.frames());
        lane.local(host);
    }

    /** The same with generated programs. */
    public RouterRig(final String... sysctl) {
        this(ProgramKind.COMPILED, sysctl);
    }

    private static Configuration configuration(final String... sysctl) {
        final StringBuilder text = new StringBuilder(NETWORK).append("sysctl:\n");
        text.append("  net.ipv4.icmp_ratelimit: 0\n  net.ipv4.icmp_msgs_per_sec: 100000000\n");
        text.append("  net.ipv6.icmp.ratelimit: 0\n");
        Arrays.stream(sysctl).forEach(line -> text.append("  ").append(line).append('\n'));
        try {
            final Path file = Files.createTempFile("penstock-rig-", ".yaml");
            try {
                return new ConfigurationBuilder().file(Files.writeString(file, text)).build();
            } finally {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs packets that came in by a port, as one batch, and what waits for neighbours. */
    public void receive(final int port, final byte[]... packets) {
        run(ports[port], port, packets);
    }

    /** Runs packets that this host sends. */
    public void originate(final byte[]... packets) {
        run(host, Batch.FROM_HOST, packets);
    }

    private void run(final ListPortIo from, final int port, final byte[]... packets) {
        for (final byte[] packet : packets) {
            from.offer(packet);
        }
        Arrays.fill(batch.inPort, port);
        Arrays.fill(batch.outPort, Batch.NO_PORT);
        Arrays.fill(batch.mark, 0);
        Arrays.fill(batch.uid, -1);
        batch.nowNs = nowNs;
        batch.count = from.receive(batch, Batch.CAPACITY);
        if (port == Batch.FROM_HOST) {
            lane.processOutput(batch);
        } else {
            lane.process(batch);
        }
        engine.settle(nowNs);
        assertBooks();
    }

    /** What became of a packet of the last batch, in a word, with a drop's reason. */
    public String outcome(final int slot) {
        final int outcome = batch.outcome[slot];
        return switch (Outcome.kind(outcome)) {
            case Outcome.FORWARDED -> "forwarded";
            case Outcome.DELIVERED -> "delivered";
            case Outcome.STOLEN -> "stolen";
            case Outcome.QUEUED -> "queued";
            case Outcome.PARKED -> "parked";
            case Outcome.FRAGMENTED -> "fragmented";
            case Outcome.GATHERED -> "gathered";
            case Outcome.DROPPED -> "dropped " + DropReason.of(Outcome.payload(outcome)).metric();
            default -> "none";
        };
    }

    /** The last packet that left by a port. */
    public byte[] last(final int port) {
        return ports[port].sent.getLast();
    }

    public LaneCounters counters() {
        return lane.counters;
    }

    /** Every packet is accounted for, every frame is free or parked. */
    public void assertBooks() {
        assertEquals(0, lane.counters.unaccounted(), "unaccounted");
        assertEquals(FRAMES, engine.frames().count() + lane.parkedCount(), "frames");
    }

    @Override
    public void close() {
        engine.close();
    }
}
