package io.penstock.dataplane.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.sys.SysException;
import io.penstock.os.sys.SyslogSocket;
import io.penstock.os.testkit.Privileged;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What LOG and TRACE write. The trace is the kernel's of the same rules (Linux 6.18, {@code dmesg}). */
final class PacketLogTest {

    private static final String LINE =
            "IN=lan OUT= MAC=02:00:00:00:0a:00:02:00:00:00:0b:00:08:00 SRC=10.0.0.1 DST=10.1.0.1 LEN=36 TOS=0x00 PREC=0x00 TTL=64 ID=0 "
            + "PROTO=UDP SPT=1000 DPT=2000 LEN=16 ";

    private final List<LogEntry> written = new ArrayList<>();

    @Test
    void shouldSayOfEachRuleWhatTheKernelSaysWhenAPacketIsTraced() {
        try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::indexed)) {
            command(tables, "-t raw -A PREROUTING -p udp -j TRACE");
            command(tables, "-t mangle -N u1");
            command(tables, "-t mangle -N u2");
            command(tables, "-t mangle -N u3");
            command(tables, "-t mangle -A PREROUTING -m comment --comment hi -j u1");
            command(tables, "-t mangle -A PREROUTING -j u2");
            command(tables, "-t mangle -A PREROUTING -p udp -j RETURN");
            command(tables, "-t mangle -A u1 -p udp");
            command(tables, "-t mangle -A u1");
            command(tables, "-t mangle -A u1 -p udp -j RETURN");
            command(tables, "-t mangle -A u2 -m comment --comment x -j RETURN");
            command(tables, "-N c1");
            command(tables, "-N c2");
            command(tables, "-A FORWARD -j c1");
            command(tables, "-A FORWARD -g c2");
            command(tables, "-A FORWARD -j ACCEPT");
            command(tables, "-A c1 -p tcp -j DROP");
            command(tables, "-A c2 -j RETURN");
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            drain(engine);
        }
        assertEquals(List.of("raw:PREROUTING:policy:2", "mangle:PREROUTING:rule:1", "mangle:u1:rule:1", "mangle:u1:rule:2",
                "mangle:u1:rule:3", "mangle:PREROUTING:rule:2", "mangle:u2:rule:1", "mangle:PREROUTING:rule:3",
                "mangle:PREROUTING:policy:4", "mangle:FORWARD:policy:1", "filter:FORWARD:rule:1", "filter:c1:return:2",
                "filter:FORWARD:rule:2", "filter:c2:return:1", "filter:FORWARD:policy:4", "mangle:POSTROUTING:policy:1"),
                written.stream().map(line -> line.text().split(" ")[1]).toList());
        assertEquals("TRACE: raw:PREROUTING:policy:2 " + LINE, written.getFirst().text());
        assertEquals(4, written.getFirst().level());
    }

    @Test
    void shouldWriteTheKernelsLineWhenARuleLogs() {
        try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::plain)) {
            command(tables, "-t raw -A PREROUTING -j LOG --log-level 6 --log-prefix dropped:");
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            engine.receive(TestEngine.LAN, Packets.udp4("10.0.0.1", "10.1.0.1", 1200));
            drain(engine);
        }
        assertEquals("dropped:" + LINE, written.getFirst().text());
        assertEquals(6, written.getFirst().level());
        assertTrue(written.get(1).text().contains("LEN=1228 "), written.get(1)::text);
    }

    @Test
    void shouldCountWhatIsLostWhenNobodyReads() {
        final int more = 7;
        try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::indexed)) {
            command(tables, "-t raw -A PREROUTING -j LOG");
            for (int i = 0; i < PacketLogProxy.CAPACITY + more; i++) {
                engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            }
            assertEquals(more, engine.counters().logsLost);
            drain(engine);
            assertEquals(PacketLogProxy.CAPACITY, written.size());
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            drain(engine);
            assertEquals(PacketLogProxy.CAPACITY + 1, written.size());
            assertEquals(more, engine.counters().logsLost);
        }
    }

    @Test
    void shouldCountWhatIsLostWhenTheSinkRefuses() {
        try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::indexed)) {
            command(tables, "-t raw -A PREROUTING -j LOG");
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"));
            new PacketLog(List.of(engine.lane.packetLog), sink(1)).drain();
            assertEquals(1, written.size());
            assertEquals(2, engine.lane.packetLog.refused());
        }
    }

    @Test
    void shouldGoOnAndCountWhatIsLostWhenWritingFails() throws InterruptedException {
        for (final Throwable failure : List.of(new IllegalStateException("of this test"), new OutOfMemoryError("of this test"))) {
            written.clear();
            final CountDownLatch failed = new CountDownLatch(1);
            try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::indexed)) {
                command(tables, "-t raw -A PREROUTING -j LOG");
                engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"));
                final PacketLog log = new PacketLog(List.of(engine.lane.packetLog), failingOnce(failure, failed));
                log.start();
                failed.await();
                engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"));
                log.close();
                assertEquals(3, written.size(), failure::toString);
                assertEquals(2, engine.lane.packetLog.refused(), failure::toString);
            }
        }
    }

    @Test
    void shouldForgetARecordWhenNoLineCanBeMadeOfIt() {
        try (TestEngine engine = new TestEngine(); RuleTables tables = tables(engine, CompiledTable::indexed)) {
            command(tables, "-t raw -A PREROUTING -j LOG");
            final PacketLogProxy ring = engine.lane.packetLog;
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            ring.claim().copied = -1;
            ring.publish();
            engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
            final PacketLog log = new PacketLog(List.of(ring), sink(Integer.MAX_VALUE));
            Assertions.assertThrows(NegativeArraySizeException.class, log::drain);
            assertEquals(2, ring.refused());
            assertEquals(1, log.drain());
            assertEquals(1, written.size());
            assertEquals(2, ring.refused());
        }
    }

    @Test
    void shouldAppendToTheFileWhenOneIsNamed(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("packets.log");
        try (LogSink sink = StreamSink.file(file, ZoneOffset.UTC)) {
            assertEquals(1, sink.write(List.of(new LogEntry(4, 1_700_000_000_000_000_000L, "IN=a OUT= "))));
            Files.move(file, directory.resolve("packets.log.1"));
            assertEquals(2, sink.write(List.of(new LogEntry(4, 1_701_500_000_000_000_000L, "one"), new LogEntry(4, 0, "two"))));
        }
        assertEquals("Nov 14 22:13:20 kernel: IN=a OUT= \n", Files.readString(directory.resolve("packets.log.1")));
        assertEquals("Dec  2 06:53:20 kernel: one\nJan  1 00:00:00 kernel: two\n", Files.readString(file));
    }

    @Test
    void shouldRefuseLinesWhenTheFileCannotBeWritten(@TempDir final Path directory) {
        try (LogSink sink = StreamSink.file(directory.resolve("none").resolve("packets.log"), ZoneOffset.UTC)) {
            assertEquals(0, sink.write(List.of(new LogEntry(4, 0, "one"))));
        }
    }

    @Test
    void shouldSayWhatIsMissingWhenNobodyListens(@TempDir final Path directory) {
        final Path path = directory.resolve("log");
        assertEquals("connect(" + path + "): ENOENT (no such file or directory); start the system's log, or name a file",
                Assertions.assertThrows(SysException.class, () -> SyslogSocket.open(path)).getMessage());
    }

    /** The system's log, as a socket that Python reads: Java has none of that kind. */
    @Test
    @Privileged(programs = "python3")
    void shouldSendTheKernelsPriorityWhenTheSystemsLogIsToHaveIt(@TempDir final Path directory) throws Exception {
        final Path path = directory.resolve("log");
        final Process listener = new ProcessBuilder("python3", "-c", """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(sys.argv[1])
                print("ready", flush=True)
                print(s.recv(4096).decode("latin-1"), flush=True)
                """, path.toString()).redirectErrorStream(true).start();
        try (var reader = listener.inputReader()) {
            assertEquals("ready", reader.readLine());
            try (LogSink sink = new SyslogSink(SyslogSocket.open(path), ZoneOffset.UTC)) {
                assertEquals(1, sink.write(List.of(new LogEntry(6, 1_700_000_000_000_000_000L, "IN=a OUT= "))));
                assertEquals("<6>Nov 14 22:13:20 kernel: IN=a OUT= ", reader.readLine());
                listener.waitFor();
                assertEquals(0, sink.write(List.of(new LogEntry(6, 0, "nobody listens"))));
            }
        } finally {
            listener.destroyForcibly();
        }
    }

    private static RuleTables tables(
            final TestEngine engine, final BiFunction<CompiledTable, Integer, TableProgram> programs) {
        final HookRegistry hooks = engine.hooks;
        return new RuleTables(engine.namespace, hooks, RuleServices::new, () -> engine.nowNs, programs);
    }

    private static void command(final RuleTables tables, final String words) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true);
        assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(List.of(words.split(" ")), out, out), said::toString);
    }

    private void drain(final TestEngine engine) {
        new PacketLog(List.of(engine.lane.packetLog), sink(Integer.MAX_VALUE)).drain();
    }

    /** Fails with the first lines that come, and takes all others. */
    private LogSink failingOnce(final Throwable failure, final CountDownLatch failed) {
        final LogSink other = sink(Integer.MAX_VALUE);
        return new LogSink(ZoneOffset.UTC) {

            @Override
            int write(final List<LogEntry> lines) {
                if (failed.getCount() == 0) {
                    return other.write(lines);
                }
                failed.countDown();
                if (failure instanceof final Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }

            @Override
            public void close() {
                other.close();
            }
        };
    }

    private LogSink sink(final int room) {
        return new LogSink(ZoneOffset.UTC) {

            @Override
            int write(final List<LogEntry> lines) {
                final int taken = Math.min(room, lines.size());
                IntStream.range(0, taken).forEach(i -> written.add(lines.get(i)));
                return taken;
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        };
    }
}
