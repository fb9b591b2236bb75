package io.penstock.dataplane.testkit.soak;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** A table of connections, from outside. Threads: control. */
final class SoakTable implements AutoCloseable {

    private final ConnTable table;
    private final MappedMemory copy;

    SoakTable(final ConnTable table) {
        this.table = table;
        this.copy = MappedMemory.reserve(table.entryBytes(), MappedMemory.Pages.NORMAL);
    }

    /** Ends the connections of flows; the workers remove them. */
    void condemn(final List<SoakFlow> flows) {
        final Map<List<Integer>, SoakFlow> wanted = new HashMap<>();
        flows.forEach(flow -> wanted.put(List.of(flow.client, flow.server, ConnLayout.keys(flow.clientPort, flow.serverPort), flow.protocol), flow));
        for (int number = 1; number <= table.used(); number++) {
            final long entry = copy.address();
            if (table.snapshot(number, entry) && wanted.containsKey(tuple(entry, ConnDirection.ORIGINAL))) {
                table.condemn(number, ConnLayout.generation(entry));
            }
        }
    }

    /** How many connections there are. */
    int count() {
        final int[] count = new int[1];
        forEach(entry -> count[0]++);
        return count[0];
    }

    /** While no packet is on its way: what is wrong. */
    List<String> check(final List<SoakFlow> flows) {
        final List<String> wrong = new ArrayList<>();
        final Map<List<Integer>, String> tuples = new HashMap<>();
        final Map<List<Integer>, Integer> bindings = new HashMap<>();
        forEach(entry -> {
            if (!ConnLayout.hasStatus(entry, ConnStatus.NAT_CLASH)) {
                put(tuples, entry, ConnDirection.ORIGINAL, wrong);
                bindings.put(tuple(entry, ConnDirection.ORIGINAL),
                        ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.REPLY)));
            }
            put(tuples, entry, ConnDirection.REPLY, wrong);
            if (!ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED) || (ConnLayout.state(entry) & ConnLayout.CLAIMED) != 0) {
                wrong.add("not confirmed, or claimed by nobody: " + describe(entry));
            }
        });
        for (final SoakFlow flow : flows) {
            if (flow.isBound()) {
                final Integer port = bindings.get(
                        List.of(flow.client, flow.server, ConnLayout.keys(flow.clientPort, flow.serverPort), flow.protocol));
                if (port == null || port != flow.binding()) {
                    wrong.add("the table has port=" + port + " of " + flow);
                }
            }
        }
        if (table.limit().count() < 0) {
            wrong.add("count=" + table.limit().count());
        }
        return wrong;
    }

    @Override
    public void close() {
        copy.close();
    }

    private void forEach(final LongConsumer consumer) {
        for (int number = 1; number <= table.used(); number++) {
            if (table.snapshot(number, copy.address())) {
                consumer.accept(copy.address());
            }
        }
    }

    private static void put(final Map<List<Integer>, String> tuples, final long entry, final int direction, final List<String> wrong) {
        final String text = describe(entry);
        final String other = tuples.put(tuple(entry, direction), text);
        if (other != null) {
            wrong.add("two connections of one tuple: " + text + " and " + other);
        }
    }

    private static List<Integer> tuple(final long entry, final int direction) {
        return List.of(ConnLayout.source4(entry, direction), ConnLayout.destination4(entry, direction),
                ConnLayout.keysOf(entry, direction), ConnLayout.protocol(entry));
    }

    private static String describe(final long entry) {
        return "protocol=" + ConnLayout.protocol(entry) + " status=0x" + Integer.toHexString(ConnLayout.status(entry)) + " state="
                + ConnLayout.trackerState(entry) + ' ' + half(entry, ConnDirection.ORIGINAL) + ' ' + half(entry, ConnDirection.REPLY);
    }

    private static String half(final long entry, final int direction) {
        final int keys = ConnLayout.keysOf(entry, direction);
        return SoakOrder.address(ConnLayout.source4(entry, direction)) + ':' + ConnLayout.sourceKey(keys) + " > "
                + SoakOrder.address(ConnLayout.destination4(entry, direction)) + ':' + ConnLayout.destinationKey(keys);
    }
}
