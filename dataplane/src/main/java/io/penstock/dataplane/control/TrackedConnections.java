package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.model.MemoryConnectionStore;
import java.time.Clock;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The connections of a network namespace, as commands come to them. Threads: any. */
public interface TrackedConnections {

    /** The connections. */
    ConnectionStore store();

    /** How they are tracked. */
    ConnSysctls.Settings settings();

    /** A namespace without packets: commands find no connections but those that they make. */
    static TrackedConnections inMemory(final Clock clock) {
        final ConnectionStore store = new MemoryConnectionStore(clock, MemoryConnectionStore.Keeps.LITTLE);
        final Map<String, Long> values = new ConcurrentHashMap<>(ConnSysctls.all().stream()
                .collect(Collectors.toMap(ConnSysctl::name, sysctl -> Math.max(0, sysctl.byDefault()))));
        final ConnSysctls.Settings settings = new ConnSysctls.Settings() {
            @Override
            public OptionalLong read(final String name) {
                final Long value = values.get(name);
                return value == null ? OptionalLong.empty() : OptionalLong.of(value);
            }

            @Override
            public boolean write(final String name, final long value) {
                return values.replace(name, value) != null;
            }
        };
        return new TrackedConnections() {
            @Override
            public ConnectionStore store() {
                return store;
            }

            @Override
            public ConnSysctls.Settings settings() {
                return settings;
            }
        };
    }
}
