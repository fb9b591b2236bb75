package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The router's own traffic, between real sockets. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class HostTrafficTest {

    private static final int PINGS = TestRouter.PINGS;

    @TempDir
    private Path folder;

    @Test
    void shouldCarryTheHostsTrafficBothWays() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.dut.exec("sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.d0.rp_filter=1");
            router.kernelForwards(true).start(configuration("local: penstock"));
            router.ping(router.client, TestRouter.ROUTER);
            router.ping(router.dut, TestRouter.SERVER);
            final CounterSnapshot stat = router.stat(now -> now.sum(WorkerCounter.DELIVERED) >= 2 * PINGS
                    && now.sum(WorkerCounter.FORWARDED) >= 2 * PINGS);
            assertEquals(2 * PINGS, stat.sum(WorkerCounter.DELIVERED));
            assertEquals(2 * PINGS, stat.sum(WorkerCounter.HOST_SENT));
            assertEquals(2 * PINGS, stat.sum(WorkerCounter.FORWARDED));
            assertEquals(0, stat.unaccounted());
            assertEquals(0, stat.ports().getFirst().get(RedirectProgramCounter.PASSED_LOCAL));
            router.ping(router.client, TestRouter.ROUTER6);
            router.ping(router.dut, TestRouter.SERVER6);
            router.stat(now -> now.sum(WorkerCounter.DELIVERED) >= 4 * PINGS && now.unaccounted() == 0);
            assertTrue(router.dut.ip("link show penstock0").contains("UP"));
        }
    }

    @Test
    void shouldUseAQueueForEachWorkerWhenThereAreSeveral() throws Exception {
        Assumptions.assumeTrue(CpuAffinity.current().cardinality() >= 2, "lacking: two CPUs");
        try (TestRouter router = new TestRouter(folder, 2, 2)) {
            final Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { d0: , d1: }\nlocal: penstock\n");
            router.kernelForwards(true).start(new ConfigurationBuilder().file(file)
                    .cpus(CpuAffinity.current().stream().limit(2).boxed().toList()).build());
            for (int i = 0; i < 2; i++) {
                router.ping(router.client, TestRouter.ROUTER);
                router.ping(router.dut, TestRouter.SERVER6);
            }
            final CounterSnapshot stat = router.stat(now -> now.sum(WorkerCounter.DELIVERED) >= 4 * PINGS);
            assertEquals(0, stat.unaccounted());
            assertTrue(router.dut.ip("-d link show penstock0").contains("numqueues 2"));
        }
    }

    @Test
    void shouldLeaveItToTheKernelWhenAskedTo() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("local: kernel"));
            router.ping(router.client, TestRouter.ROUTER);
            router.ping(router.dut, TestRouter.SERVER);
            final CounterSnapshot stat = router.stat(
                    now -> now.ports().getFirst().get(RedirectProgramCounter.PASSED_LOCAL) >= PINGS);
            assertEquals(0, stat.sum(WorkerCounter.DELIVERED));
            assertFalse(router.dut.ip("link").contains("penstock0"));
            assertEquals("hook arp: family ARP sees no packets: the kernel keeps ARP; supported with local: kernel are INET, "
                    + "IPV4, IPV6, NETDEV", assertThrows(HookException.class,
                            () -> router.hooks().register(arp(HookPoint.ARP_IN, new AtomicInteger(), Verdict.ACCEPT)))
                    .getMessage());
        }
    }

    @Test
    void shouldSayWhyWhenAPortCannot() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final Configuration wanted = configuration("local: penstock", "d1: { attach: generic }");
            final RunException e = assertThrows(RunException.class, () -> router.kernelForwards(true).start(wanted));
            router.expectFailure();
            assertEquals("local: penstock cannot be had: generic XDP would see again what it delivers to the host: port=d1; "
                    + "write local: kernel", e.getMessage());
        }
    }

    @Test
    void shouldLeaveItToTheKernelAndSaySoWhenAPortCannotAndNobodyAsked() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("", "d1: { attach: generic }"));
            router.ping(router.client, TestRouter.ROUTER);
            assertTrue(router.messages().contains("the host's own traffic is left to the kernel, as with local: kernel: generic "
                    + "XDP would see again what it delivers to the host: port=d1"), router.messages());
        }
    }

    @Test
    void shouldShowHostPacketsToHooks() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("local: penstock"));
            final AtomicInteger in = new AtomicInteger();
            final AtomicInteger out = new AtomicInteger();
            final AtomicInteger uid = new AtomicInteger(-2);
            try (Registration _ = router.hooks().register(List.of(
                    HookOps.of("in", Family.INET, HookPoint.LOCAL_IN, Priority.FILTER, (packet, state) -> {
                        in.incrementAndGet();
                        return state.in().name().equals("d1") ? Verdict.ACCEPT : Verdict.DROP;
                    }),
                    HookOps.of("out", Family.INET, HookPoint.LOCAL_OUT, Priority.FILTER, (packet, state) -> {
                        out.incrementAndGet();
                        uid.set(state.socketUid());
                        return state.in() == null && state.out().name().equals("d1") ? Verdict.ACCEPT : Verdict.DROP;
                    })))) {
                router.ping(router.dut, TestRouter.SERVER);
            }
            assertEquals(PINGS, in.get());
            assertEquals(PINGS, out.get());
            assertEquals(0, uid.get());
        }
    }

    @Test
    void shouldShowArpToHooksWhileThereAreAny() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("local: penstock"));
            router.ping(router.dut, TestRouter.SERVER);
            final AtomicInteger in = new AtomicInteger();
            final AtomicInteger out = new AtomicInteger();
            try (Registration _ = router.hooks().register(arp(HookPoint.ARP_IN, in, Verdict.ACCEPT));
                    Registration _ = router.hooks().register(arp(HookPoint.ARP_OUT, out, Verdict.ACCEPT))) {
                router.dut.ip("neigh flush dev d1");
                router.server.ip("neigh flush dev s0");
                router.ping(router.dut, TestRouter.SERVER);
                router.ping(router.server, "10.2.0.254");
                assertTrue(in.get() > 0, "received");
                assertTrue(out.get() > 0, "sent");
            }
            final int before = in.get() + out.get();
            router.dut.ip("neigh flush dev d1");
            router.server.ip("neigh flush dev s0");
            router.ping(router.dut, TestRouter.SERVER);
            assertEquals(before, in.get() + out.get(), "without functions ARP is the kernel's");
            assertEquals(0, router.stat().unaccounted());
        }
    }

    @Test
    void shouldKeepArpFromTheHostWhenAHookDropsIt() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("local: penstock"));
            final AtomicInteger in = new AtomicInteger();
            try (Registration _ = router.hooks().register(arp(HookPoint.ARP_IN, in, Verdict.DROP))) {
                router.client.exec("ping -c 1 -W 1 127.0.0.1");
                router.client.ip("neigh flush dev c0");
                router.client.ip("neigh add 10.1.0.77 lladdr 02:00:00:00:00:01 dev c0");
                assertThrows(AssertionError.class,
                        () -> router.client.exec("ping -q -c 2 -i 0.2 -W 1 %s", TestRouter.ROUTER));
                assertTrue(in.get() > 0);
            }
            router.ping(router.client, TestRouter.ROUTER);
        }
    }

    @Test
    void shouldReachWhatOnlyTheKernelServes() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.dut.ip("link add k0 type veth peer name k1 netns %s", router.client.name());
            router.dut.ip("link set k0 up");
            router.dut.ip("addr add 10.8.0.254/24 dev k0");
            router.client.ip("link set k1 up");
            router.client.ip("addr add 10.8.0.1/24 dev k1");
            router.client.ip("route add 10.2.0.0/24 via 10.8.0.254 src 10.8.0.1 table 8");
            router.client.ip("rule add from 10.8.0.1 table 8");
            router.dut.ip("route add local 10.77.0.0/24 dev lo");
            router.kernelForwards(true).start(configuration("local: penstock"));
            router.ping(router.server, "10.8.0.1");
            router.ping(router.client, "10.77.0.9");
            assertFalse(router.messages().contains("route_kernel"), router.messages());
        }
    }

    @Test
    void shouldLeaveItToTheKernelWhenTheDeviceGoes() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration("local: penstock"));
            router.ping(router.client, TestRouter.ROUTER);
            router.dut.ip("link set penstock0 down");
            router.stat(_ -> router.messages().contains("device penstock0 is down: the host's own traffic is the kernel's until "
                    + "the data plane is restarted"));
            router.ping(router.client, TestRouter.ROUTER);
            router.ping(router.dut, TestRouter.SERVER);
            router.dut.ip("link del penstock0");
            router.ping(router.client, TestRouter.SERVER);
        }
    }

    private static HookOps arp(final HookPoint point, final AtomicInteger count, final int verdict) {
        return HookOps.of("arp", Family.ARP, point, Priority.FILTER, (packet, state) -> {
            count.incrementAndGet();
            return verdict;
        });
    }

    private Configuration configuration(final String local, final String... ports) throws IOException {
        final String second = ports.length == 0 ? "d1: " : ports[0];
        final Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { d0: , " + second + "}\n" + local + "\n");
        return new ConfigurationBuilder().file(file).cpus(List.of(CpuAffinity.current().length() - 1)).build();
    }
}
