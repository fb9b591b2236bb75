package io.penstock.dataplane.settings;

import io.penstock.dataplane.hot.pipeline.PortTable;

/** A port's switches, by its device's settings and those of {@code all}. */
final class Switches {

    /** Those that sysctls decide; the others are somebody else's. */
    static final int DECIDED = PortTable.FORWARDING4 | PortTable.FORWARDING6 | PortTable.RP_FILTER_STRICT
            | PortTable.RP_FILTER_LOOSE | PortTable.ACCEPT_LOCAL | PortTable.ROUTE_LOCALNET | PortTable.SEND_REDIRECTS
            | PortTable.SHARED_MEDIA | PortTable.ACCEPT_SOURCE_ROUTE | PortTable.BC_FORWARDING | PortTable.DISABLE_IPV6
            | PortTable.ROUTER6;

    private static final int LOOSE = 2;

    private Switches() {
    }

    static int of(final long[] all4, final long[] device4, final long[] all6, final long[] device6) {
        final boolean forward6 = all6[Conf6.FORWARDING.ordinal()] != 0 || device6[Conf6.FORCE_FORWARDING.ordinal()] != 0;
        final int rpFilter = Conf4.RP_FILTER.inForce(all4, device4);
        return when(Conf4.FORWARDING, all4, device4, PortTable.FORWARDING4)
                | (forward6 ? PortTable.FORWARDING6 : 0)
                | (rpFilter == 1 ? PortTable.RP_FILTER_STRICT : rpFilter >= LOOSE ? PortTable.RP_FILTER_LOOSE : 0)
                | when(Conf4.ACCEPT_LOCAL, all4, device4, PortTable.ACCEPT_LOCAL)
                | when(Conf4.ROUTE_LOCALNET, all4, device4, PortTable.ROUTE_LOCALNET)
                | when(Conf4.SEND_REDIRECTS, all4, device4, PortTable.SEND_REDIRECTS)
                | when(Conf4.SHARED_MEDIA, all4, device4, PortTable.SHARED_MEDIA)
                | when(Conf4.ACCEPT_SOURCE_ROUTE, all4, device4, PortTable.ACCEPT_SOURCE_ROUTE)
                | when(Conf4.BC_FORWARDING, all4, device4, PortTable.BC_FORWARDING)
                | (device6[Conf6.FORWARDING.ordinal()] != 0 ? PortTable.ROUTER6 : 0)
                | (device6[Conf6.DISABLE_IPV6.ordinal()] != 0 ? PortTable.DISABLE_IPV6 : 0);
    }

    /** Changes what sysctls decide of a port's switches, and leaves the rest; true if something changed. */
    static boolean write(final PortTable ports, final int port, final int decided) {
        final int before = ports.flags(port);
        final int now = before & ~DECIDED | decided;
        if (now != before) {
            ports.flags(port, now);
        }
        return now != before;
    }

    private static int when(final Conf4 conf, final long[] all, final long[] device, final int bit) {
        return conf.inForce(all, device) != 0 ? bit : 0;
    }
}
