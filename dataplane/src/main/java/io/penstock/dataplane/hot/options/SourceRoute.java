package io.penstock.dataplane.hot.options;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;

/**
 * Follows a source route on receipt, where the port accepts them.
 *
 * <p>A loose route that leads past this host is left alone. A strict one must not: it names every hop. Where the packet is
 * addressed to this host, the next address of the route becomes its destination, and the packet is routed again;
 * addresses of this host's own are skipped. {@link OptionsForward} writes the destination when the packet leaves.
 *
 * <p>Source: RFC 791, 3.1; RFC 1812, 5.2.4.1; net/ipv4/ip_options.c ip_options_rcv_srr.
 */
public final class SourceRoute {

    /** Where the header's destination is, at which a strict route that leads past this host is wrong. */
    private static final int DESTINATION_POINTER = Ipv4Layout.DESTINATION;
    private static final int LAST_OF_SLOT = Ipv4OptionLayout.SLOT_BYTES - 1;

    private SourceRoute() {
    }

    /**
     * Follows the source route of a packet that has one.
     *
     * @param routeKind where the packet's own route leads: {@link OptionHost#LOCAL}, {@link OptionHost#UNICAST} or
     *                  {@link OptionHost#OTHER}
     * @return the state that the packet has now; with a problem or refused, the packet is to be dropped
     */
    public static long receive(final long ip, final long state, final int routeKind, final OptionHost host) {
        if (routeKind == OptionHost.UNICAST) {
            return OptionState.isStrict(state) ? OptionState.problem(state, DESTINATION_POINTER) : state;
        }
        if (routeKind != OptionHost.LOCAL) {
            return OptionState.refused(state);
        }
        final int at = OptionState.sourceRoute(state);
        final long option = ip + at;
        final int length = Ipv4OptionLayout.length(option);
        long changed = state;
        for (int pointer = Ipv4OptionLayout.pointer(option); pointer <= length; pointer += Ipv4OptionLayout.SLOT_BYTES) {
            if (pointer + LAST_OF_SLOT > length) {
                return OptionState.problem(changed, at + Ipv4OptionLayout.POINTER);
            }
            final int nextHop = Ipv4OptionLayout.slot(option, pointer);
            final int kind = host.route(nextHop);
            if (kind == OptionHost.UNICAST) {
                return OptionState.withNextHop(changed, nextHop);
            }
            if (kind != OptionHost.LOCAL) {
                return OptionState.refused(changed);
            }
            Ipv4Layout.setDestination(ip, nextHop);
            changed |= OptionState.CHANGED;
        }
        return changed;
    }
}
