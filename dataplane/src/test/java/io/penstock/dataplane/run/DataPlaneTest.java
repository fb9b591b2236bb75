package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.xdp.RedirectProgramCounter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole data plane between real sockets. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class DataPlaneTest {

    private static final int PINGS = TestRouter.PINGS;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = PortConfig.Attach.class, names = {"NATIVE", "GENERIC", "PACKET"})
    void shouldForwardEveryPacketOnceAndLeaveTheHostsOwnToTheKernel(final PortConfig.Attach attach) throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { d0: , d1: }\nlocal: kernel\n");
            router.kernelForwards(attach != PortConfig.Attach.PACKET)
                    .start(new ConfigurationBuilder().file(file).attach(attach).cpus(oneCpu()).build());
            router.ping(router.client, TestRouter.SERVER);
            router.ping(router.client, TestRouter.SERVER6);
            router.ping(router.server, TestRouter.CLIENT);
            router.ping(router.client, TestRouter.ROUTER);
            final CounterSnapshot stat = router.stat(now -> now.sum(WorkerCounter.FORWARDED) >= 6 * PINGS
                    && (attach == PortConfig.Attach.PACKET || programsCounted(now)));
            assertEquals(0, stat.unaccounted());
            assertEquals(6 * PINGS, stat.sum(WorkerCounter.FORWARDED));
            assertEquals(0, stat.sum(WorkerCounter.HANDED_OFF));
            for (final CounterSnapshot.Port port : stat.ports()) {
                assertEquals(attach.name(), port.attachment().name());
                assertEquals(3 * PINGS, port.get(PortCounter.TX_PACKETS), port.name());
                if (attach == PortConfig.Attach.PACKET) {
                    assertEquals("asked for", port.why());
                    assertEquals(0, port.get(RedirectProgramCounter.REDIRECTED));
                } else {
                    assertEquals(3 * PINGS, port.get(RedirectProgramCounter.REDIRECTED), port.name());
                    assertEquals(3 * PINGS, port.get(PortCounter.RX_PACKETS), port.name());
                    assertNotEquals(0, port.get(RedirectProgramCounter.PASSED_NON_IP), "ARP is the kernel's");
                    assertEquals(0, port.get(RedirectProgramCounter.PASSED_NO_SOCKET));
                }
            }
        }
    }

    @Test
    void shouldRefuseAfPacketWhenTheKernelForwardsToo() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true);
            final RunException e = assertThrows(RunException.class,
                    () -> router.start(configuration(PortConfig.Attach.PACKET, oneCpu())));
            router.expectFailure();
            assertEquals("port d0 is to run through AF_PACKET (asked for), but the kernel forwards on d0 too, and every packet "
                    + "would leave twice; run 'sysctl -w net.ipv4.conf.d0.forwarding=0 net.ipv6.conf.d0.forwarding=0'",
                    e.getMessage());
        }
    }

    @Test
    void shouldTellWhenTheKernelStartsToForwardBesideAfPacket() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(false).start(configuration(PortConfig.Attach.PACKET, oneCpu()));
            router.dut.exec("sysctl -qw net.ipv4.conf.d1.forwarding=1");
            router.stat(now -> router.messages().contains("the kernel forwards on d1 beside port d1, which runs through "
                    + "AF_PACKET: packets leave twice; run 'sysctl -w net.ipv4.conf.d1.forwarding=0 "
                    + "net.ipv6.conf.all.forwarding=0'"));
        }
    }

    @Test
    void shouldForwardWhenWorkersPollTheDriver() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final Path file = Files.writeString(folder.resolve("c.yaml"),
                    "ports: { d0: { busy-poll: 20, busy-poll-budget: 16 }, d1: { busy-poll: 20 } }\n");
            router.kernelForwards(true).start(new ConfigurationBuilder().file(file).cpus(oneCpu()).build());
            router.ping(router.client, TestRouter.SERVER);
            assertEquals(2 * PINGS, router.stat(now -> now.sum(WorkerCounter.FORWARDED) >= 2 * PINGS)
                    .sum(WorkerCounter.FORWARDED));
            assertTrue(!router.messages().contains("was refused"), router.messages());
        }
    }

    @Test
    void shouldRefuseWhenMoreQueuesAreAskedForThanThereAre() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { d0: { queues: 200 }, d1: }\n");
            final RunException e = assertThrows(RunException.class,
                    () -> router.start(new ConfigurationBuilder().file(file).cpus(oneCpu()).build()));
            router.expectFailure();
            assertEquals("port d0 is to have more queues than its device: device=d0 queues=1 wanted=200; set queues: 1",
                    e.getMessage());
        }
    }

    static Configuration configuration(final PortConfig.Attach attach, final List<Integer> cpus) {
        return new ConfigurationBuilder().port("d0").port("d1").attach(attach).cpus(cpus).build();
    }

    /** The control thread writes what the programs counted from time to time, and port by port. */
    private static boolean programsCounted(final CounterSnapshot now) {
        return now.ports().getFirst().get(RedirectProgramCounter.PASSED_LOCAL) >= PINGS
                && now.ports().stream().allMatch(port -> port.get(RedirectProgramCounter.REDIRECTED) >= 3 * PINGS
                        && port.get(RedirectProgramCounter.PASSED_NON_IP) > 0);
    }

    private static List<Integer> oneCpu() {
        return List.of(CpuAffinity.current().length() - 1);
    }
}
