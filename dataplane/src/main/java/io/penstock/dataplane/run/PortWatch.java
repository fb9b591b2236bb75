package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.route.Routing;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.netlink.Link;
import io.penstock.os.xdp.DeviceChannels;
import io.penstock.os.xdp.XskStatistics;
import java.util.List;
import java.util.Set;

/**
 * What changes about ports while they run: their MAC address, the kernel's forwarding switches and statistics, their
 * disappearance.
 *
 * <p>Threads: control.
 */
final class PortWatch {

    /** Drivers of hardware, which verifies or completes transport checksums before anybody sees the frame. */
    private static final Set<String> COMPLETE_CHECKSUMS =
            Set.of("ixgbe", "ixgbevf", "i40e", "iavf", "ice", "igb", "igc", "e1000e", "mlx5_core", "mlx4_en", "bnxt_en",
                    "ena", "gve", "atlantic", "stmmac", "r8169", "tg3", "nfp", "sfc");

    private final List<LivePort> ports;
    private final Namespace namespace;
    private final Routing routing;
    private final List<Worker> workers;
    private final List<Lane> lanes;
    private final CounterFile counterFile;
    private final Reporter reporter;

    PortWatch(
            final List<LivePort> ports,
            final Namespace namespace,
            final Routing routing,
            final List<Worker> workers,
            final List<Lane> lanes,
            final CounterFile counterFile,
            final Reporter reporter) {
        this.ports = ports;
        this.namespace = namespace;
        this.routing = routing;
        this.workers = workers;
        this.lanes = lanes;
        this.counterFile = counterFile;
        this.reporter = reporter;
    }

    /** True where a frame from a local sender may carry a checksum that is only begun: unless known otherwise. */
    static boolean mayBePartial(final String device) {
        return !COMPLETE_CHECKSUMS.contains(DeviceChannels.driver(device));
    }

    /** A device has changed or is gone. */
    void link(final Link now, final Link before) {
        final int ifindex = now == null ? before.ifindex() : now.ifindex();
        for (final LivePort port : ports) {
            if (port.device().ifindex() == ifindex) {
                if (now == null) {
                    gone(port);
                } else if (before != null && now.mac() != before.mac()) {
                    port.setMac(now.mac());
                    namespace.portTable().mac(port.device().index(), now.mac());
                }
            }
        }
    }

    /** Looks at what sends no events. */
    void tick() {
        for (final LivePort port : ports) {
            if (port.attachment() == Attachment.NONE) {
                continue;
            }
            followForwarding(port);
            copyProgramCounters(port);
            for (int worker = 0; worker < workers.size(); worker++) {
                final XskStatistics statistics = port.statistics(worker);
                if (statistics != null) {
                    counterFile.xdpStatistics(worker, port.device().index(), statistics);
                }
            }
        }
    }

    private void followForwarding(final LivePort port) {
        final String device = port.config().device();
        final boolean ipv4 = ForwardingSysctls.ipv4(device);
        final boolean ipv6 = ForwardingSysctls.ipv6(device);
        final boolean always = port.isPacketSocket();
        if (always && (ipv4 || ipv6)) {
            reporter.report("the kernel forwards on " + device + " beside port " + port.config().name()
                    + ", which runs through AF_PACKET: packets leave twice; run 'sysctl -w net.ipv4.conf." + device
                    + ".forwarding=0 net.ipv6.conf." + device + ".forwarding=0'");
        }
        namespace.portTable().forwarding(port.device().index(), always || ipv4, always || ipv6);
    }

    /** What the XDP program counts is gone with it: to be copied before it is detached, too. */
    private void copyProgramCounters(final LivePort port) {
        if (port.program() != null) {
            counterFile.programCounters(port.device().index(), port.program().counters());
        }
    }

    private void gone(final LivePort port) {
        final int index = port.device().index();
        reporter.report("device " + port.config().device() + " is gone: port " + port.config().name()
                + " carries nothing until the data plane is restarted with a device of that name");
        routing.removePort(port.device().ifindex());
        for (int worker = 0; worker < workers.size(); worker++) {
            final Worker from = workers.get(worker);
            final Lane lane = lanes.get(worker);
            final int own = worker;
            from.proxy().call(() -> {
                lane.removePort(index);
                port.ends().stream().filter(end -> end.worker() == own)
                        .forEach(end -> from.removePort(end.io(), end.pollFd()));
            });
        }
        copyProgramCounters(port);
        port.detach();
        counterFile.portMode(index, Attachment.NONE, CopyMode.NONE, 0, "the device is gone");
    }
}
