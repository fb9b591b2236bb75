package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.dataplane.connections.NamespaceConnections;

/**
 * The connections that a namespace tracks, as commands come to them.
 *
 * @param connections the namespace's
 */
record LiveConnections(NamespaceConnections connections) implements TrackedConnections {

    @Override
    public ConnectionStore store() {
        return connections.store();
    }

    @Override
    public ConnSysctls.Settings settings() {
        return connections.sysctls();
    }
}
