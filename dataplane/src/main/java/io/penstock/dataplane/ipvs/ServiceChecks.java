package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import io.penstock.os.netlink.IpAddress;
import java.util.stream.Stream;

/** What cannot be served is refused, in the kernel's order. Source: ip_vs_ctl.c, {@code ip_vs_add_service}, {@code ip_vs_add_dest}. Threads: any. */
public final class ServiceChecks {

    private static final long MOST_THRESHOLD = Integer.MAX_VALUE;
    private static final int BITS_V6 = 128;

    private ServiceChecks() {
    }

    /** A service may be so: its scheduler, null for none. */
    static SchedulerKind service(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        final SchedulerKind kind = SchedulerKind.of(spec.scheduler());
        if (kind == null && !spec.scheduler().equals("none")) {
            throw new ServiceProblem(ServiceProblem.Kind.NO_ENTRY,
                    "there is no scheduler '" + spec.scheduler() + "'; there are " + String.join(" ", SchedulerKind.names()));
        }
        if (kind == SchedulerKind.MAGLEV && (spec.flags() & (ServiceSpec.SCHEDULER_1 | ServiceSpec.SCHEDULER_2 | ServiceSpec.SCHEDULER_3)) != 0) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                    "maglev has no flags: it goes by addresses and ports, and past servers that are full; leave out -b");
        }
        if (spec.engine() != null && !spec.engine().isEmpty()) {
            throw new ServiceProblem(ServiceProblem.Kind.NO_ENTRY,
                    "there is no persistence engine '" + spec.engine() + "': clients are told apart by their addresses; leave out --pe");
        }
        if (key.family() == IpAddress.V6 && (spec.maskBits() < 1 || spec.maskBits() > BITS_V6)) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "a prefix of IPv6 addresses has 1 to 128 bits: length=" + spec.maskBits());
        }
        return kind;
    }

    /** A service may be so with servers that are reached so. */
    static void ways(final ServiceSpec spec, final Stream<Forwarding> ways) throws ServiceProblem {
        if ((spec.flags() & ServiceSpec.ONE_PACKET) != 0 && ways.anyMatch(way -> way == Forwarding.FULL)) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "it has a server that is reached by --fullnat, whose answers find their client by a"
                    + " connection, and --ops keeps none; remove the server first, or reach it by -m, -g or -i");
        }
    }

    /**
     * A server may be so.
     *
     * @param of        what its service is
     * @param hasSource whether there is an address of its family to send from, for {@link Forwarding#FULL}
     */
    static void server(final ServiceKey key, final ServiceSpec of, final ServerKey name, final ServerSpec spec, final boolean hasSource)
            throws ServiceProblem {
        if (spec.weight() < 0) {
            throw new ServiceProblem(ServiceProblem.Kind.RANGE, "a weight is not below 0: weight=" + spec.weight());
        }
        if (spec.lower() > spec.upper()) {
            throw new ServiceProblem(ServiceProblem.Kind.RANGE,
                    "the lower threshold is above the upper one: lower=" + spec.lower() + " upper=" + spec.upper());
        }
        if (spec.upper() > MOST_THRESHOLD) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "a threshold is at most 2147483647: upper=" + spec.upper());
        }
        if (spec.tunnel().kind() == TunnelSpec.Kind.GUE && spec.tunnel().port() == 0) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "GUE needs the port that it goes to; say --tun-port");
        }
        if (name.address().family() != key.family() && spec.method() != Forwarding.TUNNEL) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                    "a server of the other family is reached by a tunnel alone: server=" + name.address() + "; say -i");
        }
        if (isNobody(name.address())) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, "that is no host's address: server=" + name.address());
        }
        if (spec.method() == Forwarding.FULL && !hasSource) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                    "no address of this host is there to send from; set " + ServiceRegistry.SOURCES + " first");
        }
        way(of, spec.method());
    }

    /** A server of a service may be reached so. */
    public static void way(final ServiceSpec of, final Forwarding way) throws ServiceProblem {
        if (way == Forwarding.FULL && (of.flags() & ServiceSpec.ONE_PACKET) != 0) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                    "answers of a server that is reached by --fullnat find their client by a connection, and the service keeps none;"
                    + " say -m, -g or -i, or edit the service without --ops first");
        }
    }

    private static boolean isNobody(final IpAddress address) {
        return address.isAny() || address.isMulticast() || address.family() == IpAddress.V4 && address.toInt() == -1
                || address.family() == IpAddress.V6 && address.isLinkLocal();
    }
}
