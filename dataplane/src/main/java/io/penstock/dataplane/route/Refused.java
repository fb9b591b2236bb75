package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Prefixes of routes and neighbours that there was no room for, to be tried again when there is: memory is free some time after
 * what had it is gone, when every worker has passed a batch boundary.
 *
 * <p>Threads: the control thread.
 */
final class Refused {

    /**
     * How often a family's prefixes are tried at a time although there is no room. Why one has none may not be why another has none: of
     * routes the table may be full, of neighbours the adjacencies.
     */
    private static final int FAILURES = 8;

    /** How many find room at a time. A control thread that does nothing else for longer is late for events. Unit: prefixes. */
    private static final int MOST = 4096;

    private final Set<Prefix> v4 = new LinkedHashSet<>();
    private final Set<Prefix> v6 = new LinkedHashSet<>();

    /** There was no room for a prefix. */
    void add(final Prefix prefix) {
        of(prefix).add(prefix);
    }

    /** A prefix is in the table, or nobody wants it there. */
    void remove(final Prefix prefix) {
        final Set<Prefix> family = of(prefix);
        if (!family.isEmpty()) {
            family.remove(prefix);
        }
    }

    boolean contains(final Prefix prefix) {
        return of(prefix).contains(prefix);
    }

    int count() {
        return v4.size() + v6.size();
    }

    /**
     * Tries some of them, those first that were not tried for longest.
     *
     * @param attempt puts a prefix in the table; false, and added again, if there is still no room
     * @return whether any of them found room
     */
    boolean retry(final Predicate<Prefix> attempt) {
        return retry(v4, attempt) | retry(v6, attempt);
    }

    private static boolean retry(final Set<Prefix> prefixes, final Predicate<Prefix> attempt) {
        int done = 0;
        int failures = 0;
        for (int left = Math.min(prefixes.size(), MOST); left > 0 && failures < FAILURES && !prefixes.isEmpty(); left--) {
            final Prefix prefix = prefixes.iterator().next();
            prefixes.remove(prefix);
            if (attempt.test(prefix)) {
                done++;
            } else {
                failures++;
            }
        }
        return done > 0;
    }

    private Set<Prefix> of(final Prefix prefix) {
        return prefix.address().family() == IpAddress.V4 ? v4 : v6;
    }
}
