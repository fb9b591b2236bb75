package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.set.SetRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** conntrack and sysctl over the control socket, on connections in memory. */
@Timeout(60)
final class ConnectionCommandsTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T14:05:13Z"), ZoneOffset.UTC);
    private static final String TITLE = "conntrack v1.4.7 (conntrack-tools): ";
    private static final String MAKE = "conntrack -I -s 1.1.1.1 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 50";
    private static final String LINE = "udp      17 50 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1 mark=0";

    @TempDir
    private Path folder;

    private Path socket;
    private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
    private ControlServer server;

    @BeforeEach
    void open() {
        socket = folder.resolve("p.sock");
        final TableCommands.Lists lists = (tool, words, out, err) -> 0;
        final Tools tools = new Tools(new TableCommands(new MemoryTableStore(), CLOCK, lists),
                new ConnectionCommands(TrackedConnections.inMemory(CLOCK), CLOCK),
                new SetCommands(new SetRegistry(new Quiescence(), System::nanoTime)), new ServiceCommands(new HeldCare(new MemoryServices())));
        server = ControlServer.open(socket, tools, new CommandLock(), reported::add);
    }

    @AfterEach
    void close() {
        server.close();
        assertTrue(reported.isEmpty(), reported.toString());
    }

    @Test
    void shouldAnswerAsAnEmptyKernelTableWhenThereAreNoConnections() {
        assertEquals(new ToolRun(0, "", TITLE + "0 flow entries have been shown.\n"), ToolRun.of(socket, "conntrack -L"));
        assertEquals(new ToolRun(1, "", TITLE + "0 flow entries have been deleted.\n"), ToolRun.of(socket, "conntrack -D -p udp"));
        assertEquals("0\n", ToolRun.ok(socket, "conntrack -C"));
        assertEquals(new ToolRun(0, "", TITLE + "connection tracking table has been emptied.\n"), ToolRun.of(socket, "conntrack -F"));
    }

    @Test
    void shouldMakeListAndDeleteConnections() {
        assertEquals(new ToolRun(0, "", TITLE + "1 flow entries have been created.\n"), ToolRun.of(socket, MAKE));
        assertEquals(new ToolRun(0, LINE + " use=1\n", TITLE + "1 flow entries have been shown.\n"), ToolRun.of(socket, "conntrack -L"));
        assertEquals(new ToolRun(1, "", TITLE + "Operation failed: Such conntrack exists, try -U to update\n"), ToolRun.of(socket, MAKE));
        assertEquals(new ToolRun(0, LINE + " use=1\n", TITLE + "1 flow entries have been deleted.\n"), ToolRun.of(socket, "conntrack -D -s 1.1.1.1"));
        assertEquals(2, ToolRun.of(socket, "conntrack --bogus").status());
    }

    @Test
    void shouldReadTheClientsFilesWhole() throws IOException {
        final String line = MAKE.substring("conntrack ".length());
        // A name of a protocol is looked up in a file of its own while the commands are read.
        final Path file = Files.writeString(folder.resolve("commands"), "# connections\n" + line + "\n-I -s 1.1.1.2 -d 2.2.2.2 -p esp -t 9\n");
        assertEquals("", ToolRun.ok(socket, "conntrack -R " + file));
        assertEquals("2\n", ToolRun.ok(socket, "conntrack -C"));
        final ToolRun piped = ToolRun.of(socket, "-D -p esp\n-D -p udp\n", "conntrack -R -");
        assertEquals(0, piped.status(), piped.err());
        assertEquals("0\n", ToolRun.ok(socket, "conntrack -C"));
        assertEquals(new ToolRun(2, "", TITLE + "Failed to open file " + folder + "/none for reading\n"
                + "Try `conntrack -h' or 'conntrack --help' for more information.\n"), ToolRun.of(socket, "conntrack -R " + folder + "/none"));
    }

    @Test
    void shouldTellEventsUntilTheClientIsToldToEnd() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final SynchronousQueue<Thread> enders = new SynchronousQueue<>();
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final ToolClient client = new ToolClient(socket, new ByteArrayInputStream(new byte[0]), out, err, ender -> {
                try {
                    enders.put(ender);
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            final Future<Integer> status = one.submit(() -> client.run(List.of("conntrack", "-E")));
            final Thread ender = enders.take();
            ToolRun.of(socket, MAKE);
            ToolRun.of(socket, "conntrack -D -p udp");
            assertFalse(status.isDone());
            ender.start();
            assertEquals(0, status.get());
            assertEquals("    [NEW] " + LINE + "\n[DESTROY] " + LINE.substring(0, LINE.indexOf(" mark")) + "\n",
                    out.toString(StandardCharsets.ISO_8859_1));
            assertEquals(TITLE + "2 flow events have been shown.\n", err.toString(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void shouldEndTellingEventsWhenTheClientGoes() throws IOException {
        try (Frames client = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            new Request("conntrack", List.of("-E")).send(client);
            assertEquals(FrameType.WATCH, client.receive());
        }
        final long deadline = System.nanoTime() + DEADLINE_NS;
        while (commands() != 0) {
            assertTrue(System.nanoTime() - deadline < 0, "the command goes on");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long commands() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("command")).count();
    }

    @Test
    void shouldEndTellingEventsWhenTheDataPlaneEnds() throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final Future<ToolRun> run = one.submit(() -> ToolRun.of(socket, "conntrack -E"));
            final long deadline = System.nanoTime() + DEADLINE_NS;
            while (commands() == 0) {
                assertTrue(System.nanoTime() - deadline < 0, "no command began");
                LockSupport.parkNanos(1_000_000);
            }
            server.close();
            assertEquals(1, run.get().status());
        }
    }

    @Test
    void shouldSayWhatIsMissingWhenThereIsNoDataPlane() {
        final Path none = folder.resolve("none");
        final String reason = "no data plane is running in this network namespace; start one with 'penstock run'\n";
        assertEquals(new ToolRun(3, "", "conntrack: " + reason), ToolRun.of(none, "conntrack -L"));
        assertEquals(new ToolRun(3, "", "conntrack: " + reason), ToolRun.of(none, "conntrack -E"));
        assertEquals(new ToolRun(3, "", "sysctl: " + reason), ToolRun.of(none, "sysctl net.netfilter.nf_conntrack_max"));
        assertEquals("conntrack v1.4.7 (conntrack-tools)\n", ToolRun.ok(none, "conntrack -V"));
        assertEquals(2, ToolRun.of(none, "conntrack --bogus").status());
        assertTrue(ToolRun.ok(none, "sysctl -h").contains("penstock sysctl [options] [variable[=value] ...]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "acct|0|net.netfilter.nf_conntrack_acct = 0;|",
        "-n acct|0|0;|",
        "-N acct|0|net.netfilter.nf_conntrack_acct;|",
        "-b acct|0|0|",
        "-w acct=1|0|net.netfilter.nf_conntrack_acct = 1;|",
        "acct=1|0|net.netfilter.nf_conntrack_acct = 1;|",
        "-n -w acct=1|0|1;|",
        "-q -w acct=1|0||",
        "-w tcp_max_retrans=0x11|0|net.netfilter.nf_conntrack_tcp_max_retrans = 0x11;|",
        "-w udp_timeout=010 tcp_loose|1|net.netfilter.nf_conntrack_udp_timeout = 010;|sysctl: command line(0): invalid syntax, continuing...;",
        "-w acct=7|1||sysctl: setting key \"net.netfilter.nf_conntrack_acct\": Invalid argument;",
        "-w acct=|1||sysctl: setting key \"net.netfilter.nf_conntrack_acct\": Invalid argument;",
        "-w max=abc|1||sysctl: setting key \"net.netfilter.nf_conntrack_max\": Invalid argument;",
        "-w max=99999999999999999999|1||sysctl: setting key \"net.netfilter.nf_conntrack_max\": Invalid argument;",
        "-w count=4|1||sysctl: setting key \"net.netfilter.nf_conntrack_count\": Invalid argument;",
        "foo|1||sysctl: cannot stat /proc/sys/net/netfilter/nf_conntrack_foo: No such file or directory;",
        "foo=1|1||sysctl: cannot stat /proc/sys/net/netfilter/nf_conntrack_foo: No such file or directory;",
        "-e foo|0||",
        "-e foo=1|0||",
    })
    void shouldReadAndWriteSettingsAsSysctlDoes(final String words, final int status, final String out, final String err) {
        final String line = "sysctl " + words.replaceAll("(^| )([a-z])", "$1" + ConnSysctls.PREFIX + "$2");
        assertEquals(new ToolRun(status, text(out), text(err)), ToolRun.of(socket, line));
    }

    private static String text(final String lines) {
        return lines == null ? "" : lines.replace(';', '\n');
    }

    @Test
    void shouldListSettingsBelowANameOrAll() {
        final String all = ToolRun.ok(socket, "sysctl -a -r netfilter");
        assertEquals(ConnSysctls.all().size(), all.lines().count());
        assertEquals(all, ToolRun.ok(socket, "sysctl net/netfilter"));
        assertEquals("net.netfilter.nf_conntrack_udp_timeout = 30\nnet.netfilter.nf_conntrack_udp_timeout_stream = 120\n",
                ToolRun.ok(socket, "sysctl -a -r udp_"));
        assertEquals("", ToolRun.ok(socket, "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=010"));
        assertEquals("8\n", ToolRun.ok(socket, "sysctl -n net/netfilter/nf_conntrack_udp_timeout"));
        final ToolRun none = ToolRun.of(socket, "sysctl -w");
        assertEquals(new ToolRun(1, "", "sysctl: no variables specified\nTry `sysctl --help' for more information.\n"), none);
        assertTrue(ToolRun.of(socket, "sysctl -z").err().startsWith("sysctl: invalid option -- 'z'\n\nUsage:\n"));
    }
}
