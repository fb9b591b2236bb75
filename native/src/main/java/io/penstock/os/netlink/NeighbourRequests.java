package io.penstock.os.netlink;

/**
 * Asks the kernel to resolve neighbours; the answers come as events to {@link RouteMonitor} or {@link KernelMirror}.
 *
 * <p>The kernel does not see Penstock's own packets, so to it these neighbours are idle: one that was resolved by
 * {@link #use} is stale half a minute later and may be forgotten; one under {@link #manage} is probed again and again.
 *
 * <p>Source: rtnetlink(7), ip-neighbour(8) ({@code use}, {@code managed}). Threads: one at a time.
 */
public final class NeighbourRequests implements AutoCloseable {

    private final NetlinkSocket socket = NetlinkSocket.open();

    private NeighbourRequests() {
    }

    /** Opens a socket in the calling thread's namespace. */
    public static NeighbourRequests open() {
        return new NeighbourRequests();
    }

    /**
     * Does what sending a packet to the neighbour would do: resolves it, or confirms it if it is stale. Of a neighbour
     * under {@link #manage} it ends that: the kernel takes the request's flags for the neighbour's. One set by hand
     * (permanent) loses its address until it is resolved. So use neither on one that is not yours.
     */
    public void use(final int ifindex, final IpAddress ip) {
        request(ifindex, ip, Neighbour.NTF_USE, 0, "use");
    }

    /** Has the kernel resolve the neighbour and keep it resolved. */
    public void manage(final int ifindex, final IpAddress ip) {
        request(ifindex, ip, 0, Neighbour.NTF_EXT_MANAGED, "manage");
    }

    /** Ends {@link #manage}: the neighbour ages from now on. */
    public void unmanage(final int ifindex, final IpAddress ip) {
        request(ifindex, ip, Neighbour.NTF_USE, 0, "unmanage");
    }

    @Override
    public void close() {
        socket.close();
    }

    private void request(final int ifindex, final IpAddress ip, final int flags, final int extended, final String what) {
        final NetlinkRequest request = new NetlinkRequest(Rtnl.RTM_NEWNEIGH, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_REPLACE)
                .put8(ip.family()).put8(0).put16(0).put32(ifindex).put16(0).put8(flags).put8(0)
                .attribute(LinkDecoder.NDA_DST, ip);
        if (extended != 0) {
            request.attribute(LinkDecoder.NDA_FLAGS_EXT, extended);
        }
        socket.execute(request, what + "(neighbour=" + ip + ", ifindex=" + ifindex + ')');
    }
}
