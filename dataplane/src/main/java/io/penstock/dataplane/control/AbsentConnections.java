package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.ConnectionStore;
import java.lang.reflect.Proxy;

/**
 * The connections where no data plane can be reached: whoever comes to them ends with {@link Asked}. What needs none, such as the version, the help
 * and mistakes in the grammar, is as ever.
 *
 * <p>Threads: one.
 */
final class AbsentConnections implements TrackedConnections {

    /** A command needs the data plane. */
    static final class Asked extends RuntimeException {

        private static final long serialVersionUID = 1;

        Asked() {
            super(null, null, false, false);
        }
    }

    @Override
    public ConnectionStore store() {
        return absent(ConnectionStore.class);
    }

    @Override
    public ConnSysctls.Settings settings() {
        return absent(ConnSysctls.Settings.class);
    }

    private static <T> T absent(final Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw new Asked();
        }));
    }
}
