package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.memory.Prefetch;

/**
 * Ends connections. Who sets {@link ConnStatus#DYING} does all the rest, once.
 *
 * <p>Threads: its worker; several workers may try to end the same connection.
 */
final class EntryRemover {

    private final ConnTable table;
    private final IndexView view;
    private final EntryStock stock;
    private ConnEvents events;
    private EntryListener listener;

    EntryRemover(final ConnTable table, final IndexView view, final EntryStock stock) {
        this.table = table;
        this.view = view;
        this.stock = stock;
    }

    void setEvents(final ConnEvents listener) {
        events = listener;
    }

    void setListener(final EntryListener entryListener) {
        listener = entryListener;
    }

    /** Adds what {@link #kill} will read. */
    void prefetch(final long entry, final Prefetch to) {
        to.add(view.first().home(table.hash(entry, ConnDirection.ORIGINAL)));
        to.add(view.first().home(table.hash(entry, ConnDirection.REPLY)));
        if (listener != null) {
            listener.prefetch(entry, to);
        }
    }

    /** Ends a connection; false when it was ended before. One that is not in the table yet is for {@link #free}. */
    boolean kill(final long entry, final long nowNs) {
        if (!ConnLayout.setStatus(entry, ConnStatus.DYING)) {
            return false;
        }
        if ((ConnLayout.state(entry) & ConnLayout.IN_TABLE) != 0) {
            if ((ConnLayout.flags(entry) & ConnLayout.FLAG_TIMESTAMP) != 0) {
                ConnLayout.setStop(entry, table.wallNs(nowNs));
            }
            if (events != null) {
                events.onEvent(entry, ConnEvents.DESTROY);
            }
            if (!ConnLayout.hasStatus(entry, ConnStatus.NAT_CLASH)) {
                unlink(entry, ConnDirection.ORIGINAL);
            }
            unlink(entry, ConnDirection.REPLY);
            free(entry);
        }
        return true;
    }

    /** Gives up an entry that is not in the table. */
    void free(final long entry) {
        if (listener != null) {
            listener.onGivenUp(entry);
        }
        table.limit().subtract();
        stock.retire(table.pool().number(entry));
    }

    private void unlink(final long entry, final int direction) {
        view.remove(BucketLayout.word(table.hash(entry, direction), table.pool().number(entry), direction));
    }
}
