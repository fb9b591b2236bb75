package io.penstock.dataplane.replay;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.StatJson;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.pcap.PcapMerge;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.os.sys.MappedMemory;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs captures through the engine, packet by packet.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Packets are judged in order of time, equal times in the order of the inputs; each is done with, neighbours and
 *       packets that came back included, before the next one starts.</li>
 *   <li>The clock shows packets' times only. What waits for a time gets it on the way there, not at the next packet.</li>
 *   <li>When the inputs end, packets that wait for a neighbour wait to their end: every packet has a verdict.</li>
 *   <li>The same inputs, configuration and hooks make the same files, byte by byte.</li>
 * </ol>
 *
 * <p>Threads: the caller's.
 */
public final class Replay {

    /**
     * Bytes of a frame. The longest packet that a capture can hold, a header in front of it and the headroom fit; only the
     * pages that packets touch take memory.
     */
    private static final int FRAME_BYTES = 2 * PcapReader.MAX_PACKET_BYTES;

    /** Frames beyond those that can be parked. */
    private static final int FRAMES = Lane.PARKING_PLACES + 2 * Batch.CAPACITY;

    /** Steps of the clock while packets wait. Unit: ns; as often as the lane looks at those that wait. */
    private static final long STEP_NS = Lane.NEIGHBOUR_WAIT_NS / 30;

    /** The first time that captures cannot hold: seconds are 32 bits. */
    private static final long END_OF_TIME_NS = (1L << 32) * 1_000_000_000L;

    private static final int NANOSECOND_DIGITS = 9;

    private final List<ReplayInput> inputs;
    private final int[] inPorts;
    private final PcapMerge captures;
    private final OfflineEngine engine;
    private final Lane lane;
    private final CapturePort[] ports;
    private final CapturePort host;
    private final VirtualClock clock;
    private final VerdictLog verdicts;
    private final PacketLog log;
    private final int batchPackets;
    private final Batch batch = new Batch();
    private int batchPort = -1;

    private Replay(
            final Configuration configuration,
            final List<ReplayInput> inputs,
            final PcapMerge captures,
            final OfflineEngine engine,
            final ReplayOutputs outputs,
            final int batchPackets) {
        this.inputs = inputs;
        this.inPorts = inputs.stream().mapToInt(input -> indexOf(configuration, input)).toArray();
        this.captures = captures;
        this.engine = engine;
        this.batchPackets = batchPackets;
        lane = engine.lane();
        clock = new VirtualClock();
        ports = new CapturePort[configuration.ports().size()];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new CapturePort(engine.frames(), clock, outputs.port(i), engine.mac(i));
            engine.port(i, ports[i]);
        }
        host = new CapturePort(engine.frames(), clock, outputs.local(), CapturePort.UNKNOWN_MAC);
        lane.local(host);
        verdicts = new VerdictLog(outputs.verdicts(), names(configuration));
        log = outputs.log(lane.packetLog);
        lane.observeUnparked((b, slot) -> verdicts.ended(b, slot, engine.chunkOf(b.frame[slot])));
    }

    /** Replays without hooks, until the last packet. */
    public static ReplaySummary run(final Configuration configuration, final List<ReplayInput> inputs, final Path out) {
        return run(configuration, inputs, out, null, hooks -> { });
    }

    /**
     * Replays.
     *
     * @param inputs in the order in which packets of equal time come
     * @param out    the folder for the results, made where there is none
     * @param until  the time to which the clock runs on when the packets are over, in seconds since 1970; a time before the
     *     first packet's counts from that; null for no further
     * @param hooks  registers hook functions before the first packet
     * @throws ReplayException when it cannot be
     * @throws PcapException   when a capture cannot be read to its end, or written
     */
    public static ReplaySummary run(
            final Configuration configuration,
            final List<ReplayInput> inputs,
            final Path out,
            final BigDecimal until,
            final HookModule hooks) {
        return run(configuration, inputs, out, until, hooks, 1);
    }

    /** The same with batches of several packets where they share port and time. */
    static ReplaySummary run(
            final Configuration configuration,
            final List<ReplayInput> inputs,
            final Path out,
            final BigDecimal until,
            final HookModule hooks,
            final int batchPackets) {
        inputs.forEach(input -> indexOf(configuration, input));
        final long untilNs = nanoseconds(until);
        try (PcapMerge captures = open(inputs);
                OfflineEngine engine =
                        new OfflineEngine(configuration, FRAME_BYTES, FRAMES, MappedMemory.Pages.NORMAL, ProgramKind.COMPILED,
                                captures.startNs())) {
            hooks.register(engine.hooks());
            try (ReplayOutputs outputs = ReplayOutputs.create(out, configuration, inputs)) {
                final Replay replay = new Replay(configuration, inputs, captures, engine, outputs, batchPackets);
                replay.packets();
                replay.end(untilNs);
                final ReplaySummary summary = replay.summary(configuration.ports());
                outputs.rules(engine.tables(), replay.clock.nowNs());
                outputs.sets(engine.tables());
                outputs.services(engine.tables().services());
                outputs.connections(engine.tables().rules().connections().store(), replay.clock.nowNs());
                outputs.complete(StatJson.counts(summary.counters()));
                return summary;
            }
        }
    }

    private void packets() {
        int input = captures.next();
        while (input >= 0) {
            final PcapReader packet = captures.reader();
            final int port = inPorts[input];
            if (port != batchPort || packet.timestampNs() > clock.nowNs()) {
                judge();
            }
            advance(timeOf(packet, input));
            end(port).offer(packet);
            batchPort = port;
            batch.count++;
            if (batch.count == batchPackets) {
                // Before the next packet is looked for: the capture may break off there.
                judge();
            }
            input = captures.next();
        }
        judge();
    }

    private void judge() {
        if (batch.count == 0) {
            return;
        }
        batch.count = end(batchPort).receive(batch, Batch.CAPACITY);
        batch.nowNs = clock.nowNs();
        Arrays.fill(batch.inPort, 0, batch.count, batchPort);
        Arrays.fill(batch.outPort, 0, batch.count, Batch.NO_PORT);
        Arrays.fill(batch.mark, 0, batch.count, 0);
        Arrays.fill(batch.uid, 0, batch.count, -1);
        if (batchPort == Batch.FROM_HOST) {
            lane.processOutput(batch);
        } else {
            lane.process(batch);
        }
        for (int slot = 0; slot < batch.count; slot++) {
            verdicts.add(batch, slot, engine.chunkOf(batch.frame[slot]));
        }
        batch.count = 0;
        engine.settle(clock.nowNs());
        log.drain();
    }

    private void end(final long untilNs) {
        if (untilNs >= 0) {
            advance(untilNs < clock.startNs() ? clock.startNs() + untilNs : untilNs);
        }
        if (verdicts.isWaiting()) {
            advance(clock.nowNs() + Lane.NEIGHBOUR_WAIT_NS + STEP_NS);
        }
        // What is told of the end is as of its time.
        if (clock.isStarted()) {
            engine.settle(clock.nowNs());
            log.drain();
        }
    }

    /** Moves the clock on, in steps while something may wait for a time on the way. */
    private void advance(final long toNs) {
        if (clock.isStarted()) {
            final long waitsEndNs = Math.min(toNs, clock.nowNs() + Lane.NEIGHBOUR_WAIT_NS + STEP_NS);
            while (lane.parkedCount() != 0 && clock.nowNs() < waitsEndNs) {
                clock.reach(Math.min(clock.nowNs() + STEP_NS, waitsEndNs));
                engine.settle(clock.nowNs());
                log.drain();
            }
        }
        clock.reach(toNs);
    }

    private long timeOf(final PcapReader packet, final int input) {
        if (packet.timestampNs() >= END_OF_TIME_NS) {
            throw new ReplayException(ExitCode.FAILED, inputs.get(input).capture() + ": a packet's time is past what captures "
                    + "can hold: seconds=" + packet.timestampNs() / 1_000_000_000L + " limit=" + (1L << 32)
                    + "; correct the times with 'editcap -t'");
        }
        return packet.timestampNs();
    }

    private CapturePort end(final int port) {
        return port == Batch.FROM_HOST ? host : ports[port];
    }

    private ReplaySummary summary(final List<PortConfig> portConfigs) {
        final List<String> notes = new ArrayList<>(engine.notes());
        if (lane.lastException() != null) {
            notes.add("hook functions threw, their packets were dropped (hook_exception): exceptions="
                    + lane.counters.hookExceptions + ", the last one " + lane.lastException());
        }
        return new ReplaySummary(verdicts.packets(), verdicts.counts(), clock.startNs(), clock.nowNs(),
                ReplayCounters.of(lane, portConfigs, ports, engine.tables().rules().connections().limit().count()), notes);
    }

    private static PcapMerge open(final List<ReplayInput> inputs) {
        final List<PcapReader> readers = new ArrayList<>();
        try {
            inputs.forEach(input -> readers.add(PcapReader.open(input.capture())));
            return new PcapMerge(readers);
        } catch (final PcapException e) {
            readers.forEach(PcapReader::close);
            throw e;
        }
    }

    private static int indexOf(final Configuration configuration, final ReplayInput input) {
        if (input.port().equals(ReplayInput.LOCAL)) {
            return Batch.FROM_HOST;
        }
        final int index = configuration.portIndex(input.port());
        if (index < 0) {
            throw new ReplayException(ExitCode.USAGE, "--in " + input.port() + '=' + input.capture()
                    + ": there is no port of that name; ports are " + String.join(", ", names(configuration))
                    + ", and local for what the host itself sends");
        }
        return index;
    }

    private static List<String> names(final Configuration configuration) {
        return configuration.ports().stream().map(PortConfig::name).toList();
    }

    private static long nanoseconds(final BigDecimal seconds) {
        if (seconds == null) {
            return -1;
        }
        if (seconds.signum() < 0 || seconds.compareTo(BigDecimal.valueOf(1L << 32)) >= 0) {
            throw new ReplayException(ExitCode.USAGE,
                    "--until=" + seconds + " is no time; give seconds from 0 to below " + (1L << 32));
        }
        return seconds.movePointRight(NANOSECOND_DIGITS).longValue();
    }
}
