package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts on a port's link that are replaced or gone without a word, when the kernel knows them still. */
@Timeout(90)
@Privileged(programs = {"ping", "taskset"})
class NeighbourReplaceTest {

    private static final String NEW_MAC = "02:00:00:00:77:01";

    @TempDir
    private Path folder;

    @Test
    void shouldFindAHostThatHasAnotherAddressOnItsLink() throws Exception {
        try (TestRouter router = start()) {
            router.ping(router.client, TestRouter.SERVER);
            stale(router, TestRouter.SERVER);
            router.server.ip("link set s0 address " + NEW_MAC);
            final Shell.Result answered = firstAnswer(router.client, TestRouter.SERVER);
            assertEquals(0, answered.exit(), () -> answered.output() + router.dut.ip("neigh") + router.messages());
        }
    }

    @Test
    void shouldFindAHostOfIpv6ThatHasAnotherAddressOnItsLink() throws Exception {
        try (TestRouter router = start()) {
            router.ping(router.client, TestRouter.SERVER6);
            stale(router, TestRouter.SERVER6);
            router.server.ip("link set s0 address " + NEW_MAC);
            final Shell.Result answered = firstAnswer(router.client, TestRouter.SERVER6);
            assertEquals(0, answered.exit(), () -> answered.output() + router.dut.ip("neigh") + router.messages());
        }
    }

    @Test
    void shouldTellTheSenderWhenAHostIsGone() throws Exception {
        try (TestRouter router = start()) {
            router.ping(router.client, TestRouter.SERVER);
            stale(router, TestRouter.SERVER);
            router.server.ip("addr flush dev s0");
            final Shell.Result refused = firstAnswer(router.client, TestRouter.SERVER);
            assertTrue(refused.output().contains("Destination Host Unreachable"),
                    () -> refused.output() + router.dut.ip("neigh") + router.messages());
        }
    }

    @Test
    void shouldKeepThatAHostIsLearnedElsewhereWhenItIsAskedFor() throws Exception {
        try (TestRouter router = start()) {
            router.ping(router.client, TestRouter.SERVER);
            router.dut.ip("neigh change %s dev d1 lladdr %s nud stale extern_learn", TestRouter.SERVER, mac(router));
            do {
                router.ping(router.client, TestRouter.SERVER);
            } while (!show(router).contains("REACHABLE"));
            assertTrue(show(router).contains("extern_learn"), () -> show(router) + router.messages());
        }
    }

    @Test
    void shouldKeepThatAHostIsManagedWhenItIsAskedFor() throws Exception {
        try (TestRouter router = start()) {
            router.dut.exec("sysctl -qw net.ipv4.neigh.d1.base_reachable_time_ms=1000");
            router.dut.exec("sysctl -qw net.ipv4.neigh.d1.delay_first_probe_time=1 net.ipv4.neigh.d1.retrans_time_ms=200");
            router.ping(router.client, TestRouter.SERVER);
            router.dut.ip("neigh change %s dev d1 managed", TestRouter.SERVER);
            router.server.ip("addr flush dev s0");
            while (show(router).contains("lladdr")) { // once it has none, the kernel gives it up and asks again, in turns
                firstAnswer(router.client, TestRouter.SERVER);
            }
            firstAnswer(router.client, TestRouter.SERVER);
            assertTrue(show(router).contains("managed"), () -> show(router) + router.messages());
        }
    }

    private static String show(final TestRouter router) {
        return Shell.attempt(List.of("ip", "-n", router.dut.name(), "neigh", "show", TestRouter.SERVER, "dev", "d1")).output();
    }

    private static String mac(final TestRouter router) {
        return Shell.attempt(List.of("ip", "netns", "exec", router.server.name(), "cat", "/sys/class/net/s0/address")).output().strip();
    }

    private TestRouter start() throws InterruptedException {
        final TestRouter router = new TestRouter(folder, 1, 1);
        final Configuration configuration =
                new ConfigurationBuilder().port("d0").port("d1").cpus(List.of(CpuAffinity.current().length() - 1)).build();
        return router.kernelForwards(true).start(configuration);
    }

    /** As half a minute without a packet of the kernel's own makes it; from now on the kernel finds out soon who is gone. */
    private static void stale(final TestRouter router, final String host) {
        for (final String family : List.of("ipv4", "ipv6")) {
            router.dut.exec("sysctl -qw net.%1$s.neigh.d1.delay_first_probe_time=1 net.%1$s.neigh.d1.retrans_time_ms=200", family);
        }
        router.dut.ip("neigh change %s dev d1 nud stale", host);
    }

    /** Asks until there is an answer or an error. */
    private static Shell.Result firstAnswer(final TestNetNs from, final String to) {
        return Shell.attempt(List.of("ip", "netns", "exec", from.name(), "ping", "-c", "1", "-w", "25", "-i", "0.2", to));
    }
}
