package io.penstock.perf.bench;

import java.nio.file.Path;

/**
 * What {@code bench wire} was asked for.
 *
 * @param peer          what Penstock is compared with
 * @param flows         UDP flows that take turns
 * @param frameBytes    without the frame check sequence
 * @param seconds       of one measured run
 * @param warmUpSeconds of traffic before the first one, for both devices alike
 * @param ratePps       frames a second, or 0 for as many as the generator makes
 * @param runs          measured runs of each device
 * @param latency       whether latencies are measured at {@link #LATENCY_LOAD} of the throughput
 * @param config        Penstock's configuration, or null
 * @param tracking      what devices keep of flows
 */
record WireSettings(
        Peer peer, int flows, int frameBytes, double seconds, double warmUpSeconds, long ratePps, int runs, boolean latency,
        Path config, WireTracking tracking) {

    /** The part of its own throughput at which a device's latency is measured: below saturation, where queues do not grow. */
    static final double LATENCY_LOAD = 0.8;

    /** What Penstock can be compared with. */
    enum Peer { NONE, TESTPMD, KERNEL, OVS }

    /** True when every run has latencies: frames are sent at a rate that was given. */
    boolean paced() {
        return ratePps != 0;
    }
}
