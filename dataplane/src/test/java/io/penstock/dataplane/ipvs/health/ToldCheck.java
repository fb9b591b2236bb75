package io.penstock.dataplane.ipvs.health;

import io.penstock.os.netlink.IpAddress;
import java.util.Set;

/**
 * A check that fails for the addresses that a test names, as they are when it runs.
 *
 * <p>Threads: the test's.
 */
record ToldCheck(Set<IpAddress> failing) implements Check {

    @Override
    public String kind() {
        return "told";
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure {
        if (failing.contains(run.address())) {
            throw CheckFailure.of("bad");
        }
        return "good";
    }
}
