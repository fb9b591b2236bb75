package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.os.netlink.IpAddress;
import java.time.Duration;

/** Runs single checks, and tells what came of them as one text. */
final class Asked implements AutoCloseable {

    /** A whole one of an answer that comes for certain; only what never comes is waited for. */
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(150);

    private final CheckOrigin origin = CheckOrigin.here();

    /** What was found, or {@code FAILED} and why, or {@code UNABLE} and why. */
    String of(final Check check, final String address, final int port) {
        return of(check, address, port, LONG);
    }

    String of(final Check check, final String address, final int port, final Duration timeout) {
        final HealthRule rule = new HealthRule(null, check, 0, timeout, timeout, 1, 1, 0, HealthRule.Initial.UP,
                HealthRule.OnDown.WEIGHT_ZERO, null, 1, null);
        final ServiceHealth service =
                new ServiceHealth(null, HeldServices.service("10.0.0.1", 80), rule, l -> { }, s -> { }, 0);
        final ServerHealth server = new ServerHealth(
                service, new ServerKey(IpAddress.parse(address), port), HeldServices.weight(1), 0, 0);
        try {
            return CheckOutcome.of(check, rule, server, origin);
        } catch (final CheckFailure e) {
            return (e.isUnable() ? "UNABLE " : "FAILED ") + e.getMessage();
        }
    }

    @Override
    public void close() {
        origin.close();
    }
}
