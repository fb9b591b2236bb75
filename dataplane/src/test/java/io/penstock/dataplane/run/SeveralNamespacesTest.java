package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.control.HalfReloadException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.control.ToolRun;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two routers with the same addresses and devices, in two network namespaces, served by one process with one worker. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class SeveralNamespacesTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    private Path folder;

    @Test
    void shouldServeTwoNamespacesByOneWorkerWhenTheirAddressesOverlap() throws Exception {
        final String cpus = CpuAffinity.format(CpuAffinity.current());
        try (TestRouter one = new TestRouter(folder, 1, 1).kernelForwards(true);
                TestRouter two = new TestRouter(folder, 1, 1).kernelForwards(true);
                Running running = new Running(configuration(one, two), List.of(one.dut.name(), two.dut.name()))) {
            final AtomicInteger everywhere = new AtomicInteger();
            final AtomicInteger inTwo = new AtomicInteger();
            running.plane.hooks().register(List.of(
                    HookOps.of("all", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                        everywhere.incrementAndGet();
                        return Verdict.ACCEPT;
                    }),
                    HookOps.of("two", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                        inTwo.incrementAndGet();
                        return Verdict.ACCEPT;
                    }).in(two.dut.name())));
            for (final TestRouter router : List.of(one, two, one)) {
                router.ping(router.client, TestRouter.SERVER);
                router.ping(router.server, TestRouter.CLIENT);
                router.ping(router.client, TestRouter.SERVER6);
                router.ping(router.client, TestRouter.ROUTER);
                router.ping(router.dut, TestRouter.SERVER);
            }
            final CounterSnapshot first = stat(one, now -> now.sum(WorkerCounter.FORWARDED) >= 240 + 80
                    && now.unaccounted() == 0);
            final CounterSnapshot second = stat(two, now -> now.sum(WorkerCounter.FORWARDED) >= 120 + 40
                    && now.unaccounted() == 0);
            assertEquals(240 + 80, first.sum(WorkerCounter.FORWARDED), "forwarded, answers and requests of its own");
            assertEquals(120 + 40, second.sum(WorkerCounter.FORWARDED));
            assertEquals(1, first.workers().size());
            assertEquals(List.of(one.dut.name() + ":d0", one.dut.name() + ":d1"),
                    first.ports().stream().map(CounterSnapshot.Port::name).toList());
            assertEquals(160 + 80, everywhere.get());
            assertEquals(80, inTwo.get());

            // A device of one goes and comes back; the other does not notice.
            two.dut.ip("link del d1");
            stat(two, now -> now.ports().get(1).attachment() == Attachment.NONE);
            one.ping(one.client, TestRouter.SERVER);
            two.link("d1", 1, two.server, "s0");
            TestRouter.address(two.dut, "d1", "2", "254");
            TestRouter.address(two.server, "s0", "2", "1");
            TestRouter.route(two.server, "2");
            stat(two, now -> now.ports().get(1).attachment() == Attachment.NATIVE);
            two.ping(two.client, TestRouter.SERVER);
            two.ping(two.dut, TestRouter.SERVER);

            running.stop();
            assertTrue(running.plane.framesAccountedFor(), running.messages());
            for (final TestRouter router : List.of(one, two)) {
                assertTrue(running.messages().contains("penstock: " + router.dut.name() + ": frames: "), running.messages());
                assertFalse(router.dut.ip("-d link").contains("prog/xdp"), "both are given back");
                router.ping(router.client, TestRouter.SERVER);
            }
        } finally {
            Shell.sh("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldSayWhichNamespaceHasWhatTheFilesSayWhenAnotherRefusesThem() throws Exception {
        final String cpus = CpuAffinity.format(CpuAffinity.current());
        try (TestRouter one = new TestRouter(folder, 1, 1).kernelForwards(true);
                TestRouter two = new TestRouter(folder, 1, 1).kernelForwards(true);
                Running running = new Running(configuration(one, two), List.of(one.dut.name(), two.dut.name()))) {
            final Path socket = NetNs.within(two.dut.name(), () -> RuntimePaths.socket(null));
            assertEquals("", ToolRun.ok(socket, "ipset create a hash:net"));
            final TableFiles files = new TableFiles(Files.writeString(folder.resolve("sets"), "create a hash:ip\n"), null, null);
            final String message = assertThrows(HalfReloadException.class, () -> running.plane.reloadRules(files)).getMessage();
            assertTrue(message.startsWith("network namespaces that have what the files say are " + one.dut.name() + "; not so " + two.dut.name()
                    + ": " + folder.resolve("sets") + ":1: the sets are refused: set a is in force with another type"), message);
        } finally {
            Shell.sh("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldOpenSettingsOfTheirOwnNamespaceWhenTheKernelMakesThemAnew() throws Exception {
        final String cpus = CpuAffinity.format(CpuAffinity.current());
        try (TestNetNs home = TestNetNs.create("h");
                TestRouter one = new TestRouter(folder, 1, 1).kernelForwards(true);
                TestRouter two = new TestRouter(folder, 1, 1).kernelForwards(true)) {
            // Of the same name, where the control thread is at home.
            home.veth("d1", home, "d2");
            home.exec("sysctl -qw net.ipv6.conf.d1.disable_ipv6=1");
            try (Running _ = new Running(configuration(one, two), List.of(one.dut.name(), two.dut.name()), home.name())) {
                two.ping(two.client, TestRouter.SERVER6);
                // IPv6 takes its settings away: packets are too small for it.
                two.dut.ip("link set d1 mtu 1200");
                awaitTick(two);
                two.dut.ip("link set d1 mtu 1500");
                two.dut.ip("addr add fd02::254/64 dev d1 nodad");
                awaitTick(two);
                two.ping(two.client, TestRouter.SERVER6);
            }
        } finally {
            Shell.sh("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldReadFilesInEachNamespaceWhenTheyAreReloaded() throws Exception {
        final String cpus = CpuAffinity.format(CpuAffinity.current());
        try (TestRouter one = new TestRouter(folder, 1, 1).kernelForwards(true);
                TestRouter two = new TestRouter(folder, 1, 1).kernelForwards(true);
                Running running = new Running(configuration(one, two), List.of(one.dut.name(), two.dut.name()))) {
            // Empty in one namespace, and no rule in the other.
            two.dut.exec("sysctl -qw net.ipv4.ip_local_reserved_ports=7");
            final TableFiles files = new TableFiles(null, Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports"), null);
            final String refusal = assertThrows(HalfReloadException.class, () -> running.plane.reloadRules(files)).getMessage();
            assertTrue(refusal.contains("; not so " + two.dut.name() + ": " + files.rules4() + ":1:"), refusal);
            two.dut.exec("sysctl -qw net.ipv4.ip_local_reserved_ports=");
            running.plane.reloadRules(files);
        } finally {
            Shell.sh("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldRefuseTheWholeStartAndNameTheNamespaceThatFails() throws Exception {
        try (TestRouter one = new TestRouter(folder, 1, 1); TestRouter two = new TestRouter(folder, 1, 1)) {
            two.dut.ip("link set d1 down");
            final RunException down = assertThrows(RunException.class, () -> open(configuration(one, two), one, two));
            assertEquals("network namespace " + two.dut.name() + ": port " + two.dut.name()
                    + ":d1 is down: device=d1; run 'ip link set d1 up'", down.getMessage());
            two.dut.ip("link del d1");
            final RunException gone = assertThrows(RunException.class, () -> open(configuration(one, two), one, two));
            assertTrue(gone.getMessage().startsWith("network namespace " + two.dut.name() + ": device d1 does not exist"),
                    gone.getMessage());
            assertFalse(one.dut.ip("-d link").contains("prog/xdp"), "nothing is attached");
        }
    }

    @Test
    void shouldSayHowToNamePortsWhenThereAreSeveralNamespaces() {
        final ConfigurationBuilder builder = new ConfigurationBuilder().netns(List.of("a", "b"));
        assertEquals("--port d0: 'd0' does not say which network namespace it is in; write NETNS/DEVICE with one of a, b",
                assertThrows(ConfigurationException.class, () -> builder.port("d0")).getMessage());
        assertEquals("--port c/d0: 'c/d0' does not say which network namespace it is in; write NETNS/DEVICE with one of a, b",
                assertThrows(ConfigurationException.class, () -> builder.port("c/d0")).getMessage());
        builder.port("a/d0");
        assertEquals("the configuration: no port is in network namespace b; name one as b/DEVICE, or leave out --netns b",
                assertThrows(ConfigurationException.class, builder::build).getMessage());
        final Configuration both = builder.port("b/d0").build();
        assertEquals(List.of("b:d0"), both.in("b").ports().stream().map(port -> port.name()).toList());
        assertEquals(List.of("d0"), both.in("a").ports().stream().map(port -> port.device()).toList());
    }

    private static void open(final Configuration configuration, final TestRouter... routers) {
        new DataPlane(configuration, List.of(routers).stream().map(router -> router.dut.name()).toList(), System.err).close();
    }

    private static Configuration configuration(final TestRouter... routers) {
        final List<String> names = List.of(routers).stream().map(router -> router.dut.name()).toList();
        final ConfigurationBuilder builder = new ConfigurationBuilder().netns(names)
                .cpus(List.of(CpuAffinity.current().length() - 1));
        names.forEach(name -> builder.port(name + "/d0").port(name + "/d1"));
        return builder.build();
    }

    /** Returns when the control thread has begun and ended a look at what sends no events. */
    private static void awaitTick(final TestRouter router) throws Exception {
        for (int i = 0; i < 2; i++) {
            final long before = redirected(stat(router, now -> true));
            router.ping(router.client, TestRouter.SERVER);
            assertTrue(redirected(stat(router, now -> redirected(now) > before)) > before);
        }
    }

    private static long redirected(final CounterSnapshot now) {
        return now.ports().getFirst().get(RedirectProgramCounter.REDIRECTED);
    }

    private static CounterSnapshot stat(final TestRouter router, final Predicate<CounterSnapshot> condition) throws Exception {
        final long deadline = System.nanoTime() + DEADLINE_NS;
        return NetNs.within(router.dut.name(), () -> {
            while (true) {
                try (CounterReader reader = CounterReader.open(RuntimePaths.counters(null))) {
                    final CounterSnapshot now = reader.snapshot();
                    if (condition.test(now) || System.nanoTime() - deadline > 0) {
                        return now;
                    }
                }
                LockSupport.parkNanos(1_000_000);
            }
        });
    }

    /** A data plane on a thread of its own, which it comes back to whatever namespaces it visits. */
    private static final class Running implements AutoCloseable {

        private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
        private final CountDownLatch started = new CountDownLatch(1);
        private final Thread thread;
        private volatile DataPlane plane;
        private volatile Throwable failure;

        Running(final Configuration configuration, final List<String> netns) throws InterruptedException {
            this(configuration, netns, null);
        }

        /** From a namespace that is not served; null for the calling thread's. */
        Running(final Configuration configuration, final List<String> netns, final String home) throws InterruptedException {
            thread = new Thread(() -> {
                if (home != null) {
                    NetNs.enter(home);
                }
                try (DataPlane opened = new DataPlane(
                        configuration, netns, new PrintStream(messages, true, StandardCharsets.UTF_8))) {
                    opened.start();
                    plane = opened;
                    started.countDown();
                    opened.runControl();
                } catch (final RuntimeException | Error e) {
                    failure = e;
                } finally {
                    started.countDown();
                }
            }, "control");
            thread.start();
            started.await();
            if (failure != null) {
                throw new AssertionError("it did not start", failure);
            }
        }

        String messages() {
            return messages.toString(StandardCharsets.UTF_8);
        }

        void stop() {
            plane.stop();
            try {
                thread.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            stop();
            if (failure != null) {
                throw new AssertionError("it failed: " + messages(), failure);
            }
        }
    }
}
