package io.penstock.dataplane.run;

import io.penstock.dataplane.route.NeighbourResolver;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.NeighbourRequests;
import io.penstock.os.sys.SysException;

/** Asks the kernel for neighbours. A refusal is reported and not fatal: the packets that wait time out. */
final class KernelNeighbours implements NeighbourResolver {

    private final NeighbourRequests kernel;
    private final Reporter reporter;

    KernelNeighbours(final NeighbourRequests kernel, final Reporter reporter) {
        this.kernel = kernel;
        this.reporter = reporter;
    }

    @Override
    public void request(final int ifindex, final IpAddress ip) {
        attempt(() -> kernel.use(ifindex, ip));
    }

    @Override
    public void manage(final int ifindex, final IpAddress ip) {
        attempt(() -> kernel.manage(ifindex, ip));
    }

    @Override
    public void unmanage(final int ifindex, final IpAddress ip) {
        attempt(() -> kernel.unmanage(ifindex, ip));
    }

    private void attempt(final Runnable request) {
        try {
            request.run();
        } catch (final SysException e) {
            reporter.report("neighbour: " + e.getMessage());
        }
    }
}
