package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.event.ConnEventLog;
import io.penstock.conntrack.hot.track.GreTracker;
import io.penstock.conntrack.hot.track.SctpTracker;
import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import java.util.BitSet;

/**
 * Copies of entries as values. What is told when follows ctnetlink_fill_info and ctnetlink_conntrack_event, net/netfilter/nf_conntrack_netlink.c
 * (behaviour). Threads: any.
 */
final class EntryReader {

    /** Spreads what tells connections apart over the ids' 32 bits: the golden ratio's. */
    private static final long ID_FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private EntryReader() {
    }

    /** The copy of an entry from an address, as a listing tells it, but for who holds it. */
    static Connection.Builder listed(final long entry, final long address, final long nowNs) {
        final Connection.Builder told = told(entry, address).timeoutSeconds(seconds(entry, nowNs)).mark(ConnLayout.mark(entry))
                .labels(labels(entry));
        state(told, entry, true);
        if (hasFlag(entry, ConnLayout.FLAG_ACCOUNTING)) {
            told.counters(counters(entry, ConnDirection.ORIGINAL), counters(entry, ConnDirection.REPLY));
        }
        if (hasFlag(entry, ConnLayout.FLAG_TIMESTAMP)) {
            told.startNs(ConnLayout.start(entry));
        }
        return told;
    }

    /** A record of {@link ConnEventLog} as an event. */
    static ConnectionEvent event(final long record) {
        final long entry = ConnEventLog.entry(record);
        final int bits = ConnEventLog.bits(record);
        final ConnectionChange change = change(bits);
        final Connection.Builder told = told(entry, ConnEventLog.address(record));
        final long seconds = seconds(entry, ConnEventLog.timeNs(record));
        final int mark = ConnLayout.mark(entry);
        if (change == ConnectionChange.DESTROY) {
            if (seconds != 0) {
                told.timeoutSeconds(seconds);
            }
            state(told, entry, false);
            if (hasFlag(entry, ConnLayout.FLAG_ACCOUNTING)) {
                told.counters(counters(entry, ConnDirection.ORIGINAL), counters(entry, ConnDirection.REPLY));
            }
            if (hasFlag(entry, ConnLayout.FLAG_TIMESTAMP)) {
                told.startNs(ConnLayout.start(entry)).stopNs(ConnLayout.stop(entry));
            }
        } else {
            told.timeoutSeconds(seconds);
            if ((bits & ConnEvents.PROTOINFO) != 0) {
                state(told, entry, true);
            }
            if ((bits & ConnEvents.LABEL) != 0) {
                told.labels(labels(entry));
            }
        }
        if (mark != 0 || change != ConnectionChange.DESTROY && (bits & ConnEvents.MARK) != 0) {
            told.mark(mark);
        }
        return new ConnectionEvent(change, told.build(), 0, null);
    }

    static ConnectionChange change(final int bits) {
        if ((bits & ConnEvents.DESTROY) != 0) {
            return ConnectionChange.DESTROY;
        }
        return (bits & (ConnEvents.NEW | ConnEvents.RELATED)) != 0 ? ConnectionChange.NEW : ConnectionChange.UPDATE;
    }

    private static Connection.Builder told(final long entry, final long address) {
        final long id = (address ^ (long) ConnLayout.generation(entry) << Integer.SIZE) * ID_FACTOR;
        return Connection.of(tuple(entry, ConnDirection.ORIGINAL), tuple(entry, ConnDirection.REPLY), ConnLayout.status(entry))
                .zones(ConnLayout.zone(entry, ConnDirection.ORIGINAL), ConnLayout.zone(entry, ConnDirection.REPLY))
                .id((int) (id ^ id >>> Integer.SIZE));
    }

    private static void state(final Connection.Builder told, final long entry, final boolean isWhole) {
        switch (ConnLayout.protocol(entry)) {
            case ConnTuple.TCP -> told.protocolState(ConnLayout.trackerState(entry));
            case ConnTuple.SCTP -> {
                told.protocolState(ConnLayout.trackerState(entry));
                if (isWhole) {
                    told.tags(SctpTracker.tag(entry, ConnDirection.ORIGINAL), SctpTracker.tag(entry, ConnDirection.REPLY));
                }
            }
            case ConnTuple.GRE -> told.greSeconds(GreTracker.timeout(entry), GreTracker.streamTimeout(entry));
            default -> {
                // Others have none.
            }
        }
    }

    private static long seconds(final long entry, final long nowNs) {
        return Deadline.leftSeconds(entry, nowNs);
    }

    private static ConnCounters counters(final long entry, final int direction) {
        return new ConnCounters(ConnLayout.packets(entry, direction), ConnLayout.bytes(entry, direction));
    }

    /** A direction's tuple. */
    static ConnTuple tuple(final long entry, final int direction) {
        final int keys = ConnLayout.keysOf(entry, direction);
        final int protocol = ConnLayout.protocol(entry);
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            return ConnTuple.ipv4(ConnLayout.source4(entry, direction), ConnLayout.destination4(entry, direction), protocol,
                    ConnLayout.sourceKey(keys), ConnLayout.destinationKey(keys));
        }
        return new ConnTuple(ConnTuple.IPV6, ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction),
                ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction), protocol,
                ConnLayout.sourceKey(keys), ConnLayout.destinationKey(keys));
    }

    /** Labels, or null where there is no room for them. */
    static BitSet labels(final long entry) {
        return hasFlag(entry, ConnLayout.FLAG_LABELS)
                ? BitSet.valueOf(new long[] {ConnLayout.labels(entry, 0), ConnLayout.labels(entry, 1)}) : null;
    }

    static boolean hasFlag(final long entry, final int flag) {
        return (ConnLayout.flags(entry) & flag) != 0;
    }
}
