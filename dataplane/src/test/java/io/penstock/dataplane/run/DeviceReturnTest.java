package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.control.ToolRun;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.bpf.KeptAttachments;
import io.penstock.os.bpf.KeptAttachments.Place;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A port's device that goes, and one of the same name that comes, while other ports are in use. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class DeviceReturnTest {

    private static final String THIRD = "10.3.0.1";
    private static final int TIMES = 2;
    /** Of a device that is made, so that it is known before. */
    private static final int IFINDEX = 4242;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"on-death: kernel", "on-death: drop", "local: kernel"})
    void shouldServeADeviceThatComesBackWhileTheRestGoesOn(final String text) throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration(text));
            router.ping(router.client, THIRD);
            final Set<Integer> seen = new ConcurrentSkipListSet<>();
            final Registration hook = router.hooks().register(List.of(HookOps.of(
                    "seen", Family.IPV4, HookPoint.FORWARD, Priority.FILTER, (packet, state) -> {
                        seen.add(state.out().ifindex());
                        return Verdict.ACCEPT;
                    })));
            final Process stream = new ProcessBuilder("ip", "netns", "exec", router.client.name(), "ping", "-q", "-c", "1500",
                    "-i", "0.002", "-W", "3", TestRouter.SERVER).redirectErrorStream(true).start();
            for (int i = 1; i <= TIMES; i++) {
                router.dut.ip("link del d2");
                CounterSnapshot.Port port = router.stat(now -> now.ports().get(2).attachment() == Attachment.NONE).ports().get(2);
                assertEquals("the device is gone", port.why());
                link(router, third);
                port = router.stat(now -> now.ports().get(2).attachment() == Attachment.NATIVE).ports().get(2);
                assertTrue(port.why().endsWith("; the device has come back: times=" + i), port.why());
                router.ping(router.client, THIRD);
                router.ping(third, TestRouter.SERVER6);
                router.ping(router.dut, THIRD);
                router.ping(third, "10.3.0.254");
                final int ifindex = NetNs.within(router.dut.name(), () -> Interfaces.byName("d2").ifindex());
                assertTrue(seen.contains(ifindex), "hooks see the new device: " + seen);
            }
            final String printed = new String(stream.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(printed.contains(" 0% packet loss"), printed + router.messages());
            hook.close();
            final CounterSnapshot stat = router.stat(now -> now.unaccounted() == 0);
            assertTrue(stat.ports().get(2).get(PortCounter.TX_PACKETS) >= 20 + 40 * TIMES, "counts go on");
            assertTrue(router.messages().contains("device d2 is gone: port d2 carries nothing until a device called d2 is there "
                    + "and up"), router.messages());
            assertTrue(router.messages().contains("device d2 is back: port d2 is served again"), router.messages());
            router.stop();
            assertTrue(router.messages().contains("accounted for"), router.messages());
        }
    }

    @Test
    void shouldGoOnWhenADeviceIsRenamed() throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration(""));
            ToolRun.ok(router.socket(), "iptables -A FORWARD -o d2");
            ToolRun.ok(router.socket(), "iptables -A FORWARD -o e2");
            final Set<String> seen = new ConcurrentSkipListSet<>();
            router.hooks().register(List.of(HookOps.of(
                    "seen", Family.NETDEV, HookPoint.INGRESS, Priority.FILTER, (packet, state) -> {
                        seen.add(state.in().name());
                        return Verdict.ACCEPT;
                    }).on("d2")));
            router.ping(router.client, THIRD);
            assertEquals("d2=20 e2=0", sent(router));
            assertEquals(Set.of("d2"), seen);
            router.dut.ip("link set d2 down");
            router.dut.ip("link set d2 name e2");
            router.dut.ip("link set e2 up");
            router.dut.ip("addr replace fd03::254/64 dev e2 nodad");
            router.stat(now -> router.messages().contains("device d2 of port d2 is called e2 now: the port goes on"));
            router.hooks().register(List.of(HookOps.of(
                    "now", Family.NETDEV, HookPoint.INGRESS, Priority.FILTER, (packet, state) -> {
                        seen.add("now " + state.in().name());
                        return Verdict.ACCEPT;
                    }).on("e2")));
            router.ping(router.client, THIRD);
            router.ping(third, TestRouter.SERVER6);
            assertEquals("d2=20 e2=20", sent(router));
            assertEquals(Set.of("d2", "now e2"), seen);
        }
    }

    @Test
    void shouldSayWhyWhenADeviceThatComesBackCannotBeServed() throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration(""));
            router.dut.ip("link del d2");
            router.link("d2", 2, third, "t0");
            router.stat(now -> router.messages().contains("device d2 is back, and port d2 cannot be served by it: port d2 had "
                    + "another number of queues before: device=d2 queues=2 before=1; give the device as many, or restart the "
                    + "data plane"));
            router.dut.ip("link del d2");
            link(router, third);
            router.stat(now -> now.ports().get(2).attachment() == Attachment.NATIVE);
            router.ping(router.client, THIRD);
        }
    }

    @Test
    @Privileged(programs = {"ping", "taskset", "ethtool"})
    void shouldServeADeviceWhenWhatStoodInItsWayEndsWithoutAnEvent() throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration(""));
            router.dut.ip("link del d2");
            link(router, third, 2, "t0");
            router.stat(now -> router.messages().contains("queues=2 before=1; give the device as many"));
            third.exec("ethtool -L t0 rx 1 tx 1");
            router.dut.exec("ethtool -L d2 rx 1 tx 1");
            router.stat(now -> now.ports().get(2).attachment() == Attachment.NATIVE);
            router.ping(router.client, THIRD);
        }
    }

    @Test
    void shouldServeADeviceThatWasThereBeforeTheOtherWasGone() throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration(""));
            router.dut.ip("link set d2 down");
            router.dut.ip("link set d2 name old2");
            router.dut.ip("addr flush dev old2");
            third.ip("link set t0 down");
            link(router, third, 1, "t1");
            router.ping(router.dut, THIRD);
            router.dut.ip("link del old2");
            router.stat(now -> now.ports().get(2).attachment() == Attachment.NATIVE);
            router.ping(router.client, THIRD);
            assertTrue(router.messages().contains("device old2 is gone: port d2 carries nothing until a device called d2 is there "
                    + "and up"), router.messages());
        }
    }

    @Test
    void shouldGiveADeviceBackThatCanBeOpenedButNotServed() throws Exception {
        try (TestNetNs third = TestNetNs.create("t"); TestRouter router = new TestRouter(folder, 1, 1)) {
            link(router, third);
            router.kernelForwards(true).start(configuration("on-death: drop"));
            router.dut.ip("link del d2");
            router.stat(now -> now.ports().get(2).attachment() == Attachment.NONE);
            // Where it is to be pinned what takes the packets that the host sends.
            NetNs.within(router.dut.name(), () -> {
                try (KeptAttachments pins = KeptAttachments.openExisting()) {
                    final Path inTheWay = Files.createDirectory(pins.path(Place.EGRESS, IFINDEX));
                    try {
                        router.dut.ip("link add d2 index %d numtxqueues 1 numrxqueues 1 type veth peer name t0 numtxqueues 1 "
                                + "numrxqueues 1 netns %s", IFINDEX, third.name());
                        router.dut.ip("link set d2 up");
                        router.stat(now -> router.messages().contains("; then put the device down and up, which has it tried again"));
                    } finally {
                        Files.delete(inTheWay);
                    }
                    assertFalse(Files.exists(pins.path(Place.INGRESS, IFINDEX)), "the kernel has it");
                    return null;
                }
            });
            assertTrue(router.messages().contains("device d2 is back, and port d2 cannot be served by it: bpf(OBJ_GET, path="),
                    router.messages());
            assertFalse(router.dut.ip("-d link show d2").contains("prog/xdp"), router.dut.ip("-d link show d2"));
            router.ping(router.client, TestRouter.SERVER);
            router.dut.ip("link set d2 down");
            third.ip("link set t0 up");
            router.dut.ip("link set d2 up");
            router.stat(now -> now.ports().get(2).attachment() == Attachment.NATIVE);
            address(router, third, "t0");
            router.ping(router.client, THIRD);
            router.ping(third, TestRouter.SERVER6);
            router.stat(now -> now.unaccounted() == 0);
        }
    }

    /** Packets forwarded by each name of the device, as rules count them. */
    private static String sent(final TestRouter router) {
        final Matcher rules = Pattern.compile("\\[(\\d+):\\d+] -A FORWARD -o (\\w+)\n")
                .matcher(ToolRun.ok(router.socket(), "iptables-save -c"));
        return rules.results().map(rule -> rule.group(2) + '=' + rule.group(1)).collect(Collectors.joining(" "));
    }

    private static void link(final TestRouter router, final TestNetNs third) {
        link(router, third, 1, "t0");
    }

    private static void link(final TestRouter router, final TestNetNs third, final int queues, final String theirs) {
        // Else IPv6 waits for a second each time before it asks for a neighbour.
        third.exec("sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0");
        router.link("d2", queues, third, theirs);
        address(router, third, theirs);
    }

    private static void address(final TestRouter router, final TestNetNs third, final String theirs) {
        TestRouter.address(router.dut, "d2", "3", "254");
        TestRouter.address(third, theirs, "3", "1");
        TestRouter.route(third, "3");
    }

    private Configuration configuration(final String text) throws IOException {
        final Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { d0: , d1: , d2: }\n" + text);
        return new ConfigurationBuilder().file(file).cpus(List.of(CpuAffinity.current().length() - 1)).build();
    }
}
