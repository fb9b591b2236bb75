package io.penstock.perf.bench.wire;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.wire.ArrivalCheck;
import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.Generator;
import io.penstock.perf.wire.Replay;
import io.penstock.perf.wire.SinkReport;
import io.penstock.perf.wire.SizeMix;
import io.penstock.perf.wire.TrafficProfile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What the generator of a {@link WireNetwork} sends, and what of it the sink should see.
 *
 * @param sizes   of frames; of a capture, not looked at
 * @param flows   UDP flows that take turns; of a capture, not looked at
 * @param pattern of paced runs
 * @param replay  a capture that is sent instead, or null; closed with this
 */
public record WireLoad(SizeMix sizes, int flows, ArrivalPattern pattern, Replay replay) implements AutoCloseable {

    /** UDP flows at equal gaps. */
    public static WireLoad of(final SizeMix sizes, final int flows) {
        return new WireLoad(sizes, flows, ArrivalPattern.constant(), null);
    }

    /** A capture, as the device under test is to get it. */
    static WireLoad replay(final Path file, final boolean recorded) {
        final Replay replay;
        try {
            replay = Replay.read(file, WireNetwork.GENERATOR_MAC, WireNetwork.PORT_IN_MAC);
        } catch (final IllegalArgumentException e) {
            throw new BenchException(e.getMessage());
        }
        try {
            return new WireLoad(SizeMix.of(TrafficProfile.MAX_FRAME_BYTES), replay.flows(),
                    recorded ? replay.recordedPattern() : ArrivalPattern.constant(), replay);
        } catch (final IllegalArgumentException e) {
            replay.close();
            throw new BenchException(e.getMessage());
        }
    }

    /** Sends it from the calling thread's namespace. */
    public Generator generator(final WireTracking tracking, final int ifindex) {
        return replay == null ? Generator.open(profile(tracking), pattern, ifindex) : Generator.open(replay, pattern, ifindex);
    }

    /** What a device leaves of it that is so many routers, and translates as told. */
    public ArrivalCheck check(final WireTracking tracking, final int routers) {
        if (replay != null) {
            return ArrivalCheck.of(replay, routers);
        }
        final ArrivalCheck check = ArrivalCheck.of(profile(tracking), routers);
        return switch (tracking) {
            case NONE, TRACKED -> check;
            case SNAT -> check.withSourceTranslated();
            case SERVICE -> check.withDestinationTranslated();
        };
    }

    /** How many of its frames have arrived. */
    public long arrived(final SinkReport report) {
        return replay == null ? report.frames() : report.frames() + report.passed();
    }

    /** Why what has arrived cannot be what was sent, or null. */
    public String mismatch(final long sent, final SinkReport report) {
        if (report.altered() != 0) {
            return "frames were altered on the way: altered=" + report.altered() + " of=" + report.frames() + " what="
                    + report.alterations();
        }
        if (arrived(report) > sent) {
            return "more frames arrived than were sent: sent=" + sent + " arrived=" + arrived(report);
        }
        return replay == null ? sizeMismatch(sent, report) : captureMismatch(sent, report);
    }

    private String sizeMismatch(final long sent, final SinkReport report) {
        for (final Map.Entry<Integer, Long> size : sizes.counts(sent).entrySet()) {
            final long arrived = report.sizes().get(size.getKey());
            if (arrived > size.getValue()) {
                return "more frames of a size arrived than were sent: bytes=" + size.getKey() + " sent=" + size.getValue()
                        + " arrived=" + arrived;
            }
        }
        return null;
    }

    // What is stamped is counted apart from what is not; bytes add up when nothing is missing.
    private String captureMismatch(final long sent, final SinkReport report) {
        final Replay.Counts counts = replay.counts(sent);
        final boolean complete = arrived(report) == sent;
        if (report.frames() > counts.stamped() || report.passed() > counts.others()
                || complete && (report.bytes() != counts.stampedBytes() || report.bytesPassed() != counts.otherBytes())) {
            return "what arrived is not what the capture holds: with a stamp sent=" + counts.stamped() + " bytes="
                    + counts.stampedBytes() + " arrived=" + report.frames() + " bytes=" + report.bytes() + "; without one sent="
                    + counts.others() + " bytes=" + counts.otherBytes() + " arrived=" + report.passed() + " bytes="
                    + report.bytesPassed();
        }
        return null;
    }

    /** For people. */
    String text(final WireTracking tracking) {
        if (replay != null) {
            return String.format(Locale.ROOT, "%s, %,d frames again and again%s", replay.file().getFileName(), replay.size(),
                    replay.leftOut().isEmpty() ? "" : ", left out " + replay.leftOut());
        }
        return String.format(Locale.ROOT, "%,d UDP flows over IPv4%s, frames of %s bytes", flows,
                tracking == WireTracking.NONE ? "" : ", in one direction, " + tracking.text(), sizes);
    }

    /** The fields flows, size, pattern and, of a capture, replay. */
    void write(final Json json) {
        json.field("flows", flows);
        if (replay == null) {
            writeSize(json);
        }
        json.field("pattern", pattern.toString());
        if (replay != null) {
            json.name("replay").object().field("file", replay.file().toString()).field("frames", replay.size())
                    .field("recorded_pps", replay.recordedPps()).name("left_out").object();
            replay.leftOut().forEach((reason, count) -> json.field(reason.toString(), count));
            json.end().end();
        }
    }

    private void writeSize(final Json json) {
        if (sizes.isSingle()) {
            json.field("size", sizes.longest());
        } else {
            json.field("size", FrameSizes.text(sizes, 0)).field("mean_size", sizes.meanBytes());
        }
    }

    @Override
    public void close() {
        if (replay != null) {
            replay.close();
        }
    }

    private TrafficProfile profile(final WireTracking tracking) {
        return TrafficProfile.of(WireNetwork.GENERATOR_MAC, WireNetwork.PORT_IN_MAC, WireNetwork.firstSource(),
                tracking.destination()).withFlows(flows).withSizes(sizes).withDestinationPort(WireNetwork.SERVICE_PORT);
    }
}
