package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What the mirror tells beside differences: each failure of a neighbour, and that a setting has changed. */
@Privileged
class MirrorSignalsTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);

    private final List<String> failed = new ArrayList<>();
    private int settings;

    @Test
    void shouldTellEachFailureWhenANeighbourDoesNotAnswerAgain() throws Exception {
        try (TestNetNs here = TestNetNs.create("mf"); TestNetNs there = TestNetNs.create("mg")) {
            here.veth("d0", there, "d0");
            here.ip("addr add 10.0.0.1/24 dev d0");
            here.exec("sysctl -qw net.ipv4.neigh.d0.retrans_time_ms=50 net.ipv4.neigh.d0.mcast_solicit=1");
            NetNs.within(here.name(), () -> {
                try (KernelMirror mirror = KernelMirror.open(new Signals());
                        NeighbourRequests requests = NeighbourRequests.open()) {
                    final int ifindex =
                            mirror.links().stream().filter(l -> l.name().equals("d0")).findFirst().orElseThrow().ifindex();
                    for (int attempt = 1; attempt <= 3; attempt++) {
                        requests.use(ifindex, IpAddress.parse("10.0.0.9"), null);
                        final int expected = attempt;
                        await(mirror, () -> failed.size() >= expected);
                        assertEquals("10.0.0.9", failed.getLast());
                    }
                    requests.manage(ifindex, IpAddress.parse("10.0.0.8"), null);
                    await(mirror, () -> failed.getLast().equals("10.0.0.8"));
                }
                return null;
            });
        }
    }

    @Test
    void shouldTellWhenASettingChanges() throws Exception {
        try (TestNetNs here = TestNetNs.create("mf"); TestNetNs there = TestNetNs.create("mg")) {
            here.veth("d0", there, "d0");
            NetNs.within(here.name(), () -> {
                try (KernelMirror mirror = KernelMirror.open(new Signals())) {
                    for (final String setting : List.of("net.ipv4.conf.d0.rp_filter=1", "net.ipv4.conf.all.forwarding=1",
                            "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.d0.ignore_routes_with_linkdown=1")) {
                        final int before = settings;
                        here.exec("sysctl -qw " + setting);
                        await(mirror, () -> settings > before);
                    }
                }
                return null;
            });
        }
    }

    private static void await(final KernelMirror mirror, final BooleanSupplier done) {
        final long start = System.nanoTime();
        while (!done.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < DEADLINE_NS, "the kernel told nothing");
            mirror.poll(20);
        }
    }

    private final class Signals implements KernelMirror.Observer {

        @Override
        public void failed(final Neighbour neighbour) {
            failed.add(neighbour.ip().toString());
        }

        @Override
        public void setting() {
            settings++;
        }
    }
}
