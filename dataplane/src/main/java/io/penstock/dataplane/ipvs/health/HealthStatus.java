package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;

/**
 * What is known of a server.
 *
 * @param health   as checks have found it
 * @param role     what it is in the service for
 * @param wanted   as the operator has it: what is put back when it may be
 * @param taken    whether it is in force as wanted
 * @param inRow    results in a row that were as the last one
 * @param checks   made in all
 * @param failures of these
 * @param forNs    since the last change of health, or since it is known
 * @param last     what the last check has found; null before it
 */
public record HealthStatus(
        ServiceKey service,
        ServerKey server,
        Health health,
        Role role,
        ServerSpec wanted,
        boolean taken,
        int inRow,
        long checks,
        long failures,
        long forNs,
        String last) {

    /** As checks have found it. */
    public enum Health {
        /** No check has had a result, or none is made. */
        UNKNOWN,
        UP,
        DOWN
    }

    /** What a server is in the service for. */
    public enum Role {
        SERVER,
        /** It takes no new connections, and is waited for. */
        DRAINING,
        /** It has been waited for, and stays with weight 0. */
        DRAINED,
        /** It stands in for the others. */
        SORRY
    }
}
