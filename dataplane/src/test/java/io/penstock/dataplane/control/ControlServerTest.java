package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.rules.SharedStates;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.set.SetRegistry;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server and client in one process, over tables in memory. */
@Timeout(60)
final class ControlServerTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private Path socket;
    private final CommandLock lock = new CommandLock();
    private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
    private final SerialTables tables = new SerialTables(new MemoryTableStore());
    private ControlServer server;

    @BeforeEach
    void open() {
        socket = folder.resolve("p.sock");
        server = ControlServer.open(socket, commands(tables), lock, reported::add);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldAnswerAsTheToolsDo() {
        assertEquals("", ToolRun.ok(socket, "iptables -A INPUT -p tcp --dport 22 -j ACCEPT"));
        assertEquals("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n", ToolRun.ok(socket, "iptables -S INPUT 1"));
        assertEquals("-P INPUT ACCEPT\n", ToolRun.ok(socket, "ip6tables -S INPUT"));
        assertEquals(new ToolRun(1, "", "iptables: Bad rule (does a matching rule exist in that chain?).\n"),
                ToolRun.of(socket, "iptables -D INPUT -j DROP"));
        assertEquals(new ToolRun(2, "", "ip6tables v1.8.9 (legacy): unknown option \"--bogus\"\n"
                + "Try `ip6tables -h' or 'ip6tables --help' for more information.\n"), ToolRun.of(socket, "ip6tables -A INPUT --bogus"));
        assertTrue(ToolRun.ok(socket, "iptables-save").contains("\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"));
        assertTrue(reported.isEmpty(), reported.toString());
    }

    @Test
    void shouldExplainTheListsWithAndWithoutADataPlane() {
        for (final String tool : List.of(RuleLists.RECENT, RuleLists.HASHLIMIT)) {
            final String help = ToolRun.ok(socket, tool + " --help");
            assertTrue(help.startsWith("Usage: penstock " + tool + " [-h] ["), help);
            assertEquals(help, ToolRun.ok(folder.resolve("none"), tool + " -h"));
        }
    }

    @Test
    void shouldKeepBytesAsTheyAre() {
        final String file = "*filter\n-A INPUT -m comment --comment \u00e9\u00ff\u0080\nCOMMIT\n";
        assertEquals(0, ToolRun.of(socket, file, "iptables-restore").status());
        assertEquals("-A INPUT -m comment --comment \"\u00e9\u00ff\u0080\"\n", ToolRun.ok(socket, "iptables -S INPUT 1"));
    }

    @Test
    void shouldLeaveStandardInputAloneWhenTheCommandDoesNotRead() throws IOException {
        final ByteArrayInputStream input = new ByteArrayInputStream(new byte[100]);
        assertEquals(0, ToolRun.of(socket, input, "iptables -A INPUT").status());
        assertEquals(100, input.available());
    }

    @Test
    void shouldStreamWhateverTheLength() {
        // 100 MB, of which no side may keep more than a block: most of it a line that never ends.
        final long bytes = 100_000_000;
        final String head = "*filter\n-A INPUT -j ACCEPT\n#";
        final InputStream input = new InputStream() {

            private long at;

            @Override
            public int read() {
                throw new AssertionError("byte by byte");
            }

            @Override
            public int read(final byte[] into, final int offset, final int length) {
                final int part = (int) Math.min(length, bytes - at);
                for (int i = 0; i < part; i++) {
                    into[offset + i] = (byte) (at + i < head.length() ? head.charAt((int) at + i) : '#');
                }
                at += part;
                return part == 0 ? -1 : part;
            }
        };
        final ToolRun run = ToolRun.of(socket, input, "iptables-restore");
        assertEquals(1, run.status());
        assertTrue(run.err().startsWith("iptables-restore: COMMIT expected at line "), run.err());
        assertEquals("-P INPUT ACCEPT\n", ToolRun.ok(socket, "iptables -S INPUT"));
    }

    @Test
    void shouldReadAndWriteTheClientsFiles() throws IOException {
        final Path file = Files.writeString(folder.resolve("r.v4"), "*filter\n-A FORWARD -j DROP\nCOMMIT\n");
        assertEquals("", ToolRun.ok(socket, "iptables-restore " + file));
        final Path saved = folder.resolve("saved");
        assertEquals("", ToolRun.ok(socket, "iptables-save -f " + saved));
        assertTrue(Files.readString(saved).contains("\n-A FORWARD -j DROP\n"), Files.readString(saved));
        assertEquals(new ToolRun(1, "", "Can't open " + folder + "/none: No such file or directory\n"),
                ToolRun.of(socket, "iptables-restore " + folder + "/none"));
        assertEquals(new ToolRun(1, "", "Failed to open file, error: Is a directory\n"),
                ToolRun.of(socket, "iptables-save -f " + folder));
    }

    @Test
    void shouldChangeNothingWhenTheClientGoesBeforeItsTableIsWhole() throws Exception {
        try (Frames client = connect()) {
            new Request("iptables-restore", List.of()).send(client);
            assertEquals(FrameType.OPEN_INPUT, client.receive());
            client.send(FrameType.OPENED);
            assertEquals(FrameType.READ, client.receive());
            client.send(FrameType.DATA, "*filter\n-A INPUT -j DROP\nCOMMIT");
            assertEquals(FrameType.READ, client.receive());
        }
        // It holds the lock until it is missed.
        assertEquals("-P INPUT ACCEPT\n", ToolRun.ok(socket, "iptables -w -S INPUT"));
        assertTrue(reported.isEmpty(), reported.toString());
    }

    @Test
    void shouldChangeNothingWhenTheClientGoesWhileItWaitsForTheLock() throws Exception {
        lock.acquire(0);
        try (Frames client = connect()) {
            new Request("iptables", List.of("-A", "INPUT")).send(client);
        }
        lock.release();
        assertEquals("-P INPUT ACCEPT\n", ToolRun.ok(socket, "iptables -S INPUT"));
        assertEquals("-P INPUT ACCEPT\n", ToolRun.ok(socket, "iptables -S INPUT"));
    }

    @Test
    void shouldStopWaitingForTheLockWhenTheTimeIsOver() {
        lock.acquire(0);
        assertEquals(new ToolRun(4, "", "Can't lock /run/xtables.lock: Resource temporarily unavailable\n"
                + "Another app is currently holding the xtables lock. Stopped waiting after 1s.\n"),
                ToolRun.of(socket, "iptables -w 1 -A INPUT"));
        assertEquals(4, ToolRun.of(socket, "*filter\nCOMMIT\n", "iptables-restore -w 1").status());
        // Neither a listing for files nor what is wrong in itself waits.
        assertEquals("", ToolRun.ok(socket, "iptables-save"));
        assertEquals(2, ToolRun.of(socket, "iptables -A INPUT --bogus").status());
        lock.release();
        assertEquals("", ToolRun.ok(socket, "iptables -w 1 -A INPUT"));
    }

    @Test
    void shouldKeepEveryRuleWhenManyCommandsComeAtOnce() throws Exception {
        final int commands = 40;
        try (ExecutorService all = Executors.newFixedThreadPool(commands)) {
            final List<Future<String>> runs = new ArrayList<>();
            for (int i = 0; i < commands; i++) {
                final String command = "iptables " + (i % 2 == 0 ? "-w" : "-w 30") + " -A INPUT -s 10.0.0." + i + " -j DROP";
                runs.add(all.submit(() -> ToolRun.ok(socket, command)));
            }
            for (final Future<String> run : runs) {
                run.get();
            }
        }
        assertEquals(commands + 1, ToolRun.ok(socket, "iptables -S INPUT").lines().distinct().count());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "63 00000000|no such frame: type=99 bytes=0",
        "00 7fffffff|no such frame: type=0 bytes=2147483647",
        "00 ffffffff|no such frame: type=0 bytes=4294967295",
        "03 00000001 41|frame out of turn: type=DATA expected=REQUEST",
        "00 00000000|the request is of another version: version=none expected=1; run the client that comes with the data plane",
        "00 00000002 0200|the request is of another version: version=2 expected=1; run the client that comes with the data plane",
        "00 00000001 01|the request has no command, or its last word has no end: bytes=1",
        "00 00000003 016162|the request has no command, or its last word has no end: bytes=3",
    })
    void shouldAnswerAndReportWhenTheRequestIsMalformed(final String hex, final String reason) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket)); Frames client = new Frames(channel)) {
            channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
            assertEquals(FrameType.REFUSED, client.receive());
            assertEquals("the request is malformed: " + reason, client.text());
        }
        assertEquals(List.of("a malformed request came to the control socket: " + reason), List.copyOf(reported));
        assertEquals("", ToolRun.ok(socket, "iptables -A INPUT"));
    }

    @Test
    void shouldGoOnWhateverBytesCome() throws IOException {
        final Random random = new Random(1);
        // A request, what is asked for is open, and what was read.
        final byte[] sound = HexFormat.of().parseHex("000000001801"
                + HexFormat.of().formatHex("iptables-restore\0-n\0-v\0".getBytes(StandardCharsets.US_ASCII)) + "0100000000"
                + "0300000003414243");
        for (int i = 0; i < 300; i++) {
            final byte[] bytes = Arrays.copyOf(sound, random.nextInt(sound.length + 1));
            for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.shutdownOutput();
                final ByteBuffer answer = ByteBuffer.allocate(1 << 16);
                while (channel.read(answer.clear()) >= 0) {
                    assertTrue(answer.position() > 0);
                }
            } catch (final IOException e) {
                // It has closed the connection before everything was written.
                assertTrue(e.getMessage().contains("reset") || e.getMessage().contains("pipe"), e.toString());
            }
        }
        assertTrue(reported.stream().allMatch(line -> line.startsWith("a malformed request came to the control socket: ")),
                reported.toString());
        assertEquals("", ToolRun.ok(socket, "iptables -A INPUT"));
    }

    @Test
    void shouldRefuseCommandsThatThereAreNot() throws IOException {
        try (Frames client = connect()) {
            new Request("arptables", List.of("-L")).send(client);
            assertEquals(FrameType.REFUSED, client.receive());
            assertEquals("there is no such command: arptables; supported are iptables, iptables-save, iptables-restore, ip6tables, "
                    + "ip6tables-save, ip6tables-restore, recent, hashlimit, conntrack, sysctl, ipset, ipvsadm, ipvsadm-save, ipvsadm-restore, "
                    + "services, drain, undrain", client.text());
        }
    }

    @Test
    void shouldEndTheConnectionWhenNoThreadCanBeHad() throws IOException {
        final Path other = folder.resolve("o.sock");
        final AtomicBoolean isScarce = new AtomicBoolean(true);
        try (ControlServer _ = ControlServer.open(other, commands(tables), lock, reported::add, command -> {
            if (isScarce.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread.ofPlatform().daemon().start(command);
        })) {
            try (Frames client = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(other)))) {
                assertThrows(EOFException.class, client::receive);
            }
            assertEquals("", ToolRun.ok(other, "iptables -A INPUT"));
        }
        assertEquals(List.of("a connection to the control socket cannot be taken: java.lang.OutOfMemoryError: unable to create native thread"),
                List.copyOf(reported));
    }

    @Test
    void shouldServeOthersWhileSomebodySaysNothing() throws IOException {
        try (Frames silent = connect()) {
            assertEquals(0, silent.length());
            assertEquals("", ToolRun.ok(socket, "iptables -A INPUT"));
        }
    }

    @Test
    void shouldBeItsOwnersAloneAndGoWhenClosed() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        server.close();
        assertFalse(Files.exists(socket));
        try (var left = Files.list(folder)) {
            assertArrayEquals(new Object[0], left.toArray());
        }
    }

    @Test
    void shouldTakeThePlaceOfADeadProcessesSocketAndOfNothingElse() throws IOException {
        final Path stale = folder.resolve("stale");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(stale)).close();
        assertTrue(Files.exists(stale));
        ControlServer.open(stale, commands(tables), lock, reported::add).close();
        final Path file = Files.createFile(folder.resolve("file"));
        assertEquals("the control socket cannot be made: " + file + ": a file that is no socket is there; run as root, or give "
                        + "--socket a shorter path or one in a folder that you may write to",
                assertThrows(ControlException.class, () -> ControlServer.open(
                        file, commands(tables), lock, reported::add)).getMessage());
        assertTrue(Files.exists(file));
    }

    @Test
    void shouldRefuseWhoComesWhenTheTablesAreTakenDown() {
        tables.close();
        assertEquals(new ToolRun(1, "", "iptables-restore: the data plane ends; start another with 'penstock run'\n"),
                ToolRun.of(socket, "*filter\nCOMMIT\n", "iptables-restore"));
    }

    @Test
    void shouldSayWhatIsMissingWhenThereIsNoDataPlane() throws IOException {
        server.close();
        final String reason = "no data plane is running in this network namespace; start one with 'penstock run'\n";
        assertEquals(new ToolRun(3, "", "iptables v1.8.9 (legacy): can't initialize iptables table `nat': " + reason),
                ToolRun.of(socket, "iptables -t nat -A POSTROUTING -j MASQUERADE"));
        assertEquals(new ToolRun(3, "", "ip6tables-save v1.8.9 (legacy): can't initialize ip6tables tables: " + reason),
                ToolRun.of(socket, "ip6tables-save"));
        assertEquals(new ToolRun(3, "", "iptables-restore v1.8.9 (legacy): can't initialize iptables table `filter': " + reason),
                ToolRun.of(socket, "*filter\nCOMMIT\n", "iptables-restore"));
        // What a process that was killed leaves.
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket)).close();
        assertEquals(3, ToolRun.of(socket, "iptables -L").status());
        assertEquals(new ToolRun(0, "iptables v1.8.9 (legacy)\n", ""), ToolRun.of(socket, "iptables -V"));
        assertEquals(2, ToolRun.of(socket, "iptables --bogus").status());
    }

    @Test
    void shouldSayWhenTheDataPlaneGoesMeanwhile() throws Exception {
        lock.acquire(0);
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final Future<ToolRun> run = one.submit(() -> ToolRun.of(socket, "iptables -A INPUT"));
            awaitCommands();
            server.close();
            assertEquals(1, run.get().status());
            assertTrue(run.get().err().startsWith("iptables: the data plane has gone before the command was done: "), run.get().err());
        }
        lock.release();
    }

    private void awaitCommands() {
        final long deadline = System.nanoTime() + DEADLINE_NS;
        while (Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().equals("command"))) {
            assertTrue(System.nanoTime() - deadline < 0, "no command began");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Frames connect() throws IOException {
        return new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    private static Tools commands(final TableStore tables) {
        return new Tools(new TableCommands(tables, Clock.systemUTC(),
                (tool, words, out, err) -> new RuleLists(System::nanoTime).run(new SharedStates(), tool, words).print(tool, out, err)),
                new ConnectionCommands(TrackedConnections.inMemory(Clock.systemUTC()), Clock.systemUTC()),
                new SetCommands(new SetRegistry(new Quiescence(), System::nanoTime)), new ServiceCommands(new HeldCare(new MemoryServices())));
    }
}
