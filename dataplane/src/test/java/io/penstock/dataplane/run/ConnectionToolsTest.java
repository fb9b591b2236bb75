package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.control.ToolRun;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** conntrack and sysctl against a whole data plane, with real sockets on both sides. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class ConnectionToolsTest {

    private static final String TITLE = "conntrack v1.4.7 (conntrack-tools): ";
    private static final String RULE = "iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP";
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    private Path folder;

    @Test
    void shouldTellOfConnectionsAndChangeThem() throws Exception {
        try (TestRouter router = started(List.of())) {
            final Path socket = router.socket();
            assertEquals("0\n", ToolRun.ok(socket, "conntrack -C"));
            assertEquals("", ToolRun.ok(socket, RULE));
            assertEquals("net.netfilter.nf_conntrack_acct = 1\n", ToolRun.ok(socket, "sysctl -w net.netfilter.nf_conntrack_acct=1"));
            router.ping(router.client, TestRouter.SERVER);
            final ToolRun listed = ToolRun.of(socket, "conntrack -L -p icmp");
            assertTrue(listed.out().matches("(?s)icmp     1 (29|30) src=10\\..* type=8 code=0 id=[0-9]+ packets=[0-9]+ bytes=[0-9]+ src=10\\..*"),
                    listed.out());
            assertEquals(TITLE + "1 flow entries have been shown.\n", listed.err());
            assertEquals("1\n", ToolRun.ok(socket, "sysctl -n net.netfilter.nf_conntrack_count"));
            assertTrue(ToolRun.of(socket, "conntrack -U -p icmp -m 7 -t 500").out().contains(" mark=7 "));
            assertTrue(ToolRun.of(socket, "conntrack -D -p icmp").out().startsWith("icmp     1 "));
            assertEquals("0\n", ToolRun.ok(socket, "conntrack -C"));
            assertEquals(0, ToolRun.of(socket, "conntrack -I -s 10.9.9.9 -d 10.8.8.8 -p udp --sport 1 --dport 2 -t 50").status());
            assertTrue(ToolRun.ok(socket, "conntrack -S").lines().allMatch(line -> line.matches("cpu=[0-9]+ +\tfound=.* insert=[01] .*")));
            assertEquals(0, ToolRun.of(socket, "conntrack -F").status());
            assertEquals("0\n", ToolRun.ok(socket, "conntrack -C"));
        }
    }

    @Test
    void shouldTellEventsUntilTheDataPlaneEnds() throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final Future<ToolRun> events;
            try (TestRouter router = started(List.of())) {
                final Path socket = router.socket();
                assertEquals("", ToolRun.ok(socket, RULE));
                final ByteArrayOutputStream out = new ByteArrayOutputStream();
                events = one.submit(() -> ToolRun.of(socket, out, "conntrack -E -p icmp"));
                await(() -> Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("conntrack-events")));
                router.ping(router.client, TestRouter.SERVER);
                assertFalse(events.isDone());
                assertEquals(0, ToolRun.of(socket, "conntrack -F").status());
                await(() -> out.toString(StandardCharsets.ISO_8859_1).contains("[DESTROY]"));
            }
            final ToolRun run = events.get();
            assertTrue(run.out().contains("    [NEW] icmp     1 30 src=10."), run.toString());
            assertTrue(run.out().contains(" [UPDATE] icmp     1 30 src=10."), run.toString());
            assertTrue(run.out().contains("[DESTROY] icmp     1 "), run.toString());
        }
    }

    private static void await(final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "nobody listens, or nothing is told");
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldGoByTheSettingsOfTheConfiguration() throws Exception {
        try (TestRouter router = started(List.of("net.netfilter.nf_conntrack_max: 77", "net.netfilter.nf_conntrack_icmp_timeout: 500"))) {
            final Path socket = router.socket();
            assertEquals("net.netfilter.nf_conntrack_max = 77\n", ToolRun.ok(socket, "sysctl net.netfilter.nf_conntrack_max"));
            assertEquals("", ToolRun.ok(socket, RULE));
            router.ping(router.client, TestRouter.SERVER);
            assertTrue(ToolRun.of(socket, "conntrack -L").out().matches("(?s)icmp     1 (499|500) .*"));
        }
    }

    private TestRouter started(final List<String> sysctls) throws Exception {
        final StringBuilder text = new StringBuilder("ports: { d0: {}, d1: {} }\n");
        if (!sysctls.isEmpty()) {
            text.append("sysctl: { ").append(String.join(", ", sysctls)).append(" }\n");
        }
        final Configuration configuration = new ConfigurationBuilder().file(Files.writeString(folder.resolve("penstock.yaml"), text))
                .cpus(List.of(CpuAffinity.current().length() - 1)).kernelsNetwork().build();
        final TestRouter router = new TestRouter(folder, 1, 1);
        try {
            return router.kernelForwards(true).start(configuration);
        } catch (final RuntimeException | InterruptedException e) {
            router.close();
            throw e;
        }
    }
}
