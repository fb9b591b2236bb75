package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.control.ToolRun;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** iptables and files of rules against a whole data plane, with real sockets on both sides. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class RuleCommandsTest {

    private static final String FORWARD = "-A FORWARD -p icmp -j DROP";

    @TempDir
    private Path folder;

    @Test
    void shouldDropAndCountExactlyWhileARuleIsThere() throws Exception {
        try (TestRouter router = started(null, null)) {
            router.ping(router.client, TestRouter.SERVER);
            final Path socket = router.socket();
            assertEquals("", ToolRun.ok(socket, "iptables-save"));
            assertEquals("", ToolRun.ok(socket, "iptables " + FORWARD));
            lost(router.client, TestRouter.SERVER, 7);
            assertEquals("""
                    Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)
                        pkts      bytes target     prot opt in     out     source               destination%9s
                           7      588 DROP       1    --  *      *       0.0.0.0/0            0.0.0.0/0%11s
                    """.formatted("", ""), ToolRun.ok(socket, "iptables -L FORWARD -v -n -x"));
            // IPv6 has tables of its own.
            router.ping(router.client, TestRouter.SERVER6);
            assertEquals("", ToolRun.ok(socket, "iptables -D" + FORWARD.substring(2)));
            router.ping(router.client, TestRouter.SERVER);
            assertTrue(ToolRun.ok(socket, "iptables-save -c").contains(":FORWARD ACCEPT [40:3360]\n"));
        }
    }

    @Test
    void shouldHaveTheFilesInForceFromTheFirstPacketAndReloadThemWholeOrNotAtAll() throws Exception {
        final Path rules4 = write("r4", "*filter\n:FORWARD DROP\n-A FORWARD -s 10.1.0.0/24 -j ACCEPT\n-A FORWARD -d 10.1.0.0/24 -j ACCEPT\n"
                + "COMMIT\n");
        final Path rules6 = write("r6", "*filter\n:FORWARD DROP\nCOMMIT\n");
        try (TestRouter router = started(rules4, rules6)) {
            final Path socket = router.socket();
            router.ping(router.client, TestRouter.SERVER);
            lost(router.client, TestRouter.SERVER6, 2);
            final String before = ToolRun.ok(socket, "iptables -S FORWARD");
            assertEquals("-P FORWARD DROP\n-A FORWARD -s 10.1.0.0/24 -j ACCEPT\n-A FORWARD -d 10.1.0.0/24 -j ACCEPT\n", before);
            write("r4", "*filter\n:FORWARD ACCEPT\nCOMMIT\n*mangle\n-A FORWARD --bogus\nCOMMIT\n");
            assertEquals(rules4 + ":5:12: the rules are refused: unknown option \"--bogus\"",
                    assertThrows(RulesException.class, () -> router.reloadRules(new TableFiles(null, rules4, rules6))).getMessage());
            assertEquals(before, ToolRun.ok(socket, "iptables -S FORWARD"));
            write("r4", "*filter\n:FORWARD DROP\nCOMMIT\n");
            write("r6", "*filter\n:FORWARD ACCEPT\nCOMMIT\n");
            router.reloadRules(new TableFiles(null, rules4, rules6));
            lost(router.client, TestRouter.SERVER, 2);
            router.ping(router.client, TestRouter.SERVER6);
        }
    }

    @Test
    void shouldReadTheFilesInItsNamespaceWhenAThreadOfAnotherReloads() throws Exception {
        try (TestRouter router = started(null, null)) {
            router.dut.exec("sysctl -qw net.ipv4.ip_local_reserved_ports=7");
            final Path file = Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports");
            final String refusal = assertThrows(RulesException.class,
                    () -> router.reloadRules(new TableFiles(null, file, null))).getMessage();
            assertTrue(refusal.startsWith(file + ":1:"), refusal);
        }
    }

    @Test
    void shouldNotStartWhenAFileIsRefused() throws Exception {
        final Path rules4 = write("r4", "*filter\n-A FORWARD -j NONE\nCOMMIT\n");
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final RulesException e = assertThrows(RulesException.class, () -> router.start(configuration(rules4, null)));
            router.expectFailure();
            assertTrue(e.getMessage().startsWith(rules4 + ":2:15: the rules are refused: "), e.getMessage());
            assertFalse(Files.exists(router.socket()));
        }
    }

    @Test
    void shouldKeepEveryRuleWhenCommandsComeAtOnceWhilePacketsPass() throws Exception {
        final int commands = 16;
        try (TestRouter router = started(null, null); ExecutorService all = Executors.newFixedThreadPool(commands)) {
            final Path socket = router.socket();
            final List<Future<String>> runs = new ArrayList<>();
            for (int i = 0; i < commands; i++) {
                final String command = "iptables -w -A FORWARD -s 10.77.0." + i + " -j DROP";
                runs.add(all.submit(() -> ToolRun.ok(socket, command)));
            }
            router.ping(router.client, TestRouter.SERVER);
            for (final Future<String> run : runs) {
                run.get();
            }
            assertEquals(commands + 1, ToolRun.ok(socket, "iptables -S FORWARD").lines().distinct().count());
            router.ping(router.client, TestRouter.SERVER);
        }
    }

    @Test
    void shouldShowAndChangeTheListsThatRulesKeep() throws Exception {
        try (TestRouter router = started(null, null)) {
            final Path socket = router.socket();
            assertEquals("", ToolRun.ok(socket, "recent"));
            ToolRun.ok(socket, "iptables -A FORWARD -m recent --name seen --set");
            router.ping(router.client, TestRouter.SERVER);
            assertEquals("seen\n", ToolRun.ok(socket, "recent"));
            assertTrue(ToolRun.ok(socket, "recent seen").startsWith("src=10."), ToolRun.ok(socket, "recent seen"));
            ToolRun.ok(socket, "recent seen /");
            assertEquals("", ToolRun.ok(socket, "recent seen"));
            ToolRun.ok(socket, "recent seen +192.0.2.7");
            assertTrue(ToolRun.ok(socket, "recent seen").startsWith("src=192.0.2.7 "), ToolRun.ok(socket, "recent seen"));
            ToolRun.ok(socket, "iptables -F FORWARD");
            assertEquals("", ToolRun.ok(socket, "recent"));
        }
    }

    private TestRouter started(final Path rules4, final Path rules6) throws Exception {
        final TestRouter router = new TestRouter(folder, 1, 1);
        try {
            return router.kernelForwards(true).start(configuration(rules4, rules6));
        } catch (final RuntimeException | InterruptedException e) {
            router.close();
            throw e;
        }
    }

    private static Configuration configuration(final Path rules4, final Path rules6) {
        return new ConfigurationBuilder().port("d0").port("d1").cpus(List.of(CpuAffinity.current().length() - 1))
                .rules4(rules4).rules6(rules6).build();
    }

    private Path write(final String name, final String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void lost(final TestNetNs from, final String to, final int count) {
        final Shell.Result result = Shell.attempt(List.of("ip", "netns", "exec", from.name(),
                "ping", "-c", Integer.toString(count), "-l", Integer.toString(count), "-W", "1", to));
        assertTrue(result.output().contains(count + " packets transmitted, 0 received"), result.output());
    }
}
