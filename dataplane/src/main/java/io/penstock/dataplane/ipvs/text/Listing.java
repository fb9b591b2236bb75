package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.text.AddressText;
import java.util.List;
import java.util.Set;

/**
 * Prints services and their servers in one of six ways: where several are asked for, the first in the order of {@link View} is taken.
 *
 * <p>Differs from ipvsadm 1.31: marks of 2^31 and more are not negative; {@code flag-3} of sh and mh is shown; counts of servers are whole,
 * of which that shows the low 32 bits.
 */
final class Listing {

    private static final int SERVICE_WIDTH = 33;
    private static final int SERVER_WIDTH = 28;
    private static final String SERVERS = "  -> RemoteAddress:Port";
    private static final String SERVICES = "Prot LocalAddress:Port";
    private static final String WITH_SCHEDULER = SERVICES + " Scheduler Flags\n";

    private final Console console;
    private final HostNames names;
    private final boolean isSorted;
    private final boolean isExact;
    private final View view;

    Listing(final Console console, final HostNames names, final Set<Option> options) {
        this.console = console;
        this.names = names;
        this.isSorted = !options.contains(Option.NOSORT);
        this.isExact = options.contains(Option.EXACT);
        this.view = View.of(options);
    }

    private enum View {
        STATS(Option.STATS, counts("   Conns   InPkts  OutPkts  InBytes OutBytes")),
        RATE(Option.RATE, counts("     CPS    InPPS   OutPPS    InBPS   OutBPS")),
        THRESHOLDS(Option.THRESHOLDS, counts("Uthreshold Lthreshold ActiveConn InActConn ")),
        PERSISTENT_CONN(Option.PERSISTENT_CONN, counts("Weight    PersistConn ActiveConn InActConn ")),
        TUN_INFO(Option.TUN_INFO, WITH_SCHEDULER + SERVERS + "           Forward TunnelInfo    Weight ActiveConn InActConn\n"),
        PLAIN(null, WITH_SCHEDULER + SERVERS + "           Forward Weight ActiveConn InActConn\n");

        private final Option option;
        private final String title;

        View(final Option option, final String title) {
            this.option = option;
            this.title = title;
        }

        private static String counts(final String columns) {
            return Columns.left(SERVICES, SERVICE_WIDTH) + " " + columns + "\n" + SERVERS + "\n";
        }

        private static View of(final Set<Option> options) {
            for (final View view : values()) {
                if (view.option == null || options.contains(view.option)) {
                    return view;
                }
            }
            throw new AssertionError();
        }
    }

    /** Prints the columns' titles. */
    void title() {
        console.print(view.title);
    }

    /** Prints a service and its servers. */
    void print(final ServiceState service) {
        final String name = name(service.key());
        console.print(switch (view) {
            case STATS -> Columns.left(name, SERVICE_WIDTH) + counts(service.traffic());
            case RATE -> Columns.left(name, SERVICE_WIDTH) + counts(service.rate());
            default -> name + " " + properties(service.key(), service.spec());
        } + "\n");
        final int protocol = service.key().protocol();
        final List<ServerState> servers = isSorted ? ToolOrder.servers(service.servers()) : service.servers();
        for (final ServerState server : servers) {
            final String full = names.print(server.key().address(), server.key().port(), protocol);
            final boolean isSix = server.key().address().family() == IpAddress.V6;
            final String shown = isSix ? full : Columns.beginning(full, SERVER_WIDTH);
            console.print("  -> " + Columns.left(shown, SERVER_WIDTH) + columns(server) + "\n");
        }
    }

    private String name(final ServiceKey key) {
        if (key.isMark()) {
            return "FWM  " + Integer.toUnsignedString(key.mark()) + (key.family() == IpAddress.V6 ? " IPv6" : "");
        }
        final String name = Columns.left(Protocols.shown(key.protocol()), 4) + " "
                + names.print(key.address(), key.port(), key.protocol());
        return key.family() == IpAddress.V6 ? name : Columns.beginning(name, SERVICE_WIDTH);
    }

    private static String properties(final ServiceKey key, final ServiceSpec spec) {
        final StringBuilder text = new StringBuilder(spec.scheduler());
        final String flags = FlagReader.print(spec);
        if (!flags.isEmpty()) {
            text.append(" (").append(flags).append(')');
        }
        if (spec.isPersistent()) {
            text.append(" persistent ").append(spec.persistenceSeconds());
            final String mask = mask(key, spec);
            text.append(mask == null ? "" : " mask " + mask);
            text.append(spec.engine() == null ? "" : " pe " + spec.engine());
        }
        if ((spec.flags() & ServiceSpec.ONE_PACKET) != 0) {
            text.append(" ops");
        }
        return text.toString();
    }

    /** A service's mask as the tool has it; null where each client is on its own. */
    static String mask(final ServiceKey key, final ServiceSpec spec) {
        final int bits = IpAddress.any(key.family()).bits();
        if (spec.maskBits() == bits) {
            return null;
        }
        return key.family() == IpAddress.V6 ? Integer.toString(spec.maskBits())
                : AddressText.print(AddressText.mask(spec.maskBits(), Integer.BYTES));
    }

    private String columns(final ServerState server) {
        final String connections = Columns.left(server.active(), 10) + " " + Columns.left(server.inactive(), 10);
        return switch (view) {
            case STATS -> counts(server.traffic());
            case RATE -> " " + Columns.right(server.rate().connections(), 8) + " " + Columns.right(server.rate().packetsIn(), 8) + " "
                    + Columns.right(server.rate().packetsOut(), 8) + large(server.rate().bytesIn()) + large(server.rate().bytesOut());
            case THRESHOLDS -> " " + Columns.left(server.spec().upper(), 10) + " " + Columns.left(server.spec().lower(), 10) + " "
                    + connections;
            case PERSISTENT_CONN -> " " + Columns.left(server.spec().weight(), 9) + " " + Columns.left(server.persistent(), 11) + " "
                    + connections;
            case TUN_INFO -> " " + Columns.left(server.spec().method().shown(), 7) + " " + Columns.left(tunnel(server), 13) + " "
                    + Columns.left(server.spec().weight(), 6) + " " + connections;
            case PLAIN -> " " + Columns.left(server.spec().method().shown(), 7) + " " + Columns.left(server.spec().weight(), 6) + " "
                    + connections;
        };
    }

    private static String tunnel(final ServerState server) {
        if (server.spec().method() != Forwarding.TUNNEL) {
            return "n/a";
        }
        final TunnelSpec tunnel = server.spec().tunnel();
        final String checksum = switch (tunnel.checksum()) {
            case NONE -> "-c";
            case FULL -> "+c";
            case REMOTE -> "r+c";
        };
        final String name = Legality.name(tunnel.kind());
        return switch (tunnel.kind()) {
            case IPIP -> name;
            case GUE -> name + ":" + tunnel.port() + ":" + checksum;
            case GRE -> name + ":" + checksum;
        };
    }

    private String counts(final Traffic traffic) {
        return large(traffic.connections()) + large(traffic.packetsIn()) + large(traffic.packetsOut()) + large(traffic.bytesIn())
                + large(traffic.bytesOut());
    }

    /** A number in nine columns, of which the last is its unit from a hundred million on; exactly, in as many as it needs and one. */
    private String large(final long number) {
        if (isExact) {
            return Columns.right(number, Math.max(9, Long.toUnsignedString(number).length() + 1));
        }
        if (Long.compareUnsigned(number, 100_000_000L) < 0) {
            return Columns.right(number, 9);
        }
        if (Long.compareUnsigned(number, 1_000_000_000L) < 0) {
            return Columns.right(number / 1_000, 8) + "K";
        }
        if (Long.compareUnsigned(number, 100_000_000_000L) < 0) {
            return Columns.right(number / 1_000_000, 8) + "M";
        }
        if (Long.compareUnsigned(number, 100_000_000_000_000L) < 0) {
            return Columns.right(number / 1_000_000_000L, 8) + "G";
        }
        return Columns.right(Long.divideUnsigned(number, 1_000_000_000_000L), 8) + "T";
    }
}
