package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.health.HealthStatus.Health;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import java.util.SplittableRandom;

/**
 * A server: as the operator wants it, as it was left in the store, and what checks have found. Fields are its service's to change.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #wanted} is what the operator said last. Nothing that checks do changes it.</li>
 *   <li>{@link #written} is null as long as the store has what is wanted, else what was written instead.</li>
 *   <li>A server that {@link #removed} is not in the store, by no command.</li>
 * </ol>
 *
 * <p>Threads: whoever has the engine's lock.
 */
final class ServerHealth {

    /** Hundredths. */
    private static final double PERCENT = 100;

    final ServiceHealth service;
    final ServerKey key;
    ServerSpec wanted;
    ServerSpec written;
    boolean removed;
    /** No longer of the service; a result that comes yet is nobody's. */
    boolean gone;
    long connections;

    Health health = Health.UNKNOWN;
    long sinceNs;
    String last;
    int inRow;
    long checks;
    long failures;
    /** What was said last of why it cannot be checked, so that it is said once. */
    String unableSaid;

    Role role = Role.SERVER;
    long drainFromNs;
    long drainUntilNs;
    boolean removeWhenDrained;

    /** Whether a check runs, or waits for its time, and for which. */
    boolean running;
    boolean queued;
    long queuedForNs;
    long dueNs;

    private final SplittableRandom random;
    private boolean lastPassed;

    ServerHealth(final ServiceHealth service, final ServerKey key, final ServerSpec wanted, final long nowNs, final long seed) {
        this.service = service;
        this.key = key;
        this.wanted = wanted;
        this.sinceNs = nowNs;
        this.dueNs = nowNs;
        this.random = new SplittableRandom(seed ^ (31L * service.key().hashCode() + key.hashCode()));
    }

    /** What may be written of what was read: nobody asks for a local server, whose way is found without a method. */
    static ServerSpec asWritten(final ServiceKey service, final ServerState state) {
        final ServerSpec spec = state.spec();
        if (spec.method() != Forwarding.LOCAL) {
            return spec;
        }
        final Forwarding method;
        if (service.family() != state.key().address().family()) {
            method = Forwarding.TUNNEL;
        } else {
            // ipvsadm's own default, which cannot change a port.
            method = service.port() == state.key().port() ? Forwarding.ROUTE : Forwarding.MASQUERADE;
        }
        return new ServerSpec(method, spec.weight(), spec.upper(), spec.lower(), spec.tunnel());
    }

    static ServerSpec withWeight(final ServerSpec spec, final int weight) {
        return new ServerSpec(spec.method(), weight, spec.upper(), spec.lower(), spec.tunnel());
    }

    /** Until its next result nothing is known of it. */
    void judgeAnew(final long nowNs) {
        health = Health.UNKNOWN;
        sinceNs = nowNs;
        last = null;
        inRow = 0;
    }

    /** Notes a result; true when there are now so many as this in a row that it decides. */
    boolean note(final boolean passed, final String found, final HealthRule rule) {
        checks++;
        failures += passed ? 0 : 1;
        inRow = last != null && lastPassed == passed ? inRow + 1 : 1;
        lastPassed = passed;
        last = found;
        unableSaid = null;
        return switch (health) {
            case UNKNOWN -> true;
            case UP -> !passed && inRow >= rule.fall();
            case DOWN -> passed && inRow >= rule.rise();
        };
    }

    /** Whether checks let it take connections. */
    boolean isHealthy(final HealthRule rule) {
        if (rule.check() == null) {
            return true;
        }
        return switch (health) {
            case UNKNOWN -> rule.initial() == HealthRule.Initial.UP;
            case UP -> true;
            case DOWN -> false;
        };
    }

    /** When the first check is to begin: not all at once. */
    void beFirstDue(final HealthRule rule, final long nowNs) {
        dueNs = nowNs + (long) (random.nextDouble() * jitterNs(rule));
    }

    /** When the next check is to begin, after one that began then. */
    void beDueAfter(final long beganNs, final HealthRule rule, final long nowNs) {
        final long due = beganNs + rule.interval().toNanos() + (long) ((2 * random.nextDouble() - 1) * jitterNs(rule));
        dueNs = due - nowNs < 0 ? nowNs : due;
    }

    /** Whether the next check, which waits for its time, is to begin sooner by another rule; then it is due by that. */
    boolean beDueSooner(final HealthRule rule, final long nowNs) {
        final boolean sooner = dueNs - nowNs > rule.interval().toNanos() + (long) jitterNs(rule);
        if (sooner) {
            beDueAfter(nowNs, rule, nowNs);
        }
        return sooner;
    }

    private static double jitterNs(final HealthRule rule) {
        return rule.interval().toNanos() * (rule.jitter() / PERCENT);
    }

    /** Whether the store has it as it is wanted. */
    boolean isTaken() {
        return written == null && !removed;
    }

    /** As messages name it. */
    String name() {
        return "server " + Names.of(key) + " of " + service.name();
    }

    HealthStatus status(final long nowNs) {
        return new HealthStatus(service.key(), key, health, role, wanted, isTaken(), inRow, checks, failures,
                nowNs - sinceNs, last);
    }
}
