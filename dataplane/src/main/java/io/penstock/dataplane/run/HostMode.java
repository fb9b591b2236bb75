package io.penstock.dataplane.run;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.local.HostTraffic;
import io.penstock.os.netlink.Link;
import io.penstock.os.sys.SysException;
import java.util.List;
import java.util.Objects;

/**
 * Decides whether the host's own traffic passes the data plane or stays with the kernel, for all ports alike, and keeps to
 * it while the device that it goes through is there.
 *
 * <p>Threads: control.
 */
final class HostMode implements AutoCloseable {

    private final HostTraffic traffic;
    private final List<LivePort> ports;
    private final Reporter reporter;

    private HostMode(final HostTraffic traffic, final List<LivePort> ports, final Reporter reporter) {
        this.traffic = traffic;
        this.ports = ports;
        this.reporter = reporter;
    }

    /**
     * Decides, and prepares the ports, which are open and do not serve yet.
     *
     * @param links the ports' devices
     * @throws RunException when it must pass the data plane and cannot
     */
    static HostMode decide(
            final Configuration.Local wanted, final List<LivePort> ports, final List<Link> links, final int workers,
            final Reporter reporter) {
        if (wanted == Configuration.Local.KERNEL) {
            return new HostMode(null, ports, reporter);
        }
        final String obstacle =
                ports.stream().map(LivePort::keepsHostTraffic).filter(Objects::nonNull).findFirst().orElse(null);
        if (obstacle != null) {
            return keptByKernel(wanted, obstacle, ports, reporter);
        }
        final HostTraffic traffic;
        try {
            traffic = HostTraffic.open(workers);
        } catch (final SysException e) {
            return keptByKernel(wanted, e.getMessage(), ports, reporter);
        }
        try {
            for (int i = 0; i < ports.size(); i++) {
                ports.get(i).deliver(traffic, links.get(i).mac());
            }
        } catch (final RuntimeException e) {
            traffic.close();
            throw e;
        }
        return new HostMode(traffic, ports, reporter);
    }

    /** The host's traffic, or null when it stays with the kernel. */
    HostTraffic traffic() {
        return traffic;
    }

    /**
     * A device has changed or is gone: perhaps the one that the host's traffic goes through.
     *
     * @return true when that was it, and the workers are to let go of it
     */
    boolean link(final Link now, final Link before) {
        if (traffic != null && before != null && before.ifindex() == traffic.ifindex() && before.up()
                && (now == null || !now.up())) {
            ports.forEach(LivePort::leaveHostTraffic);
            reporter.report("device " + traffic.deviceName() + (now == null ? " is gone" : " is down")
                    + ": the host's own traffic is the kernel's until the data plane is restarted");
            return true;
        }
        return false;
    }

    @Override
    public void close() {
        if (traffic != null) {
            traffic.close();
        }
    }

    private static HostMode keptByKernel(
            final Configuration.Local wanted, final String obstacle, final List<LivePort> ports, final Reporter reporter) {
        if (wanted == Configuration.Local.PENSTOCK) {
            throw new RunException("local: penstock cannot be had: " + obstacle + "; write local: kernel");
        }
        reporter.report("the host's own traffic is left to the kernel, as with local: kernel: " + obstacle);
        return new HostMode(null, ports, reporter);
    }
}
