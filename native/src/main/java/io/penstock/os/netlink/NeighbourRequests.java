package io.penstock.os.netlink;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;

/**
 * Asks the kernel to resolve neighbours; the answers come as events to {@link RouteMonitor} or {@link KernelMirror}.
 *
 * <p>The kernel does not see Penstock's own packets, so to it these neighbours are idle: one that was resolved by
 * {@link #use} is stale half a minute later and may be forgotten; one under {@link #manage} is probed again and again.
 *
 * <p>The kernel takes the flags of a request for the neighbour's. So each request repeats those that the neighbour has by others.
 *
 * <p>Source: rtnetlink(7), ip-neighbour(8) ({@code use}, {@code managed}). Threads: one at a time.
 */
public final class NeighbourRequests implements AutoCloseable {

    private static final int MANAGED = Neighbour.NTF_EXT_MANAGED << Neighbour.EXTENDED_SHIFT;

    private final NetlinkSocket socket = NetlinkSocket.open();

    private NeighbourRequests() {
    }

    /** Opens a socket in the calling thread's namespace. */
    public static NeighbourRequests open() {
        return new NeighbourRequests();
    }

    /**
     * Does what sending a packet to the neighbour would do: resolves it, or confirms it if it is stale. One set by hand
     * (permanent) loses its address until it is resolved: so do not use it on that.
     *
     * @param known the neighbour as the kernel told it last, or null: what others set on it (managed, learned elsewhere, validated
     *              elsewhere) is kept; with null, it ends
     */
    public void use(final int ifindex, final IpAddress ip, final Neighbour known) {
        request(ifindex, ip, Neighbour.NTF_USE, settings(known), "use");
    }

    /** Has the kernel resolve the neighbour and keep it resolved; {@code known} as for {@link #use}. */
    public void manage(final int ifindex, final IpAddress ip, final Neighbour known) {
        request(ifindex, ip, MANAGED, settings(known) & ~MANAGED, "manage");
    }

    /** Ends {@link #manage}: the neighbour ages from now on; {@code known} as for {@link #use}. */
    public void unmanage(final int ifindex, final IpAddress ip, final Neighbour known) {
        request(ifindex, ip, Neighbour.NTF_USE, settings(known) & ~MANAGED, "unmanage");
    }

    @Override
    public void close() {
        socket.close();
    }

    private static int settings(final Neighbour known) {
        return known == null ? 0 : known.settings();
    }

    /**
     * Makes a request for a neighbour with the settings that it has. If it is gone meanwhile, it is not set up with them
     * again: that is for those who took it away.
     */
    private void request(final int ifindex, final IpAddress ip, final int flags, final int settings, final String what) {
        if (settings != 0) {
            try {
                send(Rtnl.NLM_F_REPLACE, ifindex, ip, flags | settings, what);
                return;
            } catch (final SysException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        send(Rtnl.NLM_F_CREATE | Rtnl.NLM_F_REPLACE, ifindex, ip, flags, what);
    }

    private void send(final int how, final int ifindex, final IpAddress ip, final int flags, final String what) {
        final NetlinkRequest request = new NetlinkRequest(Rtnl.RTM_NEWNEIGH, how)
                .put8(ip.family()).put8(0).put16(0).put32(ifindex).put16(0).put8(flags & 0xFF).put8(0)
                .attribute(LinkDecoder.NDA_DST, ip);
        final int extended = flags >>> Neighbour.EXTENDED_SHIFT;
        if (extended != 0) {
            request.attribute(LinkDecoder.NDA_FLAGS_EXT, extended);
        }
        socket.execute(request, what + "(neighbour=" + ip + ", ifindex=" + ifindex + ')');
    }
}
