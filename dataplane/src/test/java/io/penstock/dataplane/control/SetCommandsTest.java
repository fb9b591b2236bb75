package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.SetRegistry;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
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

/** {@code ipset} by the control socket: its input, its files and its output are the client's. */
@Timeout(60)
class SetCommandsTest {

    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final int MANY = 200_000;

    @TempDir
    private Path folder;

    private final SetRegistry sets = new SetRegistry(new Quiescence(), System::nanoTime);
    private final ServedSets served = new ServedSets(sets);
    private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
    private Path socket;
    private ControlServer server;

    @BeforeEach
    void open() {
        socket = folder.resolve("p.sock");
        final TableCommands.Lists lists = (tool, words, out, err) -> 0;
        final Tools tools = new Tools(new TableCommands(new MemoryTableStore(), Clock.systemUTC(), lists, sets::familyOf),
                new ConnectionCommands(TrackedConnections.inMemory(Clock.systemUTC()), Clock.systemUTC()), new SetCommands(served),
                new ServiceCommands(new HeldCare(new MemoryServices())));
        server = ControlServer.open(socket, tools, new CommandLock(), reported::add);
    }

    @AfterEach
    void close() {
        server.close();
        sets.close();
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
    void shouldMakeFillAndListSets() {
        assertEquals("", ToolRun.ok(socket, "ipset create a hash:ip"));
        assertEquals("", ToolRun.ok(socket, "ipset add a 10.0.0.1"));
        assertEquals(new ToolRun(1, "", "ipset v7.17: Element cannot be added to the set: it's already added\n"),
                ToolRun.of(socket, "ipset add a 10.0.0.1"));
        assertEquals("a\n", ToolRun.ok(socket, "ipset list -name"));
        assertEquals(2, ToolRun.of(socket, "ipset bogus").status());
        assertEquals("ipset v7.17, protocol version: 7\n", ToolRun.ok(socket, "ipset version"));
    }

    @Test
    void shouldKnowTheSetsThatRulesName() {
        assertEquals(2, ToolRun.of(socket, "iptables -A INPUT -m set --match-set a src").status());
        ToolRun.ok(socket, "ipset create a hash:ip");
        assertEquals("", ToolRun.ok(socket, "iptables -A INPUT -m set --match-set a src"));
        assertEquals(2, ToolRun.of(socket, "ip6tables -A INPUT -m set --match-set a src").status());
    }

    @Test
    void shouldReadAndWriteTheClientsFiles() throws IOException {
        final Path in = Files.writeString(folder.resolve("in"), "create a hash:ip\nadd a 10.0.0.1\n");
        final Path out = folder.resolve("out");
        assertEquals("", ToolRun.ok(socket, "ipset restore -file " + in));
        assertEquals("", ToolRun.ok(socket, "ipset save -file " + out));
        assertTrue(Files.readString(out).endsWith("\nadd a 10.0.0.1\n"), Files.readString(out));
        assertEquals(0, ToolRun.of(socket, "add a 10.0.0.2\nadd a 10.0.0.3\n", "ipset restore").status());
        final ToolRun bad = ToolRun.of(socket, "add a 10.0.0.4\nadd a 10.0.0.4\n", "ipset restore");
        assertEquals(new ToolRun(1, "", "ipset v7.17: Error in line 2: Element cannot be added to the set: it's already added\n"), bad);
        assertEquals("add a 10.0.0.1\nadd a 10.0.0.2\nadd a 10.0.0.3\nadd a 10.0.0.4\n",
                ToolRun.ok(socket, "ipset save -sorted").replaceFirst("create .*\n", ""));
    }

    @Test
    void shouldComplainWhenTheOutputIsFull() throws IOException {
        ToolRun.ok(socket, "ipset create a hash:ip");
        final String full = "No space left on device\n";
        assertEquals(new ToolRun(1, "", "ipset: the file cannot be written: " + full), ToolRun.of(socket, "ipset save -file /dev/full"));
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (FileOutputStream out = new FileOutputStream("/dev/full")) {
            assertEquals(1, new ToolClient(socket, InputStream.nullInputStream(), out, err).run(List.of("ipset", "save")));
        }
        assertEquals("ipset: the output cannot be written: " + full, err.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldAnswerEachLineOfASessionBeforeTheNextOneIsTyped() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ExecutorService one = Executors.newSingleThreadExecutor();
                PipedOutputStream keys = new PipedOutputStream();
                PipedInputStream typed = new PipedInputStream(keys)) {
            final Future<Integer> session = one.submit(() -> new ToolClient(socket, typed, out, out).run(List.of("ipset", "-")));
            until("a prompt", () -> out.toString(StandardCharsets.ISO_8859_1).equals("ipset> "));
            type(keys, "create a hash:ip\n");
            until("the set", () -> sets.exists("a"));
            type(keys, "add a 10.0.0.1\nadd a 10.0.0.1\n");
            until("an error", () -> out.toString(StandardCharsets.ISO_8859_1).contains("it's already added\n"));
            type(keys, "list a\n");
            until("a list", () -> out.toString(StandardCharsets.ISO_8859_1).contains("Members:\n10.0.0.1\n"));
            type(keys, "quit\n");
            assertEquals(0, session.get(PATIENCE_NS, TimeUnit.NANOSECONDS));
        }
    }

    private static void type(final PipedOutputStream keys, final String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.ISO_8859_1));
        keys.flush();
    }

    @Test
    void shouldHoldUpNobodyWhenAClientDoesNotRead() throws IOException {
        final StringBuilder many = new StringBuilder("create a hash:ip maxelem " + MANY + "\n");
        for (int i = 0; i < MANY; i++) {
            many.append("add a 10.").append(i >> 16).append('.').append(i >> 8 & 255).append('.').append(i & 255).append('\n');
        }
        assertEquals(0, ToolRun.of(socket, many.toString(), "ipset restore").status());
        try (Frames silent = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            new Request("ipset", List.of("save")).send(silent);
            assertEquals(FrameType.OUT, silent.receive());
            // It waits for us now, in the middle of the list, or soon.
            assertEquals("", ToolRun.ok(socket, "ipset -exist add a 10.0.0.1"));
            assertEquals("", ToolRun.ok(socket, "ipset destroy a"));
            until("the list goes on", () -> sets.names().isEmpty());
            long bytes = silent.length();
            FrameType type = silent.receive();
            while (type == FrameType.OUT) {
                bytes += silent.length();
                type = silent.receive();
            }
            assertEquals(FrameType.EXIT, type);
            assertTrue(bytes > MANY * "add a 10.0.0.0\n".length(), "bytes=" + bytes);
        }
    }

    /** A range that takes minutes. */
    private static Request endless() {
        return new Request("ipset", List.of("-exist", "del", "a", "1.0.0.0-223.255.255.255"));
    }

    private static boolean isCommandUnderWay() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("command"));
    }

    @Test
    void shouldLetOthersHaveTheirTurnAndEndWithTheClientWhenARangeIsHuge() throws IOException {
        ToolRun.ok(socket, "ipset create a hash:ip");
        until("the command has ended", () -> !isCommandUnderWay());
        try (Frames client = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            endless().send(client);
            until("the range", SetCommandsTest::isCommandUnderWay);
            assertEquals("", ToolRun.ok(socket, "ipset create b hash:ip"));
            assertEquals("b\n", ToolRun.ok(socket, "ipset list -name b"));
            assertTrue(isCommandUnderWay());
        }
        until("nobody wants the range", () -> !isCommandUnderWay());
        assertTrue(sets.exists("a"));
    }

    @Test
    void shouldEndAHugeRangeWhenTheSetsAreTakenDown() throws IOException {
        ToolRun.ok(socket, "ipset create a hash:ip");
        until("the command has ended", () -> !isCommandUnderWay());
        try (Frames client = new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            endless().send(client);
            until("the range", SetCommandsTest::isCommandUnderWay);
            served.close();
            assertEquals(FrameType.REFUSED, client.receive());
            assertEquals("the data plane ends; start another with 'penstock run'", client.text());
        }
    }

    @Test
    void shouldLetNoCommandComeToSetsThatAreTakenDown() {
        ToolRun.ok(socket, "ipset create a hash:ip");
        served.close();
        final ToolRun run = ToolRun.of(socket, "ipset list");
        assertEquals(new ToolRun(1, "", "ipset: the data plane ends; start another with 'penstock run'\n"), run);
        assertThrows(TableRefusal.class, served::flushAll);
    }

    @Test
    void shouldSayThatNoDataPlaneRunsWhenSetsAreAskedForAndAnswerWhatNeedsNone() {
        final Path nobody = folder.resolve("nobody");
        final String absent = "no data plane is running in this network namespace; start one with 'penstock run'\n";
        assertEquals(new ToolRun(3, "", "ipset: " + absent), ToolRun.of(nobody, "ipset list"));
        assertEquals(new ToolRun(3, "", "ipset: " + absent), ToolRun.of(nobody, "ipset create a hash:ip"));
        assertEquals("ipset v7.17, protocol version: 7\n", ToolRun.ok(nobody, "ipset version"));
        assertEquals(new ToolRun(3, "", "iptables v1.8.9 (legacy): " + absent),
                ToolRun.of(nobody, "iptables -A INPUT -m set --match-set a src"));
    }
}
