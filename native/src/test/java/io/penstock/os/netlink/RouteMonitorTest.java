package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listener is promised. */
@Privileged
class RouteMonitorTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    private Path directory;

    private TestNetNs ns;

    @BeforeEach
    void makeNamespace() {
        ns = TestNetNs.create("monitor");
    }

    @AfterEach
    void removeNamespace() {
        ns.close();
    }

    @Test
    void shouldTellEverythingInOrderWhenPolledFirst() throws Exception {
        ns.ip("link add d0 type veth peer name d1");
        ns.ip("neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev d0");
        ns.ip("nexthop add id 1 blackhole");
        NetNs.within(ns.name(), () -> {
            final Recorder recorder = new Recorder();
            try (RouteMonitor monitor = RouteMonitor.open(recorder)) {
                assertEquals(0, monitor.dueInMs());
                assertTrue(monitor.poll(0) > 0);
                assertEquals(List.of("start " + EnumSet.allOf(Part.class), "Link", "Address", "Rule",
                        "NextHopObject", "Route", "Neighbour", "finish " + EnumSet.allOf(Part.class)), recorder.kinds);
                assertEquals(Set.of(Change.DUMPED), recorder.changes);
                assertTrue(monitor.replaying());
                assertEquals(0, monitor.poll(0));
                assertFalse(monitor.replaying());
                assertEquals(-1, monitor.dueInMs());
            }
            return null;
        });
    }

    @Test
    void shouldTellOnlyThatPartWhenRefreshed() throws Exception {
        NetNs.within(ns.name(), () -> {
            final Recorder recorder = new Recorder();
            try (RouteMonitor monitor = RouteMonitor.open(recorder)) {
                monitor.poll(0);
                recorder.kinds.clear();
                monitor.refresh(Set.of(Part.RULES));
                while (monitor.dueInMs() >= 0) {
                    monitor.poll(-1);
                }
                assertEquals(List.of("start [RULES]", "Rule", "finish [RULES]"), recorder.kinds);
            }
            return null;
        });
    }

    @Test
    void shouldNameChangesWhenRoutesAreAddedAndReplaced() throws Exception {
        NetNs.within(ns.name(), () -> {
            final Recorder recorder = new Recorder();
            try (RouteMonitor monitor = RouteMonitor.open(recorder)) {
                monitor.poll(0);
                recorder.routes.clear();
                ns.ip("route add blackhole 20.0.0.0/24");
                ns.ip("route append prohibit 20.0.0.0/24");
                ns.ip("route replace unreachable 20.0.0.0/24");
                ns.ip("route del 20.0.0.0/24");
                while (recorder.routes.size() < 4) {
                    monitor.poll(20);
                }
                assertEquals(List.of("PUT BLACKHOLE", "APPENDED PROHIBIT", "REPLACED UNREACHABLE", "DELETED UNREACHABLE"),
                        recorder.routes);
            }
            return null;
        });
    }

    @Test
    void shouldDumpV6RoutesAgainWhenOneWasDeletedDuringTheDump() throws Exception {
        final List<String> churn = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            churn.add("route add blackhole 2001:%x::/48".formatted(i & 0xF));
            churn.add("route del blackhole 2001:%x::/48".formatted(i & 0xF));
        }
        final Path file = Files.write(directory.resolve("churn"), churn);
        NetNs.within(ns.name(), () -> {
            final Recorder recorder = new Recorder();
            try (RouteMonitor monitor = RouteMonitor.open(recorder)) {
                recorder.monitor = monitor;
                monitor.poll(0);
                final long start = System.nanoTime();
                // Until a deletion has happened to fall into a dump and was answered by another dump.
                while (!recorder.dumpedAgain()) {
                    final Thread ip = Thread.ofPlatform().start(() -> ns.ip("-batch %s", file));
                    while (ip.isAlive() && !recorder.dumpedAgain()) {
                        monitor.refresh(Set.of(Part.ROUTES_V6));
                        recorder.kinds.clear();
                        recorder.deletedInReplay = 0;
                        monitor.poll(0);
                        monitor.poll(0);
                        while (monitor.dueInMs() >= 0) {
                            monitor.poll(-1);
                        }
                    }
                    ip.join();
                    assertTrue(System.nanoTime() - start < DEADLINE_NS, "no deletion during a dump led to another dump");
                }
            }
            return null;
        });
    }

    /** Notes what it is told, and that nothing but dumped objects comes between the two brackets. */
    private static final class Recorder implements RouteMonitor.Listener {

        private final List<String> kinds = new ArrayList<>();
        private final List<String> routes = new ArrayList<>();
        private final Set<Change> changes = EnumSet.noneOf(Change.class);
        private RouteMonitor monitor;
        private int deletedInReplay;
        private boolean inside;

        private boolean dumpedAgain() {
            return deletedInReplay > 0 && kinds.stream().filter(k -> k.startsWith("start ")).count() >= 2;
        }

        private void note(final Object object, final Change change) {
            assertEquals(inside, change == Change.DUMPED);
            changes.add(change);
            final String kind = object.getClass().getSimpleName();
            if (kinds.isEmpty() || !kinds.getLast().equals(kind)) {
                kinds.add(kind);
            }
        }

        @Override
        public void link(final Link link, final Change change) {
            note(link, change);
        }

        @Override
        public void address(final Address address, final Change change) {
            note(address, change);
        }

        @Override
        public void rule(final Rule rule, final Change change) {
            note(rule, change);
        }

        @Override
        public void nextHop(final NextHopObject nextHop, final Change change) {
            note(nextHop, change);
        }

        @Override
        public void route(final Route route, final Change change) {
            note(route, change);
            routes.add(change + " " + route.type());
            if (change == Change.DELETED && monitor != null && monitor.replaying()) {
                deletedInReplay++;
            }
        }

        @Override
        public void neighbour(final Neighbour neighbour, final Change change) {
            note(neighbour, change);
        }

        @Override
        public void resyncStarted(final Set<Part> parts) {
            inside = true;
            kinds.add("start " + parts);
        }

        @Override
        public void resyncFinished(final Set<Part> parts) {
            inside = false;
            kinds.add("finish " + parts);
        }
    }
}
