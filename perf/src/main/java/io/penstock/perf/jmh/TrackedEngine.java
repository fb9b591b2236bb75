package io.penstock.perf.jmh;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.engine.EngineBench;
import io.penstock.perf.bench.engine.RuleLoad;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionFlows;
import io.penstock.perf.connections.FlowNetwork;
import io.penstock.perf.rules.RuleTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * An engine with rules through which flows have gone once in both directions, driven batch by batch: clients' packets, servers' answers, errors about
 * clients' packets, packets of no connection, and first packets of new ones.
 *
 * <p>Threads: one.
 */
final class TrackedEngine implements AutoCloseable {

    /** Of established flows: as many as the other benchmarks have. */
    private static final int MAX_CONNECTIONS = 1 << 18;
    private static final int FRAME_BYTES = 2048;
    private static final int STORES = 5;
    private static final int LAN = 0;
    private static final int WAN = 1;
    /** New connections of a batch come so much later, and end after a second: a thousand batches are there at a time. */
    private static final long BATCH_NS = 1_000_000;

    private final int flows;
    private final EchoFrames made;
    private final MappedMemory memory;
    private final OfflineEngine engine;
    private final RuleLoad rules;
    private final EchoPort[] ports = new EchoPort[2];
    private final int[] indexes;
    private final Batch batch = new Batch();
    private final long requests;
    private final long replies;
    private final long errors;
    private final long invalid;
    private final long begins;
    private final boolean answered;
    private long nowNs = 1;
    private int begun;
    /** What a port receives now. */
    private long source;

    /**
     * Establishes flows.
     *
     * @param text     rules, as iptables-save or ip6tables-save prints them
     * @param protocol {@code tcp}, {@code udp} or {@code icmp}
     * @param answered whether what clients send is forwarded to who answers; else it is this host's
     */
    TrackedEngine(final String text, final boolean ipv6, final String protocol, final int flows, final boolean answered) {
        this.flows = flows;
        this.answered = answered;
        made = new EchoFrames(ipv6, number(protocol));
        final long bytes = (long) flows * EchoFrames.SLOT_BYTES;
        memory = MappedMemory.reserve(bytes * STORES, MappedMemory.Pages.HUGE);
        requests = memory.address();
        replies = requests + bytes;
        errors = replies + bytes;
        invalid = errors + bytes;
        begins = invalid + bytes;
        final Configuration configuration = configuration();
        engine = new OfflineEngine(configuration, FRAME_BYTES, EngineBench.FRAMES, MappedMemory.Pages.HUGE);
        indexes = new int[] {configuration.portIndex("lan"), configuration.portIndex("wan")};
        for (int i = 0; i < indexes.length; i++) {
            ports[i] = new EchoPort(engine.frames());
            engine.lane().ports.mac(indexes[i], ConnectionFlows.MAC);
            engine.port(indexes[i], ports[i]);
        }
        engine.resolveAtOnce();
        rules = new RuleLoad(engine, "rules", text, null, ipv6, RuleTier.SPECIALIZED, MAX_CONNECTIONS);
        try {
            establish();
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A batch of clients' packets, of connections that are there. */
    void request() {
        process(LAN, requests, made.frameBytes());
    }

    /** A batch of servers' answers. */
    void reply() {
        process(WAN, replies, made.frameBytes());
    }

    /** A batch of errors about clients' packets. */
    void error() {
        process(WAN, errors, made.errorBytes());
    }

    /** A batch of packets that are of no connection, for they are damaged. */
    void spoilt() {
        process(LAN, invalid, made.frameBytes());
    }

    /** A batch of packets that each begin a connection; as many end meanwhile. */
    void begin() {
        for (int i = 0; i < Batch.CAPACITY; i++) {
            made.request(begins + (long) i * EchoFrames.SLOT_BYTES, begun++, TcpLayout.SYN);
        }
        nowNs += BATCH_NS;
        ports[LAN].receive(begins, Batch.CAPACITY, made.frameBytes());
        source = begins;
        take(LAN);
        engine.lane().tend(nowNs);
    }

    /** What became of packets. */
    LaneCounters counters() {
        return engine.lane().counters;
    }

    /** Connections. */
    long connections() {
        return rules.connections().limit().count();
    }

    @Override
    public void close() {
        rules.close();
        engine.close();
        memory.close();
    }

    private void establish() {
        rules.connections().settings().udpTimeout = 1;
        rules.connections().settings().tcpTimeoutSynSent = 1;
        rules.connections().settings().icmpTimeout = 1;
        rules.connections().settings().icmpv6Timeout = 1;
        for (int i = 0; i < flows; i++) {
            made.request(requests + (long) i * EchoFrames.SLOT_BYTES, i, TcpLayout.ACK);
            made.request(invalid + (long) i * EchoFrames.SLOT_BYTES, i, TcpLayout.ACK);
            made.spoil(invalid + (long) i * EchoFrames.SLOT_BYTES);
        }
        begun = flows;
        // Neighbours are resolved by the first packets, which wait for them and so are late.
        all(LAN, requests, 0);
        all(LAN, requests, replies);
        if (!answered) {
            return;
        }
        require(ports[WAN].kept() == flows, "clients' packets that have left", ports[WAN].kept());
        for (int i = 0; i < flows; i++) {
            final long at = replies + (long) i * EchoFrames.SLOT_BYTES;
            made.error(errors + (long) i * EchoFrames.SLOT_BYTES, at);
            made.reply(at, at);
        }
        all(WAN, replies, 0);
        all(WAN, replies, begins);
        require(ports[LAN].kept() == flows, "answers that have left", ports[LAN].kept());
    }

    /** All flows' packets once; copies of what leaves are kept, or not (0). */
    private void all(final int side, final long frames, final long copies) {
        final EchoPort other = ports[side == LAN ? WAN : LAN];
        other.keep(copies);
        for (int done = 0; done < flows; done += Batch.CAPACITY) {
            process(side, frames, made.frameBytes());
            engine.settle(nowNs);
        }
        other.keep(0);
    }

    private void process(final int side, final long frames, final int bytes) {
        if (source != frames) {
            source = frames;
            ports[side].receive(frames, flows, bytes);
        }
        take(side);
    }

    private void take(final int side) {
        Arrays.fill(batch.inPort, indexes[side]);
        batch.nowNs = nowNs;
        batch.count = ports[side].receive(batch, Batch.CAPACITY);
        engine.lane().process(batch);
    }

    private void require(final boolean condition, final String what, final int count) {
        if (!condition) {
            throw new IllegalStateException(what + ": " + count + " of " + flows + "; dropped="
                    + Arrays.toString(engine.lane().counters.dropped) + " connections=" + connections());
        }
    }

    private static int number(final String protocol) {
        return switch (protocol) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "icmp" -> IpProtocol.ICMP;
            default -> throw new IllegalArgumentException("there is no protocol '" + protocol + "'");
        };
    }

    private static Configuration configuration() {
        try (ScratchFolder folder = ScratchFolder.make("jmh")) {
            return new ConfigurationBuilder().file(Files.writeString(folder.path().resolve("jmh.yaml"), FlowNetwork.CONFIGURATION)).build();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
