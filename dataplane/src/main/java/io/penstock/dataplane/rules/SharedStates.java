package io.penstock.dataplane.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What rules of a namespace share by name ({@code -m recent}, {@code -m hashlimit}): there from the first rule that asks for it to the
 * last one's end.
 *
 * <p>Threads: control, one at a time.
 */
public final class SharedStates {

    private final Map<Key, Entry> entries = new HashMap<>();

    /** What there is of a type, by name. */
    public <T> Map<String, T> all(final Class<T> type) {
        final Map<String, T> all = new HashMap<>();
        entries.forEach((key, entry) -> {
            if (key.type == type) {
                all.put(key.name, type.cast(entry.state));
            }
        });
        return all;
    }

    /** Begins to hold states, for a table that is to go into force. */
    Lease lease() {
        return new Lease();
    }

    /** States held for one table in force. */
    final class Lease implements AutoCloseable {

        private final List<Key> held = new ArrayList<>();

        /** The state of a name, made if there is none. */
        <T> T get(final Class<T> type, final String name, final Supplier<T> maker) {
            final Key key = new Key(type, name);
            final Entry entry = entries.computeIfAbsent(key, none -> new Entry(maker.get()));
            entry.holders++;
            held.add(key);
            return type.cast(entry.state);
        }

        /** Lets go; no worker runs the table any more. */
        @Override
        public void close() {
            for (final Key key : held) {
                final Entry entry = entries.get(key);
                entry.holders--;
                if (entry.holders == 0) {
                    entries.remove(key);
                    closeState(entry.state);
                }
            }
            held.clear();
        }

        private static void closeState(final Object state) {
            if (state instanceof final AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (final Exception e) {
                    throw new IllegalStateException("state of a rule cannot be closed", e);
                }
            }
        }
    }

    private record Key(Class<?> type, String name) {
    }

    private static final class Entry {

        private final Object state;
        private int holders;

        private Entry(final Object state) {
            this.state = state;
        }
    }
}
