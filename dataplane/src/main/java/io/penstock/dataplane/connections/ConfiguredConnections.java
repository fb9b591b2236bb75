package io.penstock.dataplane.connections;

import io.penstock.conntrack.model.ConnSysctls;
import java.util.Map;

/** The settings of connection tracking that a configuration says: they are Penstock's own, also where a kernel supplies the others. Threads: control. */
public final class ConfiguredConnections {

    private ConfiguredConnections() {
    }

    /**
     * Puts those that a configuration says in force, and passes over the others.
     *
     * @throws IllegalArgumentException for one that is not followed
     */
    public static void apply(final Map<String, String> sysctl, final NamespaceConnections connections) {
        final ConnSysctls.Settings settings = connections.sysctls();
        sysctl.forEach((name, value) -> {
            if (ConnSysctls.of(name) != null && !settings.write(ConnSysctls.of(name).name(), Long.parseLong(value))) {
                throw new IllegalArgumentException('\'' + name + "' is not followed by this version; remove it");
            }
        });
    }
}
