package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import java.time.Duration;

/**
 * How the servers of a service, or of all that have no rule of their own, are kept healthy.
 *
 * @param service   or null for all
 * @param check     or null: nothing is checked, the rest holds
 * @param port      that is asked; 0 for the server's own
 * @param interval  from the beginning of one check to the beginning of the next
 * @param timeout   of one check, no longer than the interval
 * @param rise      successes in a row after which a server that is down is up
 * @param fall      failures in a row after which a server that is up is down
 * @param jitter    hundredths of the interval by which each one is longer or shorter, at random: 0 to 100
 * @param initial   what a server is taken for until its first result, which decides at once
 * @param onDown    what becomes of a server that is down
 * @param onRemoval what becomes of the connections of a server that is down, drained or removed; null leaves it as it is
 * @param quorum    servers that have to take connections, or else the sorry server does; 1 and more
 * @param sorry     or null for none
 */
public record HealthRule(
        ServiceKey service,
        Check check,
        int port,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        int jitter,
        Initial initial,
        OnDown onDown,
        RemovalPolicy onRemoval,
        int quorum,
        SorryServer sorry) {

    /** Until the first result. */
    public enum Initial { UP, DOWN }

    /** What becomes of a server that is down. */
    public enum OnDown {
        /** Its weight is 0: it stays in listings, and takes no new connections, not from clients that stayed with it either. */
        WEIGHT_ZERO,
        /** It is removed, and added again when it is up. */
        REMOVE
    }
}
