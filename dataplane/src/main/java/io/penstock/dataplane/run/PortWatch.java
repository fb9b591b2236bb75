package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.route.Routing;
import io.penstock.dataplane.settings.LiveSettings;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.netlink.Link;
import io.penstock.os.xdp.DeviceChannels;
import io.penstock.os.xdp.XskStatistics;
import java.util.List;
import java.util.Set;

/**
 * What changes about ports while they run: their device's name, MAC address and MTU, the kernel's settings and statistics,
 * their disappearance.
 *
 * <p>Threads: control.
 */
final class PortWatch implements AutoCloseable {

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
    private final LiveSettings settings = new LiveSettings();
    private final String[] deviceNames;

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
        this.deviceNames = new String[ports.size()];
        for (final LivePort port : ports) {
            follow(port, port.config().device());
        }
    }

    private void follow(final LivePort port, final String device) {
        deviceNames[port.device().index()] = device;
        // Through AF_PACKET the kernel must not forward, so its switches cannot say what is wanted.
        settings.port(port.device().index(), device,
                port.isPacketSocket() ? PortTable.FORWARDING4 | PortTable.FORWARDING6 : 0);
    }

    /** True where a frame from a local sender may carry a checksum that is only begun: unless known otherwise. */
    static boolean mayBePartial(final String device) {
        return !COMPLETE_CHECKSUMS.contains(DeviceChannels.driver(device));
    }

    /** A device is new, has changed or is gone. */
    void link(final Link now, final Link before) {
        final int ifindex = now == null ? before.ifindex() : now.ifindex();
        for (final LivePort port : ports) {
            if (port.device().ifindex() == ifindex) {
                if (now == null) {
                    gone(port);
                } else if (before != null) {
                    changed(port, now, before);
                }
            } else if (before == null && now.name().equals(port.config().device()) && port.attachment() == Attachment.NONE) {
                reporter.report("device " + now.name() + " is back: port " + port.config().name()
                        + " carries nothing until the data plane is restarted");
            }
        }
    }

    private void changed(final LivePort port, final Link now, final Link before) {
        final int index = port.device().index();
        if (now.mac() != before.mac()) {
            port.setMac(now.mac());
            namespace.portTable().mac(index, now.mac());
        }
        if (now.mtu() != before.mtu()) {
            namespace.portTable().mtu(index, now.mtu(), now.mtu());
        }
        if (!now.name().equals(before.name())) {
            reporter.report("device " + before.name() + " of port " + port.config().name() + " is called " + now.name()
                    + " now: the port goes on; correct the configuration before the next start");
            follow(port, now.name());
        }
        readSettings();
    }

    /** Looks at what sends no events. */
    void tick() {
        readSettings();
        for (final LivePort port : ports) {
            if (port.attachment() == Attachment.NONE) {
                continue;
            }
            checkPacketSocket(port);
            copyProgramCounters(port);
            for (int worker = 0; worker < workers.size(); worker++) {
                final XskStatistics statistics = port.statistics(worker);
                if (statistics != null) {
                    counterFile.xdpStatistics(worker, port.device().index(), statistics);
                }
            }
        }
    }

    /** The kernel's settings, as they are now. */
    void readSettings() {
        settings.read(namespace.portTable(), namespace.ipSettings());
        for (final LivePort port : ports) {
            final int index = port.device().index();
            namespace.portTable().set(index, PortTable.SOURCE_LOOKUP4, routing.looksSourcesUp4());
            if (settings.mtu6(index) != 0) {
                routing.mtu6(port.device().ifindex(), settings.mtu6(index));
            }
        }
    }

    private void checkPacketSocket(final LivePort port) {
        final int index = port.device().index();
        if (port.isPacketSocket() && (settings.forwards4(index) || settings.forwards6(index))) {
            final String device = deviceNames[index];
            reporter.report("the kernel forwards on " + device + " beside port " + port.config().name()
                    + ", which runs through AF_PACKET: packets leave twice; run 'sysctl -w net.ipv4.conf." + device
                    + ".forwarding=0 net.ipv6.conf.all.forwarding=0'");
        }
    }

    /** What the XDP program counts is gone with it: to be copied before it is detached, too. */
    private void copyProgramCounters(final LivePort port) {
        if (port.program() != null) {
            counterFile.programCounters(port.device().index(), port.program().counters());
        }
    }

    private void gone(final LivePort port) {
        final int index = port.device().index();
        settings.removePort(index);
        reporter.report("device " + deviceNames[index] + " is gone: port " + port.config().name()
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

    @Override
    public void close() {
        settings.close();
    }
}
