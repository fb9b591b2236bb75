package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Prefetch;

/**
 * Who keeps references to entries outside of the table, and has to forget them in time. Called by the worker at whose hands an entry is given up,
 * on its path. It does not call the table.
 */
public interface EntryListener {

    /** An entry is given up, whether it was ever in the table or not. It is whole until this returns, and may be used again in a later batch. */
    void onGivenUp(long entry);

    /** An entry will be given up in a moment, with others: adds what {@link #onGivenUp} will read. */
    default void prefetch(final long entry, final Prefetch to) {
    }
}
