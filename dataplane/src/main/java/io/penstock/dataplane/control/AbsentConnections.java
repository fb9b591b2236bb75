package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;

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

    /** Services that cannot be reached; the help names schedulers, and needs nothing else. */
    static ServerCare services() {
        final ServiceStore store = new ForwardedServices(absent(ServiceStore.class)) {

            @Override
            public List<String> schedulers() {
                return SchedulerKind.names();
            }
        };
        return new ServerCare() {

            @Override
            public ServiceStore store() {
                return store;
            }

            @Override
            public void drain(final ServiceKey service, final ServerKey server, final Duration deadline, final boolean remove) {
                throw new Asked();
            }

            @Override
            public void undrain(final ServiceKey service, final ServerKey server) {
                throw new Asked();
            }

            @Override
            public List<HealthStatus> status() {
                throw new Asked();
            }
        };
    }

    /** What cannot be reached, of any type that commands ask. */
    static <T> T absent(final Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw new Asked();
        }));
    }
}
