package io.penstock.dataplane.run;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.route.Routing;
import io.penstock.dataplane.route.RoutingPort;
import io.penstock.dataplane.settings.LiveSettings;
import io.penstock.os.netlink.Link;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.DeviceChannels;
import io.penstock.os.xdp.XskException;
import io.penstock.os.xdp.XskStatistics;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

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
    private final PortWiring wiring;
    private final Supplier<Collection<Link>> links;
    private final int workers;
    private final Runnable devicesChanged;
    private final CounterFile counterFile;
    private final Reporter reporter;
    private final LiveSettings settings = new LiveSettings();
    private final String[] deviceNames;
    /** By port; null where the device is there. */
    private final List<Absence> absences = new ArrayList<>();

    /**
     * Begins with all devices there.
     *
     * @param links the devices that there are at a time
     */
    PortWatch(
            final List<LivePort> ports,
            final Namespace namespace,
            final Routing routing,
            final PortWiring wiring,
            final Supplier<Collection<Link>> links,
            final int workers,
            final Runnable devicesChanged,
            final CounterFile counterFile,
            final Reporter reporter) {
        this.ports = ports;
        this.namespace = namespace;
        this.routing = routing;
        this.wiring = wiring;
        this.links = links;
        this.workers = workers;
        this.devicesChanged = devicesChanged;
        this.counterFile = counterFile;
        this.reporter = reporter;
        this.deviceNames = new String[ports.size()];
        for (final LivePort port : ports) {
            follow(port, port.config().device());
            absences.add(null);
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
            final Absence absence = absence(port);
            if (absence != null) {
                if (now != null) {
                    absence.changed(now, before);
                    tryAgain(port, absence, now);
                }
            } else if (port.device().ifindex() == ifindex) {
                if (now == null) {
                    gone(port);
                } else if (before != null) {
                    changed(port, now, before);
                }
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
            follow(port, now.name());
            rename(port, now.name());
            reporter.report("device " + before.name() + " of port " + port.config().name() + " is called " + now.name()
                    + " now: the port goes on; correct the configuration before the next start");
        }
        readSettings();
    }

    private void rename(final LivePort port, final String name) {
        wiring.rename(port, name);
        namespace.device(port.device());
        try {
            devicesChanged.run();
        } catch (final HookException | SysException e) {
            reporter.report("hooks and rules by device go on as before device " + name + " was called so: " + e.getMessage());
        }
    }

    /** Looks at what sends no events. */
    void tick() {
        readSettings();
        for (final LivePort port : ports) {
            if (absence(port) != null) {
                // What stood in a device's way may have ended, or it was there before the port had lost the other.
                tryAgain(port);
                continue;
            }
            checkPacketSocket(port);
            copyProgramCounters(port);
            for (int worker = 0; worker < workers; worker++) {
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

    private void copyProgramCounters(final LivePort port) {
        counterFile.programCounters(port.device().index(), port.counters());
    }

    private Absence absence(final LivePort port) {
        return absences.get(port.device().index());
    }

    private void gone(final LivePort port) {
        final int index = port.device().index();
        settings.removePort(index);
        reporter.report("device " + deviceNames[index] + " is gone: port " + port.config().name()
                + " carries nothing until a device called " + port.config().device() + " is there and up");
        routing.removePort(port.device().ifindex());
        absences.set(index, new Absence(port.ends()));
        wiring.lose(port);
        copyProgramCounters(port);
        counterFile.portMode(index, Attachment.NONE, CopyMode.NONE, 0, "the device is gone");
    }

    private void tryAgain(final LivePort port) {
        for (final Link link : links.get()) {
            final Absence absence = absence(port);
            if (absence != null) {
                tryAgain(port, absence, link);
            }
        }
    }

    private void tryAgain(final LivePort port, final Absence absence, final Link link) {
        if (link.up() && link.name().equals(port.config().device()) && !isServed(link) && absence.mayTry(link, System.nanoTime())) {
            back(port, absence, link);
        }
    }

    /** A port keeps its device when that is renamed, and may be called as another port's was. */
    private boolean isServed(final Link link) {
        return ports.stream().anyMatch(port -> absence(port) == null && port.device().ifindex() == link.ifindex());
    }

    private void back(final LivePort port, final Absence absence, final Link link) {
        final int index = port.device().index();
        final long begunNs = System.nanoTime();
        try {
            wiring.reopen(port, link, absence.ends());
            goOn(port, link);
            port.serve();
        } catch (final RunException | XskException | SysException | UncheckedIOException | HookException e) {
            refused(port, absence, link, begunNs, e.getMessage());
            return;
        }
        absences.set(index, null);
        port.notes().forEach(reporter::report);
        counterFile.portMode(index, port.attachment(), port.copy(), port.ends().size(), port.why());
        reporter.report("device " + link.name() + " is back: port " + port.config().name() + " is served again");
    }

    private void goOn(final LivePort port, final Link link) {
        final int index = port.device().index();
        namespace.device(port.device());
        namespace.portTable().mac(index, link.mac());
        namespace.portTable().mtu(index, link.mtu(), link.mtu());
        namespace.portTable().partialChecksums(index, mayBePartial(link.name()));
        routing.addPort(new RoutingPort(index, link.ifindex(), link.name(), link.mac(), link.mtu()));
        follow(port, link.name());
        readSettings();
        devicesChanged.run();
    }

    /** The device is the kernel's again, which may have taken it away meanwhile. */
    private void refused(final LivePort port, final Absence absence, final Link link, final long begunNs, final String why) {
        final boolean isOpen = !port.ends().isEmpty();
        if (isOpen) {
            settings.removePort(port.device().index());
            routing.removePort(link.ifindex());
            absence.spent(link, port.ends());
            wiring.lose(port);
            copyProgramCounters(port);
        } else {
            absence.refused(link, begunNs, System.nanoTime());
        }
        final String message = "device " + link.name() + " is back, and port " + port.config().name() + " cannot be served by it: "
                + why + (isOpen ? "; then put the device down and up, which has it tried again" : "");
        if (absence.isNews(message)) {
            reporter.report(message);
        }
    }

    @Override
    public void close() {
        settings.close();
    }
}
