package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel changes without an event, one by one; and events that are lost. */
@Privileged
class KernelMirrorTest {

    /** Overrun by some hundred events. */
    private static final int SMALL_BUFFER_BYTES = 16 << 10;

    @TempDir
    private Path directory;

    private TestNetNs mine;
    private TestNetNs other;

    @BeforeEach
    void makeNamespaces() {
        mine = TestNetNs.create("mirror");
        other = TestNetNs.create("mirrorpeer");
        for (int i = 0; i < 2; i++) {
            mine.veth("d" + i, other, "e" + i);
            mine.ip("addr add 10.0.%d.1/24 dev d%d", i, i);
            mine.ip("addr add 2001:db8:%d::1/64 dev d%d nodad", i, i);
        }
    }

    @AfterEach
    void removeNamespaces() {
        mine.close();
        other.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // routes vanish, next hops die
        "link set d0 down", "link del d0", "addr flush dev d0",
        "addr del 10.0.0.1/24 dev d0", "addr del 2001:db8:1::1/64 dev d1",
        // next hops change or vanish with their object
        "nexthop replace id 1 via 10.0.0.9 dev d0", "nexthop del id 1", "nexthop del id 2", "nexthop del id 3",
        "nexthop del id 4", "nexthop flush",
        // routes' MTUs follow the device's
        "link set d0 mtu 1400",
        "rule add from 10.9.0.0/16 priority 50 table 7",
    })
    void shouldEqualFreshDumpWhenKernelChangesSilently(final String change) throws Exception {
        mine.ip("nexthop add id 1 via 10.0.0.2 dev d0");
        mine.ip("nexthop add id 2 via 10.0.1.2 dev d1");
        mine.ip("nexthop add id 3 group 1/2");
        mine.ip("nexthop add id 4 via 2001:db8::2 dev d0");
        mine.ip("route add 20.0.0.0/24 via 10.0.0.2");
        mine.ip("route add 20.0.1.0/24 nexthop via 10.0.0.2 nexthop via 10.0.1.2");
        mine.ip("route add 20.0.2.0/24 dev d1 src 10.0.0.1");
        mine.ip("route add 20.0.3.0/24 nhid 1");
        mine.ip("route add 20.0.4.0/24 nhid 3");
        mine.ip("route add 2001:20::/48 via 2001:db8::2 src 2001:db8:1::1");
        mine.ip("route add 2001:21::/48 nexthop via 2001:db8::2 nexthop via 2001:db8:1::2");
        mine.ip("route add 2001:22::/48 nhid 4");
        mine.ip("route add 2001:23::/48 via 2001:db8::2 mtu 1500");
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge()) {
                judge.await("before");
                mine.ip(change);
                judge.await("after " + change);
            }
            return null;
        });
    }

    @Test
    void shouldReviveNextHopsWhenAddressOrCarrierReturns() throws Exception {
        mine.ip("route add 20.0.1.0/24 nexthop via 10.0.0.2 nexthop via 10.0.1.2");
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge()) {
                mine.ip("addr del 10.0.0.1/24 dev d0");
                judge.await("address gone");
                assertEquals(1, deadNextHops(judge.mirror(), "20.0.1.0"));
                mine.ip("addr add 10.0.0.1/24 dev d0");
                judge.await("address back");
                assertEquals(0, deadNextHops(judge.mirror(), "20.0.1.0"));
                other.ip("link set e0 down");
                judge.await("carrier gone");
                other.ip("link set e0 up");
                judge.await("carrier back");
            }
            return null;
        });
    }

    @Test
    void shouldResolveNextHopsWhenKernelLeavesThemOut() throws Exception {
        mine.exec("sysctl -qw net.ipv4.nexthop_compat_mode=0");
        mine.ip("nexthop add id 1 via 10.0.0.2 dev d0");
        mine.ip("nexthop add id 2 via 10.0.1.2 dev d1");
        mine.ip("nexthop add id 3 group 1,5/2");
        mine.ip("route add 20.0.4.0/24 nhid 3");
        NetNs.within(mine.name(), () -> {
            try (KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() { })) {
                assertEquals(List.of("10.0.0.2 weight 5", "10.0.1.2 weight 1"), gateways(mirror));
                mine.ip("nexthop replace id 1 via 10.0.0.7 dev d0");
                settle(mirror);
                assertEquals(List.of("10.0.0.7 weight 5", "10.0.1.2 weight 1"), gateways(mirror));
                mine.ip("nexthop del id 1");
                settle(mirror);
                assertEquals(List.of("10.0.1.2 weight 1"), gateways(mirror));
                mine.ip("nexthop del id 3");
                settle(mirror);
                assertEquals(List.of(), gateways(mirror));
            }
            return null;
        });
    }

    @Test
    void shouldDumpEverythingAgainWhenEventsAreLost() throws Exception {
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge(SMALL_BUFFER_BYTES)) {
                batch(manyRoutes(2000));
                batch(Stream.of("link del d1", "rule add from 1.2.3.4 table 7", "addr add 10.0.0.9/24 dev d0",
                        "neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev d0"));
                judge.await("after an overrun");
                assertEquals(1, judge.mirror().overruns());
                mine.ip("route flush table main proto boot");
                judge.await("after a second one");
                assertEquals(2, judge.mirror().overruns());
            }
            return null;
        });
    }

    /** The kernel's IPv6 dump goes on by count when a route is added after others were deleted, and leaves some out. */
    @Test
    void shouldFindRoutesWhenKernelLeftThemOutOfADump() throws Exception {
        batch(IntStream.range(1, 3000).mapToObj(i -> "route add blackhole 2001:%x::/48".formatted(i)));
        final List<String> deletions = IntStream.range(1, 500)
                .mapToObj(i -> "route del blackhole 2001:%x::/48".formatted(i)).toList();
        NetNs.within(mine.name(), () -> {
            for (int round = 0; round < 5; round++) {
                batch(IntStream.range(1, 500).mapToObj(i -> "route replace blackhole 2001:%x::/48".formatted(i)));
                final String addition = "route add blackhole 300%d::/48".formatted(round);
                final Thread ip = Thread.ofPlatform().start(
                        () -> batch(Stream.concat(deletions.stream(), Stream.of(addition))));
                try (MirrorJudge judge = new MirrorJudge()) {
                    ip.join();
                    judge.await("round " + round);
                }
            }
            return null;
        });
    }

    @Test
    void shouldTellNothingWhenNothingHasChanged() throws Exception {
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge(SMALL_BUFFER_BYTES)) {
                judge.await("at rest");
                // The judge fails if it is told of what it knows: everything is dumped again.
                batch(manyRoutes(500));
                mine.ip("route flush table main proto boot");
                judge.await("at rest again");
                assertTrue(judge.mirror().overruns() > 0);
                assertEquals(-1, judge.mirror().dueInMs());
                assertEquals(0, judge.mirror().poll(0));
            }
            return null;
        });
    }

    @Test
    void shouldFindByNumberWhenAsked() throws Exception {
        NetNs.within(mine.name(), () -> {
            try (KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() { })) {
                final int d0 = Interfaces.byName("d0").ifindex();
                assertEquals("d0", mirror.link(d0).name());
                assertNull(mirror.link(9999));
                assertNull(mirror.neighbour(d0, IpAddress.parse("10.0.0.77")));
                mine.ip("neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev d0");
                settle(mirror);
                assertEquals(0x020000000077L, mirror.neighbour(d0, IpAddress.parse("10.0.0.77")).mac());
            }
            return null;
        });
    }

    /** Events that were sent before a dump come after it, and some of what followed them was silent. */
    @ParameterizedTest
    @ValueSource(strings = {"link set d0 down", "link del d0", "addr del 10.0.0.1/24 dev d0", "addr del 2001:db8:1::1/64 dev d1",
        "nexthop del id 1", "nexthop del id 2"})
    void shouldEqualFreshDumpWhenEventsOlderThanItAreApplied(final String change) throws Exception {
        mine.ip("nexthop add id 1 via 10.0.0.2 dev d0");
        NetNs.within(mine.name(), () -> {
            final List<Runnable> replay = new ArrayList<>();
            final KernelMirror[] mirror = new KernelMirror[1];
            try (RouteMonitor before = RouteMonitor.open(new Recorder((object, kind) ->
                    replay.add(() -> mirror[0].monitor.tell(object, kind))))) {
                before.poll(0);
                mine.ip("nexthop add id 2 via 10.0.0.3 dev d0");
                mine.ip("route add 20.0.0.0/24 via 10.0.0.2");
                mine.ip("route add 20.0.1.0/24 nexthop via 10.0.0.2 nexthop via 10.0.1.2");
                mine.ip("route add 20.0.2.0/24 dev d1 src 10.0.0.1");
                mine.ip("route add 20.0.3.0/24 nhid 1");
                mine.ip("route add 20.0.4.0/24 nhid 2");
                mine.ip("route add 2001:20::/48 via 2001:db8::2 src 2001:db8:1::1");
                mine.ip(change);
                try (MirrorJudge judge = new MirrorJudge()) {
                    mirror[0] = judge.mirror();
                    assertTrue(mirror[0].monitor.replaying());
                    before.poll(0);
                    replay.forEach(Runnable::run);
                    judge.await("after " + change);
                }
            }
            return null;
        });
    }

    @Test
    void shouldGoOnWhenTheKernelCannotBeReadForAWhile() throws Exception {
        NetNs.within(mine.name(), () -> {
            final List<String> unread = new ArrayList<>();
            try (KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() {
                @Override
                public void unread(final SysException e) {
                    unread.add(e.getMessage());
                }
            })) {
                final IpAddress network = IpAddress.parse("20.0.0.0");
                final RouteKey key = new RouteKey(network, 24, IpAddress.any(IpAddress.V4), 0, 254, 0, 0);
                mine.ip("route add 20.0.0.0/24 via 10.0.0.2");
                settle(mirror);
                // What it asks goes to a port of nobody's.
                connect(mirror.monitor.requests.fd(), Integer.MAX_VALUE);
                mine.ip("link set d0 down");
                while (unread.isEmpty()) {
                    mirror.poll(20);
                }
                assertTrue(unread.getFirst().contains("refused"), unread.getFirst());
                assertTrue(mirror.dueInMs() >= 0, "it is tried again");
                assertEquals(1, mirror.routes(key).size());
                connect(mirror.monitor.requests.fd(), 0);
                settle(mirror);
                assertEquals(List.of(), mirror.routes(key));
            }
            return null;
        });
    }

    private static void connect(final int fd, final int port) {
        try (MappedMemory address = MappedMemory.reserve(12, MappedMemory.Pages.NORMAL)) {
            Memory.putShort(address.address(), 16);
            Memory.putInt(address.address() + 4, port);
            Linux.check(Linux.connect(fd, address.address(), 12), "connect(AF_NETLINK)");
        }
    }

    private static Stream<String> manyRoutes(final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "route add 20.%d.%d.0/24 via 10.0.0.2".formatted(i >> 8, i & 255));
    }

    private static void settle(final KernelMirror mirror) {
        do {
            mirror.poll(20);
        } while (mirror.dueInMs() >= 0);
    }

    private static long deadNextHops(final KernelMirror mirror, final String network) {
        final List<Route> found = new ArrayList<>();
        mirror.forEachRoute(IpAddress.V4, found::add);
        return found.stream().filter(r -> r.key().destination().equals(IpAddress.parse(network)))
                .flatMap(r -> r.nextHops().stream()).filter(NextHop::dead).count();
    }

    private static List<String> gateways(final KernelMirror mirror) {
        final IpAddress network = IpAddress.parse("20.0.4.0");
        return mirror.routes(new RouteKey(network, 24, IpAddress.any(IpAddress.V4), 0, 254, 0, 0)).stream()
                .flatMap(r -> r.nextHops().stream()).map(h -> h.gateway() + " weight " + h.weight()).toList();
    }

    private void batch(final Stream<String> commands) {
        try {
            final Path file = Files.write(directory.resolve("batch"), commands.toList());
            mine.ip("-force -batch %s", file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Passes on what is told of events. */
    private record Recorder(BiConsumer<Object, Change> events) implements RouteMonitor.Listener {

        @Override
        public void link(final Link link, final Change change) {
            event(link, change);
        }

        @Override
        public void address(final Address address, final Change change) {
            event(address, change);
        }

        @Override
        public void rule(final Rule rule, final Change change) {
            event(rule, change);
        }

        @Override
        public void nextHop(final NextHopObject nextHop, final Change change) {
            event(nextHop, change);
        }

        @Override
        public void route(final Route route, final Change change) {
            event(route, change);
        }

        @Override
        public void neighbour(final Neighbour neighbour, final Change change) {
            event(neighbour, change);
        }

        @Override
        public void resyncStarted(final Set<Part> parts) {
        }

        @Override
        public void resyncFinished(final Set<Part> parts) {
        }

        private void event(final Object object, final Change change) {
            if (change != Change.DUMPED) {
                events.accept(object, change);
            }
        }
    }
}
