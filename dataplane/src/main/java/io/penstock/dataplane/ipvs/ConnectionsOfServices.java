package io.penstock.dataplane.ipvs;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.hot.ipvs.ConnectionReader;
import io.penstock.dataplane.hot.ipvs.Defence;
import io.penstock.dataplane.hot.ipvs.Server;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Reads and ends connections to servers from outside of the path. Threads: the registry's. */
final class ConnectionsOfServices {

    /** Of so many entries one is looked at in a second. */
    private static final int SLICES = 32;

    private ConnectionsOfServices() {
    }

    /** Tells of all in a table. */
    static void list(final ConnTable table, final Server[] servers, final long nowNs, final Consumer<ConnectionState> each) {
        try (MappedMemory copy = MappedMemory.reserve(table.entryBytes(), MappedMemory.Pages.NORMAL)) {
            final long entry = copy.address();
            for (int number = 1; number <= table.used(); number++) {
                if (table.snapshot(number, entry) && ConnectionReader.leftSeconds(entry, nowNs) > 0) {
                    each.accept(read(entry, servers, nowNs));
                }
            }
        }
    }

    private static ConnectionState read(final long entry, final Server[] servers, final long nowNs) {
        final boolean isIpv4 = ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4;
        final int protocol = ConnLayout.protocol(entry);
        final int keys = ConnLayout.keysOf(entry, 0);
        final Server server = servers[ConnectionReader.server(entry)];
        final IpAddress to = server == null ? IpAddress.any(isIpv4 ? IpAddress.V4 : IpAddress.V6)
                : server.family == 4 ? IpAddress.v4((int) server.low) : IpAddress.v6(server.high, server.low);
        final IpAddress client = isIpv4 ? IpAddress.v4(ConnLayout.source4(entry, 0))
                : IpAddress.v6(ConnLayout.source6High(entry, 0), ConnLayout.source6Low(entry, 0));
        final IpAddress virtual = isIpv4 || protocol == 0 ? IpAddress.v4(isIpv4 ? ConnLayout.destination4(entry, 0)
                : (int) ConnLayout.destination6Low(entry, 0))
                : IpAddress.v6(ConnLayout.destination6High(entry, 0), ConnLayout.destination6Low(entry, 0));
        return new ConnectionState(protocol, ConnectionReader.leftSeconds(entry, nowNs), ConnectionReader.state(entry), client,
                ConnLayout.sourceKey(keys), virtual, ConnLayout.destinationKey(keys), to, ConnectionReader.serverPort(entry, server), null, null);
    }

    /** Ends those of some servers, by number; the next packets find them no more. */
    static void end(final ConnTable table, final IntPredicate isOfServer) {
        for (int number = 1; number <= table.used(); number++) {
            final long entry = table.address(number);
            final int generation = ConnLayout.generation(entry);
            if (isOfServer.test(ConnectionReader.server(entry))) {
                table.condemn(number, generation);
            }
        }
    }

    /** Memory is short: drops some of those that look abandoned, of a 32nd of the table. */
    static void defend(final ConnTable table, final SplittableRandom random, final Defence.Share share, final ServiceTimeouts timeouts, final long nowNs) {
        final int used = table.used();
        final int slice = used / SLICES + 1;
        final int first = 1 + random.nextInt(SLICES) * slice;
        for (int number = first; number < first + slice && number <= used; number++) {
            final long entry = table.address(number);
            final int generation = ConnLayout.generation(entry);
            if (ConnectionReader.isAbandoned(entry, share, timeouts, nowNs)) {
                table.condemn(number, generation);
            }
        }
    }
}
