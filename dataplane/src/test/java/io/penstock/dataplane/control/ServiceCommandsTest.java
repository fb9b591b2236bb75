package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.ipvs.VirtualServerSettings;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.SetRegistry;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ipvsadm} and its like by the control socket: input and output are the client's. */
@Timeout(60)
class ServiceCommandsTest {

    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final int MANY = 100_000;
    private static final String ABSENT = "no data plane is running in this network namespace; start one with 'penstock run'\n";
    private static final String EMPTY = """
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
            """;

    @TempDir
    private Path folder;

    private final MemoryServices services = new MemoryServices();
    private final VirtualServerSettings settings = new VirtualServerSettings(new ServiceSettings(), new SchedulerSettings());
    private final ServedServices served = new ServedServices(new ForwardedServices(services) {

        @Override
        public List<String> settings() {
            return settings.names();
        }

        @Override
        public String setting(final String name) {
            return settings.get(name);
        }

        @Override
        public void setSetting(final String name, final String value) throws ServiceProblem {
            settings.set(name, value);
        }
    });
    private final HeldCare care = new HeldCare(served);
    private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
    private Path socket;
    private ControlServer server;

    @BeforeEach
    void open() {
        socket = folder.resolve("p.sock");
        final TableCommands.Lists lists = (tool, words, out, err) -> 0;
        final Tools tools = new Tools(new TableCommands(new MemoryTableStore(), Clock.systemUTC(), lists),
                new ConnectionCommands(TrackedConnections.inMemory(Clock.systemUTC()), Clock.systemUTC()),
                new SetCommands(new SetRegistry(new Quiescence(), System::nanoTime)), new ServiceCommands(care));
        server = ControlServer.open(socket, tools, new CommandLock(), reported::add);
    }

    @AfterEach
    void close() {
        server.close();
        assertTrue(reported.isEmpty(), reported.toString());
    }

    private static void until(final String what, final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldMakeListAndRemoveServices() {
        assertEquals(EMPTY, ToolRun.ok(socket, "ipvsadm"));
        assertEquals("", ToolRun.ok(socket, "ipvsadm -A -t 192.0.2.1:80 -s rr"));
        assertEquals("", ToolRun.ok(socket, "ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2 -m -w 3"));
        assertEquals(EMPTY + "TCP  192.0.2.1:80 rr\n  -> 10.0.0.2:80                  Masq    3      0          0         \n",
                ToolRun.ok(socket, "ipvsadm -Ln"));
        final ToolRun twice = ToolRun.of(socket, "ipvsadm -A -t 192.0.2.1:80");
        assertEquals(new ToolRun(255, "", "Service already exists\n"), twice);
        assertEquals(2, ToolRun.of(socket, "ipvsadm -A -t 192.0.2.1:70000").status());
        assertEquals("", ToolRun.ok(socket, "ipvsadm -D -t 192.0.2.1:80"));
        assertEquals(EMPTY, ToolRun.ok(socket, "ipvsadm -L -n"));
    }

    @Test
    void shouldRestoreWhatWasSaved() {
        final String text = "-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n";
        assertEquals(new ToolRun(0, "", ""), ToolRun.of(socket, text, "ipvsadm -R"));
        assertEquals(text, ToolRun.ok(socket, "ipvsadm -S -n"));
        assertEquals(text, ToolRun.ok(socket, "ipvsadm-save -n"));
        final int before = services.publications();
        assertEquals(new ToolRun(0, "", ""), ToolRun.of(socket, "# another\n" + text.replace("-w 1", "-w 2"), "ipvsadm-restore"));
        assertEquals(text.replace("-w 1", "-w 2"), ToolRun.ok(socket, "ipvsadm-save -n"));
        assertEquals(before + 1, services.publications());
    }

    @Test
    void shouldHoldUpNobodyWhenAClientDoesNotSendOrRead() throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final PipedOutputStream keys = new PipedOutputStream();
            final PipedInputStream typed = new PipedInputStream(keys);
            final Future<ToolRun> restore = one.submit(() -> ToolRun.of(socket, typed, "ipvsadm -R"));
            try (keys) {
                keys.write("-A -t 192.0.2.1:80\n".getBytes(StandardCharsets.ISO_8859_1));
                keys.flush();
                assertEquals("", ToolRun.ok(socket, "ipvsadm -A -u 192.0.2.1:53"));
                assertEquals(1, services.services().size());
            }
            assertEquals(new ToolRun(0, "", ""), restore.get(PATIENCE_NS, TimeUnit.NANOSECONDS));
            assertEquals(2, services.services().size());
        }
        final IpAddress host = IpAddress.v4(0x0A000001);
        for (int i = 0; i < MANY; i++) {
            services.show(new ConnectionState(6, 1, "ESTABLISHED", host, 1, host, 2, host, 3, null, null));
        }
        try (Frames silent = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            new Request("ipvsadm", List.of("-Lnc")).send(silent);
            assertEquals(FrameType.OUT, silent.receive());
            until("a command goes on while another's list is not read",
                    () -> ToolRun.of(socket, "ipvsadm -D -u 192.0.2.1:53").status() == 0);
            assertTrue(services.told() < MANY, "what nobody reads is not told of, or it is all in memory: told=" + services.told());
            long bytes = silent.length();
            FrameType type = silent.receive();
            while (type == FrameType.OUT) {
                bytes += silent.length();
                type = silent.receive();
            }
            assertEquals(FrameType.EXIT, type);
            assertTrue(bytes > MANY * 60L, "bytes=" + bytes);
        }
    }

    @Test
    void shouldChangeNothingWhenAClientGoesAwayBeforeAllIsThere() throws IOException {
        try (Frames silent = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            new Request("ipvsadm-restore", List.of()).send(silent);
            assertEquals(FrameType.OPEN_INPUT, silent.receive());
            silent.send(FrameType.OPENED);
            assertEquals(FrameType.READ, silent.receive());
            silent.send(FrameType.DATA, "-A -t 192.0.2.1:80\n".getBytes(StandardCharsets.ISO_8859_1), 0, 19);
            assertEquals(FrameType.READ, silent.receive());
        }
        until("its command ends", () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().equals("command")));
        assertEquals(List.of(), services.services());
    }

    @Test
    void shouldEndADrainsCommandWhenItsClientHasGone() throws IOException {
        final ServerKey drained = new ServerKey(IpAddress.v4(0x0A000002), 80);
        care.known.clear();
        care.known.add(List.of(new HealthStatus(ServiceKey.of(6, IpAddress.v4(0xC0000201), 80), drained, HealthStatus.Health.UP,
                HealthStatus.Role.DRAINING, new ServerSpec(Forwarding.MASQUERADE, 1, 0, 0, TunnelSpec.IPIP), false, 0, 0, 0, 0, null)));
        try (Frames client = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            new Request("drain", List.of("tcp:192.0.2.1:80", "10.0.0.2", "--wait", "--deadline=8760h")).send(client);
            assertEquals(FrameType.WATCH, client.receive());
        }
        until("its command ends", () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().equals("command")));
    }

    @Test
    void shouldLetNoCommandComeToServicesThatAreTakenDown() {
        served.close();
        assertEquals(new ToolRun(1, "", "ipvsadm: the data plane ends; start another with 'penstock run'\n"), ToolRun.of(socket, "ipvsadm -L"));
        assertThrows(TableRefusal.class, served::flush);
    }

    @Test
    void shouldSayThatNoDataPlaneRunsAndAnswerWhatNeedsNone() {
        final Path nobody = folder.resolve("nobody");
        assertEquals(new ToolRun(3, "", "ipvsadm: " + ABSENT), ToolRun.of(nobody, "ipvsadm"));
        assertEquals(new ToolRun(3, "", "ipvsadm: " + ABSENT), ToolRun.of(nobody, "ipvsadm -A -t 192.0.2.1:80"));
        assertEquals(new ToolRun(3, "", "ipvsadm-save: " + ABSENT), ToolRun.of(nobody, "ipvsadm-save"));
        assertEquals(new ToolRun(3, "", "ipvsadm-restore: " + ABSENT), ToolRun.of(nobody, "ipvsadm-restore"));
        assertTrue(ToolRun.ok(nobody, "ipvsadm -h").contains("rr|wrr|lc|wlc|lblc|lblcr|dh|sh|sed|nq|fo|ovf|mh"));
        assertEquals(2, ToolRun.of(nobody, "ipvsadm -A -t bogus").status());
    }

    @Test
    void shouldAnswerAnotherCommandThatAsks() throws InterruptedException {
        ToolRun.ok(socket, "ipvsadm -A -t 192.0.2.1:80 -s rr");
        assertEquals("-A -t 192.0.2.1:80 -s rr\n", ToolQuestion.ask(socket, List.of("ipvsadm", "-Sn")));
        assertNull(ToolQuestion.ask(socket, List.of("ipvsadm", "-L", "-t", "192.0.2.9:1")));
        assertNull(ToolQuestion.ask(folder.resolve("nobody"), List.of("ipvsadm")));
        assertEquals(new ToolRun(3, "", "drain: " + ABSENT), ToolRun.of(folder.resolve("nobody"), "drain tcp:192.0.2.1:80 10.0.0.2"));
        assertTrue(ToolRun.ok(folder.resolve("nobody"), "drain --help").startsWith("Usage: penstock drain "));
    }

    @Test
    void shouldTellAndChangeTheSettings() {
        final String name = "net.ipv4.vs.expire_nodest_conn";
        assertEquals(name + " = 0\n", ToolRun.ok(socket, "sysctl " + name));
        assertEquals(name + " = 1\n", ToolRun.ok(socket, "sysctl -w " + name + "=1"));
        assertEquals("1\n", ToolRun.ok(socket, "sysctl -n net/ipv4/vs/expire_nodest_conn"));
        assertEquals("net.ipv4.vs.drop_entry = 3\n", ToolRun.ok(socket, "sysctl net/ipv4/vs/drop_entry=3"));
        assertTrue(ToolRun.ok(socket, "sysctl net.ipv4.vs").contains("\nnet.ipv4.vs.drop_entry = 3\n"));
        assertTrue(ToolRun.ok(socket, "sysctl -a").contains("\npenstock.maglev_table = "));
        final String names = String.join(" ", settings.names());
        assertEquals(new ToolRun(1, "", "sysctl: setting key \"net.ipv4.vs.drop_entry\": Invalid argument\n"
                + "penstock: net.ipv4.vs.drop_entry='9' cannot be set: write a number from 0 to 3\n"),
                ToolRun.of(socket, "sysctl net.ipv4.vs.drop_entry=9"));
        assertEquals(new ToolRun(1, "", "sysctl: cannot stat /proc/sys/net/ipv4/vs/sync_ports: No such file or directory\n"
                + "penstock: 'net.ipv4.vs.sync_ports' is not followed: no daemon hands connections to another machine; those that are: "
                + names + "\n"), ToolRun.of(socket, "sysctl net.ipv4.vs.sync_ports=1"));
        assertEquals(new ToolRun(1, "", "sysctl: cannot stat /proc/sys/net/ipv4/vs/bogus: No such file or directory\n"
                + "penstock: those that are followed: " + names + "\n"), ToolRun.of(socket, "sysctl net.ipv4.vs.bogus"));
        assertEquals(new ToolRun(0, "", ""), ToolRun.of(socket, "sysctl -e net.ipv4.vs.bogus=1"));
    }
}
