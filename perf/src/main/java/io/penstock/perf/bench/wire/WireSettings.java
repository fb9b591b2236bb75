package io.penstock.perf.bench.wire;

import io.penstock.perf.wire.ArrivalPattern;
import io.penstock.perf.wire.SizeMix;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code bench wire} was asked for.
 *
 * @param peer          what Penstock is compared with
 * @param flows         UDP flows that take turns
 * @param sizes         of frames, without the frame check sequence
 * @param pattern       of paced runs
 * @param replay        a capture that is sent instead, or null
 * @param replayFactor  what the capture's gaps are multiplied with, or 0 when its times are not kept
 * @param seconds       of one measured run
 * @param warmUpSeconds of traffic before the first one, for both devices alike
 * @param ratePps       frames a second, or 0 for as many as the generator makes
 * @param runs          measured runs of each device
 * @param latency       whether latencies are measured at {@link #LATENCY_LOAD} of the throughput
 * @param config        Penstock's configuration, or null
 * @param tracking      what devices keep of flows
 */
record WireSettings(
        WirePeer peer, int flows, SizeMix sizes, ArrivalPattern pattern, Path replay, double replayFactor, double seconds,
        double warmUpSeconds, long ratePps, int runs, boolean latency, Path config, WireTracking tracking) {

    /** The part of its own throughput at which a device's latency is measured: below saturation, where queues do not grow. */
    static final double LATENCY_LOAD = 0.8;

    /** True when every run has latencies: frames are sent at a rate that was given. */
    boolean paced() {
        return ratePps != 0;
    }

    /** What the peer keeps of flows. */
    WireTracking peerTracking() {
        return peer.tracking(tracking);
    }

    /** Both devices. */
    WireSetup setup(final List<String> penstock) {
        return new WireSetup(peer, tracking, config, warmUpSeconds, penstock);
    }

    /** What is to be sent; closed by the caller. */
    WireLoad load() {
        return replay == null ? new WireLoad(sizes, flows, pattern, null) : WireLoad.replay(replay, replayFactor != 0);
    }

    /** The same at another rate. */
    WireSettings withRatePps(final long value) {
        return new WireSettings(peer, flows, sizes, pattern, replay, replayFactor, seconds, warmUpSeconds, value, runs, latency,
                config, tracking);
    }
}
