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
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** Reads and ends connections to servers from outside of the path. Threads: the registry's. */
final class ConnectionsOfServices {

    /** Of so many entries one is looked at in a second. */
    private static final int SLICES = 32;

    /** Entries of a part: some milliseconds' work. */
    private static final int PART = 4096;
    /** Where a part begins: its first entry's number, or 0 for the first, and this in the second table. */
    private static final long SECOND = 1L << 32;

    private ConnectionsOfServices() {
    }

    /** Tells of those in a part of two tables; where the next part begins, 0 after the last. */
    static long list(final ConnTable first, final ConnTable second, final long from, final Server[] servers, final long nowNs,
            final Consumer<ConnectionState> each) {
        return look(first, second, from, _ -> true, entry -> {
            if (ConnectionReader.leftSeconds(entry, nowNs) > 0) {
                each.accept(read(entry, servers, nowNs));
            }
        });
    }

    /** Counts those that both ends have closed, by their servers' numbers, in a part as {@link #list} has it. No object is made of a connection. */
    static long closed(final ConnTable first, final ConnTable second, final long from, final SortedMap<Integer, long[]> counts, final long nowNs) {
        final int[] numbers = counts.keySet().stream().mapToInt(Integer::intValue).toArray();
        final long[] found = new long[numbers.length];
        final long next = look(first, second, from, entry -> Arrays.binarySearch(numbers, ConnectionReader.server(entry)) >= 0, entry -> {
            // The entry may have become another one before it was copied.
            final int at = Arrays.binarySearch(numbers, ConnectionReader.server(entry));
            if (at >= 0 && ConnectionReader.isClosed(entry) && ConnectionReader.leftSeconds(entry, nowNs) > 0) {
                found[at]++;
            }
        });
        for (int i = 0; i < numbers.length; i++) {
            counts.get(numbers[i])[0] += found[i];
        }
        return next;
    }

    private static long look(
            final ConnTable first, final ConnTable second, final long from, final LongPredicate isWanted, final LongConsumer each) {
        final ConnTable table = from < SECOND ? first : second;
        final int begin = Math.max(1, (int) from);
        final int end = Math.min(begin + PART, table.used() + 1);
        try (MappedMemory copy = MappedMemory.reserve(table.entryBytes(), MappedMemory.Pages.NORMAL)) {
            for (int number = begin; number < end; number++) {
                if (isWanted.test(table.address(number)) && table.snapshot(number, copy.address())) {
                    each.accept(copy.address());
                }
            }
        }
        if (end <= table.used()) {
            return from & SECOND | end;
        }
        return table == first ? SECOND : 0;
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
