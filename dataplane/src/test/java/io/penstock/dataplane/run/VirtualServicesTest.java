package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.StatCommand;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.control.ToolRun;
import io.penstock.dataplane.hot.metrics.PortCounter;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Virtual services of a whole data plane, by file and by command, with real sockets on both sides. */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class VirtualServicesTest {

    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final int PATIENCE_MS = 10_000;
    private static final String SERVICE = "-t " + TestRouter.ROUTER + ":80";
    private static final String WEB = "-A " + SERVICE + " -s rr\n";
    private static final String NAME = "tcp:" + TestRouter.ROUTER + ":80";
    private static final int A = 8081;
    private static final int B = 8082;
    /** An address behind the second port that nobody answers for. */
    private static final String TUNNELLED = "10.2.0.9";
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    private static String server(final int port, final int weight) {
        return "-a " + SERVICE + " -r " + TestRouter.SERVER + ":" + port + " -m -w " + weight + "\n";
    }

    private Path write(final String name, final String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TestRouter started(final String more) throws InterruptedException {
        final Path file = write("penstock.yaml", "ports: { d0: {}, d1: {} }\nservices: services\n" + more);
        final TestRouter router = new TestRouter(folder, 1, 1);
        try {
            final Configuration configuration = new ConfigurationBuilder().file(file).cpus(List.of(CpuAffinity.current().length() - 1)).kernelsNetwork().build();
            return router.kernelForwards(true).start(configuration);
        } catch (final RuntimeException | InterruptedException e) {
            router.close();
            throw e;
        }
    }

    /** Servers that say which they are to whoever connects, and again whenever they are sent something. */
    private static final class Servers implements AutoCloseable {

        private final List<ServerSocket> sockets = new ArrayList<>();

        private Servers(final TestRouter router, final int... ports) throws Exception {
            for (final int port : ports) {
                final ServerSocket socket = NetNs.within(router.server.name(), () -> new ServerSocket(port));
                sockets.add(socket);
                Thread.ofVirtual().start(() -> accept(socket));
            }
        }

        private static void accept(final ServerSocket socket) {
            try {
                while (true) {
                    final Socket one = socket.accept();
                    Thread.ofVirtual().start(() -> answer(one));
                }
            } catch (final IOException e) {
                // Closed.
            }
        }

        private static void answer(final Socket one) {
            try (one) {
                do {
                    one.getOutputStream().write(one.getLocalPort() & 0xFF);
                } while (one.getInputStream().read() >= 0);
            } catch (final IOException e) {
                // The client has gone.
            }
        }

        @Override
        public void close() throws IOException {
            for (final ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket connect(final TestRouter router) throws Exception {
        return NetNs.within(router.client.name(), () -> {
            final Socket made = new Socket();
            made.setSoTimeout(PATIENCE_MS);
            made.connect(new InetSocketAddress(TestRouter.ROUTER, 80), PATIENCE_MS);
            return made;
        });
    }

    /** The ports of the servers that new connections come to. */
    private static Set<Integer> serving(final TestRouter router, final int connections) throws Exception {
        final Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < connections; i++) {
            try (Socket socket = connect(router)) {
                ports.add(socket.getInputStream().read() | A & ~0xFF);
            } catch (final IOException e) {
                throw new AssertionError(ToolRun.ok(router.socket(), "services") + router.messages(), e);
            }
        }
        return ports;
    }

    private static void until(final String what, final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, what);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void shouldServeWhatTheFileSaysAndFollowItWholeOrNotAtAll() throws Exception {
        final Path services = write("services", WEB + server(A, 1));
        try (TestRouter router = started("sysctl: { net.ipv4.vs.expire_nodest_conn: 1 }\nlocal: penstock\n"); Servers _ = new Servers(router, A, B)) {
            assertEquals("net.ipv4.vs.expire_nodest_conn = 1\n", ToolRun.ok(router.socket(), "sysctl net.ipv4.vs.expire_nodest_conn"));
            assertEquals(Set.of(A), serving(router, 3));
            assertFalse(router.messages().contains("no address of this host"), router.messages());
            try (Socket held = connect(router)) {
                assertEquals(A & 0xFF, held.getInputStream().read());
                write("services", WEB + server(A, 1) + server(B, 2) + "-A " + SERVICE + "\n");
                final TableFiles files = new TableFiles(null, null, null, services, List.of());
                assertEquals(services + ":4: the services are refused: Service already exists: line 1 has it already",
                        assertThrows(RulesException.class, () -> router.reloadRules(files)).getMessage());
                assertEquals(WEB + server(A, 1), ToolRun.ok(router.socket(), "ipvsadm -Sn"));
                write("services", WEB + server(A, 0) + server(B, 1) + "-A -f 7\n");
                router.reloadRules(files);
                assertEquals(WEB + server(A, 0) + server(B, 1) + "-A -f 7 -s wlc\n",
                        ToolRun.ok(router.socket(), "ipvsadm -Sn").replaceFirst("(?s)(-A -f 7 -s wlc\n)(.*)", "$2$1"));
                assertEquals(Set.of(B), serving(router, 3));
                held.getOutputStream().write(1);
                assertEquals(A & 0xFF, held.getInputStream().read(), "a connection that is there stays");
                write("services", WEB + server(B, 1));
                router.reloadRules(files);
                assertEquals(WEB + server(B, 1), ToolRun.ok(router.socket(), "ipvsadm -Sn"));
            }
        }
    }

    @Test
    void shouldTellOfServicesInStatAndDrainServersWithoutAnyCheck() throws Exception {
        write("services", WEB + server(A, 1) + server(B, 1));
        try (TestRouter router = started("local: penstock\n"); Servers _ = new Servers(router, A, B)) {
            final Path socket = router.socket();
            assertEquals(Set.of(A, B), serving(router, 4));
            final String json = stat(socket, "--json");
            assertTrue(json.contains(",\"services\":{\"tcp 10.1.0.254:80\":{\"scheduler\":\"rr\",\"active\":"), json);
            assertTrue(json.contains("\"servers_total\":2,\"servers_up\":2,\"servers_down\":0,"), json);
            assertTrue(stat(socket).contains("\nservices\ntcp 10.1.0.254:80            rr      up=2 of 2 active="), stat(socket));
            assertEquals("", ToolRun.ok(socket, "drain " + NAME + " " + TestRouter.SERVER + ":" + A + " --deadline 1h"));
            assertEquals(Set.of(B), serving(router, 4));
            assertTrue(ToolRun.ok(socket, "services").contains("\n  10.2.0.1:8081              draining weight=1 "), ToolRun.ok(socket, "services"));
            assertEquals("", ToolRun.ok(socket, "undrain " + NAME + " " + TestRouter.SERVER + ":" + A));
            assertEquals(Set.of(A, B), serving(router, 4));
            assertEquals("", ToolRun.ok(socket, "drain " + NAME + " " + TestRouter.SERVER + ":" + A + " --deadline 100ms --remove --wait"));
            assertEquals(WEB + server(B, 1), ToolRun.ok(socket, "ipvsadm -Sn"));
            assertEquals(new ToolRun(1, "", "penstock: drain: tcp 10.1.0.254:80 has no server 10.2.0.9:80\n"),
                    ToolRun.of(socket, "drain " + NAME + " 10.2.0.9"));
        }
    }

    /** Of the servers, by port: those that are in force. */
    private static String weights(final Path socket) {
        return Pattern.compile("-> \\S+:(\\d+) +Masq +(\\d+)").matcher(ToolRun.ok(socket, "ipvsadm -Ln")).results()
                .map(match -> match.group(1) + '=' + match.group(2)).sorted().collect(Collectors.joining(" "));
    }

    private static String stat(final Path socket, final String... words) {
        final StringWriter out = new StringWriter();
        final List<String> all = new ArrayList<>(List.of("--socket", socket.toString()));
        all.addAll(List.of(words));
        assertEquals(0, new CommandLine(new StatCommand()).setOut(new PrintWriter(out)).execute(all.toArray(String[]::new)));
        return out.toString();
    }

    @Test
    void shouldTakeOutAServerThatIsDownAndLeaveItOutAtAReload() throws Exception {
        final Path services = write("services", WEB + server(A, 1) + server(B, 1));
        // TCP says again after a second what was lost: one frame's loss takes no server down.
        final String health = "health: [ { service: all, check: { tcp: {} }, interval: 1500ms, timeout: 1500ms, fall: 1, rise: 1, jitter: 0% } ]\n";
        try (TestRouter router = started("local: penstock\n" + health); Servers _ = new Servers(router, B)) {
            final Path socket = router.socket();
            until("one is down", () -> weights(socket).equals("8081=0 8082=1"));
            until("the other is known to be up", () -> ToolRun.ok(socket, "services").contains("; tcp connected"));
            assertEquals(Set.of(B), serving(router, 4));
            assertEquals(WEB + server(A, 1) + server(B, 1), ToolRun.ok(socket, "ipvsadm -Sn"), "what is saved is no outage");
            final Configuration same = new ConfigurationBuilder().file(folder.resolve("penstock.yaml")).kernelsNetwork().build();
            router.reloadRules(TableFiles.of(same));
            assertEquals("8081=0 8082=1", weights(socket));
            try (Servers _ = new Servers(router, A)) {
                until("it is up", () -> weights(socket).equals("8081=1 8082=1"));
                assertEquals(Set.of(A, B), serving(router, 4));
            }
            // What the file, or a command, wants of one that is down is what it gets when it is up.
            until("it is down again", () -> weights(socket).equals("8081=0 8082=1"));
            assertEquals("", ToolRun.ok(socket, "ipvsadm -e " + SERVICE + " -r " + TestRouter.SERVER + ":" + A + " -m -w 3"));
            assertEquals("8081=0 8082=1", weights(socket));
            assertEquals(WEB + server(A, 3) + server(B, 1), ToolRun.ok(socket, "ipvsadm-save -n"));
            write("services", WEB + server(A, 5) + server(B, 1));
            router.reloadRules(TableFiles.of(same));
            assertTrue(ToolRun.ok(socket, "services").contains(" down     weight=5 "), ToolRun.ok(socket, "services"));
            assertEquals("8081=0 8082=1", weights(socket));
            // A reload right after a command: what the checks know is not what they knew a second ago.
            assertEquals("", ToolRun.ok(socket, "ipvsadm -d " + SERVICE + " -r " + TestRouter.SERVER + ":" + A));
            router.reloadRules(TableFiles.of(same));
            until("it is there again, and down", () -> weights(socket).equals("8081=0 8082=1"));
            assertEquals(WEB + server(A, 5) + server(B, 1), ToolRun.ok(socket, "ipvsadm -Sn"));
            router.reloadRules(new TableFiles(null, null, null, services, List.of()));
            until("nothing is checked any more", () -> ToolRun.ok(socket, "ipvsadm -Sn").contains(server(A, 5)));
        }
    }

    /** Whatever is behind it in its batches: the host takes only what it is told came in by a device. */
    @Test
    void shouldHandPacketsToTheHostAfterOthersWentIntoATunnel() throws Exception {
        write("services", "-A -u " + TestRouter.ROUTER + ":90 -s rr\n-a -u " + TestRouter.ROUTER + ":90 -r " + TUNNELLED + " -i\n");
        try (TestRouter router = started("local: penstock\n"); DatagramChannel client = NetNs.within(router.client.name(), DatagramChannel::open)) {
            // Somebody who says nothing: what came in by the other port in between would tell the slots anew.
            router.dut.ip("neigh add %s lladdr 02:00:00:00:00:99 dev d1 nud permanent", TUNNELLED);
            router.ping(router.client, TestRouter.ROUTER);
            assertEquals("", ToolRun.ok(router.socket(), "iptables -A INPUT -i d0 -p icmp"));
            final long sent = router.stat().ports().get(1).get(PortCounter.TX_PACKETS);
            for (int round = 1; round <= ROUNDS; round++) {
                client.send(ByteBuffer.allocate(32), new InetSocketAddress(TestRouter.ROUTER, 90));
                final long wanted = sent + round;
                router.stat(now -> now.ports().get(1).get(PortCounter.TX_PACKETS) >= wanted);
                router.client.exec("ping -c 1 -W 5 %s", TestRouter.ROUTER);
            }
            assertEquals("[" + ROUNDS + ":" + ROUNDS * 84 + "] -A INPUT -i d0 -p icmp", counted(router.socket()));
        }
    }

    /** The INPUT chain's rules with what they have counted. */
    private static String counted(final Path socket) {
        return ToolRun.ok(socket, "iptables-save -c").lines().filter(line -> line.contains("-A INPUT ")).collect(Collectors.joining("\n"));
    }

    @Test
    void shouldSayThatNoPacketComesWhenTheKernelHasTheHostsTraffic() throws Exception {
        write("services", "");
        try (TestRouter router = started("local: kernel\n")) {
            assertFalse(router.messages().contains("virtual services"), router.messages());
            assertEquals("", ToolRun.ok(router.socket(), "ipvsadm -A " + SERVICE));
            assertTrue(router.messages().contains("there are virtual services, but what is for this host's own addresses stays with the kernel"),
                    router.messages());
        }
    }

    @Test
    void shouldNotStartWhenTheFileIsRefused() throws Exception {
        final Path services = write("services", WEB + "-a " + SERVICE + " -r 224.0.0.1 -m\n");
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            final Configuration configuration = new ConfigurationBuilder().port("d0").services(services).build();
            final RulesException e = assertThrows(RulesException.class, () -> router.start(configuration));
            router.expectFailure();
            assertTrue(e.getMessage().startsWith(services + ":2: the services are refused: "), e.getMessage());
        }
    }
}
