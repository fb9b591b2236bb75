package io.penstock.dataplane.run;

import io.penstock.dataplane.route.NeighbourResolver;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Neighbour;
import io.penstock.os.netlink.NeighbourRequests;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.util.HashSet;
import java.util.Set;

/**
 * Asks the kernel for neighbours. A refusal is reported and not fatal: the packets that wait time out.
 *
 * <p>A neighbour that the kernel is to keep resolved is asked for by saying so again: NTF_USE alone would end that (observed
 * on Linux 6.18), and the kernel may not have told yet that it does.
 */
final class KernelNeighbours implements NeighbourResolver {

    private final NeighbourRequests kernel;
    private final Reporter reporter;
    private final Set<Managed> managed = new HashSet<>();

    KernelNeighbours(final NeighbourRequests kernel, final Reporter reporter) {
        this.kernel = kernel;
        this.reporter = reporter;
    }

    @Override
    public void request(final int ifindex, final IpAddress ip, final Neighbour known) {
        if (managed.contains(new Managed(ifindex, ip))) {
            attempt(() -> kernel.manage(ifindex, ip, known));
        } else {
            attempt(() -> kernel.use(ifindex, ip, known));
        }
    }

    @Override
    public void manage(final int ifindex, final IpAddress ip, final Neighbour known) {
        managed.add(new Managed(ifindex, ip));
        attempt(() -> kernel.manage(ifindex, ip, known));
    }

    @Override
    public void unmanage(final int ifindex, final IpAddress ip, final Neighbour known) {
        managed.remove(new Managed(ifindex, ip));
        attempt(() -> kernel.unmanage(ifindex, ip, known));
    }

    private void attempt(final Runnable request) {
        try {
            request.run();
        } catch (final SysException e) {
            // Without the address: a sweep over absent hosts would fill the log.
            reporter.report("the kernel refuses neighbours: " + Errno.name(e.errno()) + "; what waits for them is dropped "
                    + "(neighbour_failed); with ENOBUFS run 'sysctl -w net.ipv4.neigh.default.gc_thresh3=65536' or the same for "
                    + "net.ipv6");
        }
    }

    private record Managed(int ifindex, IpAddress ip) {
    }
}
