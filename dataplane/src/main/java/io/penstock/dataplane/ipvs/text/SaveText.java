package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;

/**
 * Prints services and servers as the lines that make them.
 *
 * <p>Differs from ipvsadm 1.31, which forgets thresholds: they are there where a server has some, in words that it reads too.
 */
final class SaveText {

    private final Console console;
    private final HostNames names;

    SaveText(final Console console, final HostNames names) {
        this.console = console;
        this.names = names;
    }

    /** Prints a service and its servers. */
    void print(final ServiceState service) {
        final ServiceKey key = service.key();
        final String name = key.isMark()
                ? "-f " + Integer.toUnsignedString(key.mark()) + (key.family() == IpAddress.V6 ? " -6" : "")
                : Protocols.option(key.protocol()) + " " + names.print(key.address(), key.port(), key.protocol());
        console.print("-A " + name + " -s " + service.spec().scheduler() + properties(key, service.spec()) + "\n");
        for (final ServerState server : ToolOrder.servers(service.servers())) {
            final String serverName = names.print(server.key().address(), server.key().port(), key.protocol());
            console.print("-a " + name + " -r " + serverName + " " + method(key, server) + " -w " + server.spec().weight()
                    + properties(server.spec()) + "\n");
        }
    }

    private static String properties(final ServiceKey key, final ServiceSpec spec) {
        final StringBuilder text = new StringBuilder();
        if (spec.isPersistent()) {
            final String mask = Listing.mask(key, spec);
            text.append(" -p ").append(spec.persistenceSeconds()).append(mask == null ? "" : " -M " + mask);
        }
        text.append(spec.engine() == null ? "" : " --pe " + spec.engine());
        text.append((spec.flags() & ServiceSpec.ONE_PACKET) == 0 ? "" : " -o");
        final String flags = FlagReader.print(spec);
        return text.append(flags.isEmpty() ? "" : " -b " + flags).toString();
    }

    private static String method(final ServiceKey service, final ServerState server) {
        final Forwarding method = server.spec().method();
        if (method != Forwarding.LOCAL) {
            return method.option();
        }
        // Any method leads to this host, but direct routing takes the service's port only.
        final boolean hasPort = service.isMark() || service.port() == server.key().port();
        return (hasPort ? Forwarding.ROUTE : Forwarding.MASQUERADE).option();
    }

    private static String properties(final ServerSpec spec) {
        final StringBuilder text = new StringBuilder();
        if (spec.method() == Forwarding.TUNNEL) {
            final TunnelSpec tunnel = spec.tunnel();
            text.append(" --tun-type ").append(Legality.name(tunnel.kind()));
            text.append(tunnel.kind() == TunnelSpec.Kind.GUE ? " --tun-port " + tunnel.port() : "");
            text.append(tunnel.kind() == TunnelSpec.Kind.IPIP ? "" : switch (tunnel.checksum()) {
                case NONE -> " --tun-nocsum";
                case FULL -> " --tun-csum";
                case REMOTE -> " --tun-remcsum";
            });
        }
        text.append(spec.upper() == 0 ? "" : " -x " + spec.upper());
        return text.append(spec.lower() == 0 ? "" : " -y " + spec.lower()).toString();
    }
}
