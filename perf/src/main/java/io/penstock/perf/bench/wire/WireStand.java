package io.penstock.perf.bench.wire;

import io.penstock.perf.bench.measure.ShutdownHooks;
import java.util.function.Consumer;

/**
 * Penstock and perhaps a peer, each between its own generator and sink, built and warmed, so that they can take turns.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing is left when it is closed, or when the process is told to end before.</li>
 *   <li>Only the device whose turn it is runs: {@link WireRig}s are opened paused.</li>
 * </ol>
 *
 * <p>Threads: one, and the shutdown hook that it registers.
 */
public final class WireStand implements AutoCloseable {

    private final WireRig own;
    private final WireRig peer;
    private final WirePriority priority;
    private final Thread cleanUp;

    private WireStand(final WireSetup setup) {
        final WireNetwork ownNetwork = new WireNetwork("penstock");
        own = new WireRig(ownNetwork,
                new PenstockDevice(ownNetwork.dut(), setup.penstock(), setup.config(), setup.tracking()), setup);
        final WireNetwork peerNetwork = new WireNetwork("peer");
        final WireSetup peers = setup.ofPeer();
        final WireDevice device = setup.peer().device(peerNetwork.dut(), peers.tracking());
        peer = device == null ? null : new WireRig(peerNetwork, device, peers);
        priority = WirePriority.raise();
        cleanUp = Thread.ofPlatform().name("bench-clean-up").unstarted(this::closeDevices);
        Runtime.getRuntime().addShutdownHook(cleanUp);
    }

    /** Builds and warms everything; {@code progress} is told what goes on. */
    public static WireStand open(final WireSetup setup, final WireLoad load, final Consumer<String> progress) {
        final WireStand stand = new WireStand(setup);
        try {
            open(stand.own, load, progress);
            open(stand.peer, load, progress);
            return stand;
        } catch (final RuntimeException e) {
            stand.close();
            throw e;
        }
    }

    /** Penstock. */
    public WireRig own() {
        return own;
    }

    /** The peer, or null. */
    public WireRig peer() {
        return peer;
    }

    /** By the thread that opened it. */
    @Override
    public void close() {
        own.closeTraffic();
        if (peer != null) {
            peer.closeTraffic();
        }
        closeDevices();
        ShutdownHooks.forget(cleanUp);
    }

    private void closeDevices() {
        try (priority; own) {
            if (peer != null) {
                peer.close();
            }
        }
    }

    private static void open(final WireRig rig, final WireLoad load, final Consumer<String> progress) {
        if (rig != null) {
            progress.accept("starting " + rig.name() + " and warming it up");
            rig.open(load);
        }
    }
}
